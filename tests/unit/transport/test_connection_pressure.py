import asyncio

import pytest
from handlers import (
    ECHO,
    IMAGES,
    STORE,
    Holding,
    Keeping,
    respond,
    turns,
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

from filmroom import net
from filmroom.client import ProposedContext, associate, echo
from filmroom.errors import (
    AssociationAborted,
    AssociationTimeout,
    DimseTimeout,
)
from filmroom.transport import CollectingSink
from filmroom.transport.connection import MAX_OPERATIONS, MAX_UNREGULATED

LONG = net.Timeouts(None, None, None, None, None)


@in_loop
async def test_many_requests_at_once_pause_the_reading():
    handler = Holding()
    total = MAX_OPERATIONS * 3
    async with accepting(handler) as port:
        peer = await Peer.associated(port, ECHO)
        for number in range(1, MAX_OPERATIONS + 1):
            peer.send(1, net.CEchoRQ(message_id=number))
        await handler.until(MAX_OPERATIONS)
        transport = handler.connections[0]._transport
        assert not transport.is_reading()
        for number in range(MAX_OPERATIONS + 1, total + 1):
            peer.send(1, net.CEchoRQ(message_id=number))
        await turns()
        assert len(handler.operations) == MAX_OPERATIONS
        handler.gates[0].set()
        await handler.until(MAX_OPERATIONS + 1)
        while len(handler.operations) < total or not all(g.is_set() for g in handler.gates):
            for gate in handler.gates:
                gate.set()
            await asyncio.sleep(0)
        answered = {(await peer.message())[0].message_id_being_responded_to for _ in range(total)}
        assert answered == set(range(1, total + 1))
        await turns()
        assert transport.is_reading()
        await peer.released()


@in_loop
async def test_reading_goes_on_where_operations_wait_for_responses_of_the_peer():
    """As many C-GETs as may be in work at once: each needs the peer's C-STORE-RSP."""

    def asks_back(operation):
        async def work():
            connection = operation.connection
            request = net.CEchoRQ(message_id=connection.next_message_id())
            back = await connection.request_one(1, request, timeout=20)
            await respond(operation, back.message.status)

        operation.connection.run(operation, work())

    async with accepting(Handler(asks_back)) as port:
        peer = await Peer.associated(port, ECHO)
        for number in range(1, MAX_OPERATIONS + 3):
            peer.send(1, net.CEchoRQ(message_id=number))
        finals = 0
        while finals < MAX_OPERATIONS + 2:
            message, _ = await peer.message()
            if isinstance(message, net.CEchoRQ):
                peer.send(1, net.response_to(message, 0))
            else:
                finals += 1
        await peer.released()


@in_loop
async def test_a_flood_while_responses_are_awaited_is_aborted():
    waiting = []

    def asks_back(operation):
        async def work():
            connection = operation.connection
            request = net.CEchoRQ(message_id=connection.next_message_id())
            await connection.request_one(1, request, timeout=20)

        waiting.append(operation)
        operation.connection.run(operation, work())

    handler = Handler(asks_back)
    async with accepting(handler) as port:
        peer = await Peer.associated(port, ECHO)
        for number in range(1, MAX_UNREGULATED + 10):
            peer.send(1, net.CEchoRQ(message_id=number))
            await asyncio.sleep(0)
        while not isinstance(await peer.next_event(), net.Aborted):
            pass
        await peer.close()
        await handler.connections[0].wait_closed()
    assert isinstance(handler.connections[0].error, AssociationAborted)


@in_loop
async def test_a_peer_that_stops_reading_is_dropped():
    """The data is more than both sides' sockets hold; no A-ABORT could reach it either."""
    ended = asyncio.get_running_loop().create_future()

    def floods(operation):
        async def work():
            try:
                pending = net.response_to(operation.message, 0xFF00)
                while True:
                    await operation.respond(pending, bytes(1 << 20))
            except BaseException as error:
                ended.set_result(error)
                raise

        operation.connection.run(operation, work())
        return CollectingSink(lambda _data: None)

    handler = Handler(floods)
    async with accepting(handler, network_timeout=0.05, timeouts=LONG) as port:
        peer = await Peer.associated(port, (STUDY_FIND, (IMPLICIT,)))
        peer.writer.transport.pause_reading()
        peer.send(
            1, net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND), b"\x08\0\x52\0\0\0\0\0"
        )
        assert isinstance(await ended, AssociationTimeout)
        (connection,) = handler.connections
        await connection.wait_closed()
        peer.writer.transport.abort()
    assert isinstance(connection.error, AssociationTimeout)
    assert handler.closed == [connection]


@in_loop
async def test_a_half_closed_peer_that_reads_nothing_is_dropped():
    started = asyncio.Event()

    def answers_much(operation):
        async def work():
            started.set()
            await operation.respond(net.response_to(operation.message, 0xFF00), bytes(16 << 20))

        operation.connection.run(operation, work())
        return CollectingSink(lambda _data: None)

    handler = Handler(answers_much)
    async with accepting(handler, network_timeout=0.05, timeouts=LONG) as port:
        peer = await Peer.associated(port, (STUDY_FIND, (IMPLICIT,)))
        peer.writer.transport.pause_reading()
        request = net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, b"\x08\0\x52\0\0\0\0\0")
        await started.wait()
        peer.writer.write_eof()
        await handler.connections[0].wait_closed()
        peer.writer.transport.abort()


@in_loop
async def test_an_aborted_peer_that_neither_reads_nor_closes_is_dropped_after_artim():
    handler = Holding()
    timeouts = net.Timeouts(0.05, None, None, None, None)
    async with accepting(handler, timeouts=timeouts) as port:
        peer = await Peer.associated(port, ECHO)
        peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(1)
        peer.writer.transport.pause_reading()
        (connection,) = handler.connections
        connection._transport.write(bytes(16 << 20))  # stands for data that is stuck
        connection.abort()
        await connection.wait_closed()
        handler.gates[0].set()
        peer.writer.transport.abort()


@in_loop
async def test_a_peer_that_stalls_in_a_message_times_out():
    handler = Keeping()
    timeouts = net.Timeouts(None, None, None, 0.02, None)
    async with accepting(handler, timeouts=timeouts) as port:
        peer = await Peer.associated(port, IMAGES)
        peer.writer.write(peer.wire(1, STORE, bytes(4000))[:-1000])
        assert (await peer.event(net.Aborted)).by_peer
        await peer.close()
        await handler.sinks[0].abandoned.wait()
        await handler.connections[0].wait_closed()
    assert isinstance(handler.connections[0].error, AssociationTimeout)


@in_loop
async def test_idle_counts_again_after_an_operation_that_outlived_the_timer():
    """The timer fires while the operation runs, when nothing is due; it must be set anew."""
    handler = Holding()
    async with accepting(handler, timeouts=net.Timeouts(None, None, None, None, 0.02)) as port:
        peer = await Peer.associated(port, ECHO)
        peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(1)
        connection = handler.connections[0]
        while connection._timer is not None:
            await asyncio.sleep(0)
        handler.gates[0].set()
        await peer.message()
        await peer.event(net.Aborted)
        await peer.close()
        await connection.wait_closed()
    assert isinstance(connection.error, AssociationTimeout)


@in_loop
async def test_no_response_in_time_ends_the_association():
    handler = Holding()
    async with accepting(handler) as port:
        with pytest.raises(DimseTimeout):
            async with associate(remote(port), LOCAL, [ProposedContext(*ECHO)]) as connection:
                await echo(connection, timeout=0.01)
        assert isinstance(connection.error, DimseTimeout)
        with pytest.raises(DimseTimeout):
            await echo(connection, timeout=1)
        await handler.connections[0].wait_closed()
        assert handler.operations[0].cancelled
        handler.gates[0].set()
