import asyncio

from handlers import (
    ECHO,
    IMAGES,
    STORE,
    Holding,
    Keeping,
    respond,
)
from loop import (
    IMPLICIT,
    LOCAL,
    STUDY_FIND,
    Handler,
    Peer,
    accepting,
    in_loop,
    remote,
)
from structlog.testing import capture_logs

from filmroom import net
from filmroom.client import ProposedContext, associate, echo


@in_loop
async def test_a_store_in_many_small_tcp_writes():
    handler = Keeping()
    data = bytes(range(256)) * 40
    async with accepting(handler) as port:
        peer = await Peer.associated(port, IMAGES)
        wire = peer.wire(1, STORE, data)
        for start in range(0, len(wire), 97):
            peer.writer.write(wire[start : start + 97])
            await peer.writer.drain()
            await asyncio.sleep(0)
        message, _ = await peer.message()
        assert (message.status, message.message_id_being_responded_to) == (0, 1)
        (sink,) = handler.sinks
        assert sink.data == data
        assert sink.fragments > 10
        await peer.released()
    assert handler.closed == handler.connections
    assert handler.connections[0].error is None
    assert not sink.abandoned.is_set()


@in_loop
async def test_message_ids_are_not_those_in_use():
    async with (
        accepting(Holding()) as port,
        associate(remote(port), LOCAL, [ProposedContext(*ECHO)]) as connection,
    ):
        assert [connection.next_message_id() for _ in range(3)] == [1, 2, 3]
        connection._message_id = 0xFFFE
        assert connection.next_message_id() == 0xFFFF
        connection._exchanges[1] = asyncio.Queue()
        assert connection.next_message_id() == 2  # never 0, and 1 is in use
        connection._exchanges.clear()


@in_loop
async def test_responses_go_to_the_request_that_they_answer():
    handler = Holding()
    async with accepting(handler) as port:
        context = ProposedContext(*ECHO)
        async with associate(remote(port), LOCAL, [context]) as connection:
            first = asyncio.create_task(echo(connection, timeout=20))
            await handler.until(1)
            second = asyncio.create_task(echo(connection, timeout=20))
            await handler.until(2)
            handler.operations[1].cancel()  # Holding answers a cancelled one with FE00
            handler.gates[1].set()
            assert await second == 0xFE00
            assert not first.done()
            handler.gates[0].set()
            assert await first == 0


@in_loop
async def test_a_response_that_nobody_asked_for_is_dropped():
    def twice(operation):
        async def work():
            stray = net.CEchoRSP(message_id_being_responded_to=77, status=0)
            await operation.connection.send(operation.context.context_id, stray)
            unasked = net.CFindRSP(message_id_being_responded_to=78, status=0xFF00)
            await operation.connection.send(operation.context.context_id, unasked, b"abcd")
            await respond(operation)

        operation.connection.run(operation, work())

    with capture_logs() as logs:
        async with (
            accepting(Handler(twice)) as port,
            associate(remote(port), LOCAL, [ProposedContext(*ECHO)]) as connection,
        ):
            assert await echo(connection, timeout=20) == 0
            assert await echo(connection, timeout=20) == 0
    unasked = [line["response"] for line in logs if line["event"] == "unasked_response"]
    assert unasked == ["CEchoRSP", "CFindRSP"] * 2


@in_loop
async def test_c_cancel_reaches_its_operation_only():
    handler = Holding()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, (STUDY_FIND, (IMPLICIT,)), ECHO)
        peer.send(3, net.CEchoRQ(message_id=8))
        peer.send(3, net.CEchoRQ(message_id=9))
        await handler.until(2)
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=9))
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=1000))
        peer.send(3, net.CEchoRQ(message_id=10))
        await handler.until(3)
        assert [o.cancelled for o in handler.operations] == [False, True, False]
        for gate in handler.gates:
            gate.set()
        statuses = {}
        for _ in range(3):
            message, _ = await peer.message()
            statuses[message.message_id_being_responded_to] = message.status
        assert statuses == {8: 0, 9: 0xFE00, 10: 0}
        await peer.released()


@in_loop
async def test_a_message_id_in_use_is_a_duplicate_invocation():
    handler = Holding()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, ECHO, IMAGES)
        peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(1)
        peer.send(3, STORE, b"12345678")  # the same message ID, with a data set to drop
        message, _ = await peer.message()
        assert (type(message), message.status) == (net.CStoreRSP, 0x0210)
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=1))
        peer.send(1, net.CEchoRQ(message_id=2))
        await handler.until(2)
        assert handler.operations[0].cancelled
        for gate in handler.gates:
            gate.set()
        statuses = {}
        for _ in range(2):
            message, _ = await peer.message()
            statuses[message.message_id_being_responded_to] = message.status
        assert statuses == {1: 0xFE00, 2: 0}
        handler.gates.clear()
        peer.send(1, net.CEchoRQ(message_id=1))  # free again
        await handler.until(3)
        handler.gates[0].set()
        assert (await peer.message())[0].status == 0
        await peer.released()
