import asyncio
import gc

import pytest
from loop import (
    CT,
    EXPLICIT,
    IMPLICIT,
    LOCAL,
    STUDY_FIND,
    VERIFICATION,
    Handler,
    Peer,
    accepting,
    in_loop,
    remote,
)
from structlog.testing import capture_logs

from filmroom import net
from filmroom.client import ProposedContext, associate, echo
from filmroom.errors import (
    AssociationAborted,
    AssociationTimeout,
    DimseTimeout,
    LengthOutOfBounds,
    LocalProtocolError,
)
from filmroom.transport import CollectingSink, Connection, ReceiveBuffer
from filmroom.transport.connection import MAX_OPERATIONS, MAX_UNREGULATED
from filmroom.transport.operation import MAX_COLLECTED

ECHO = (VERIFICATION, (IMPLICIT,))
IMAGES = (CT, (EXPLICIT,))
STORE = net.CStoreRQ(message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")
LONG = net.Timeouts(None, None, None, None, None)


class Sink:
    """Keeps what it gets, then answers."""

    def __init__(self, operation):
        self.operation = operation
        self.data = b""
        self.fragments = 0
        self.abandoned = asyncio.Event()

    def write(self, data):
        self.data += data
        self.fragments += 1

    def complete(self):
        self.operation.connection.run(self.operation, respond(self.operation))

    def abandon(self):
        self.abandoned.set()


async def respond(operation, status=0):
    await operation.respond(net.response_to(operation.message, status))


class Keeping(Handler):
    """Gives every request a Sink; one without data set is answered at once."""

    def __init__(self):
        super().__init__()
        self.sinks = []
        self.came = asyncio.Event()

    def request_received(self, operation):
        sink = Sink(operation)
        self.sinks.append(sink)
        self.came.set()
        if not operation.message.has_data_set:
            sink.complete()
        return sink


class Holding(Handler):
    """Holds every request until the test lets it go."""

    def __init__(self):
        super().__init__()
        self.operations = []
        self.gates = []
        self.came = asyncio.Condition()

    def request_received(self, operation):
        gate = asyncio.Event()
        self.operations.append(operation)
        self.gates.append(gate)
        operation.connection.run(operation, self._work(operation, gate))

    async def _work(self, operation, gate):
        async with self.came:
            self.came.notify_all()
        await gate.wait()
        await respond(operation, 0xFE00 if operation.cancelled else 0)

    async def until(self, count):
        async with self.came:
            await self.came.wait_for(lambda: len(self.operations) >= count)


async def turns(count=20):
    """Let the loop go round: what would happen at once has happened then."""
    for _ in range(count):
        await asyncio.sleep(0)


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


@pytest.mark.parametrize("end", ["close", "abort"])
@in_loop
async def test_a_peer_gone_in_the_middle_of_a_pdu_abandons_the_sink(end):
    handler = Keeping()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, IMAGES)
        wire = peer.wire(1, STORE, bytes(4000))
        peer.writer.write(wire[:-1000])
        await handler.came.wait()
        if end == "abort":
            peer.writer.transport.abort()
        else:
            await peer.close()
        await handler.sinks[0].abandoned.wait()
        connection = handler.connections[0]
        await connection.wait_closed()
    assert isinstance(connection.error, AssociationAborted)
    assert handler.closed == [connection]


@in_loop
async def test_nothing_of_a_closed_connection_stays():
    handler = Keeping()
    async with accepting(handler) as port:
        for _ in range(3):
            peer = await Peer.associated(port, ECHO)
            peer.send(1, net.CEchoRQ(message_id=1))
            await peer.message()
            await peer.released()
            await handler.connections[-1].wait_closed()
        connection = handler.connections[-1]
        assert not connection.operations
        assert connection._timer is None or connection._timer.cancelled()
        del connection
        handler.connections.clear()
        handler.closed.clear()
        handler.sinks.clear()
    del peer
    await turns()
    gc.collect()
    assert [o for o in gc.get_objects() if isinstance(o, Connection)] == []


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
async def test_a_release_waits_for_the_operation_that_runs():
    handler = Holding()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, ECHO)
        peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(1)
        peer.release()
        await turns()
        assert handler.connections[0].association.is_established
        handler.gates[0].set()
        message, _ = await peer.message()
        assert message.status == 0
        await peer.event(net.ReleaseConfirmed)
        await peer.close()


@in_loop
async def test_a_peer_gone_after_asking_for_the_release_does_no_harm():
    handler = Holding()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, ECHO)
        peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(1)
        peer.release()
        await turns()
        peer.writer.transport.abort()
        await handler.connections[0].wait_closed()
        handler.gates[0].set()
        await turns()
        assert not handler.connections[0].operations


@in_loop
async def test_both_sides_ask_for_the_release_at_once():
    handler = Keeping()
    async with (
        accepting(handler) as port,
        associate(remote(port), LOCAL, [ProposedContext(*ECHO)]) as connection,
    ):
        assert await echo(connection, timeout=20) == 0
        (acceptor,) = handler.connections
        await asyncio.gather(connection.release(), acceptor.release())
        assert connection.error is None
        assert acceptor.error is None
    assert connection.association.state is net.State.STA1


@in_loop
async def test_a_requestor_whose_peer_releases_first_leaves_in_peace():
    handler = Keeping()
    async with accepting(handler) as port:
        async with associate(remote(port), LOCAL, [ProposedContext(*ECHO)]) as connection:
            await echo(connection, timeout=20)
            await handler.connections[0].release()
        assert connection.error is None


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


@in_loop
async def test_an_operation_that_fails_unforeseen_is_logged_and_aborted():
    def broken(operation):
        async def work():
            raise ZeroDivisionError("a bug")

        operation.connection.run(operation, work())

    handler = Handler(broken)
    with capture_logs() as logs:
        async with accepting(handler) as port:
            peer = await Peer.associated(port, ECHO)
            peer.send(1, net.CEchoRQ(message_id=1))
            assert (await peer.event(net.Aborted)).by_peer
            await peer.close()
            await handler.connections[0].wait_closed()
    (line,) = [line for line in logs if line["event"] == "operation_failed"]
    assert isinstance(line["exc_info"], ZeroDivisionError)


@in_loop
async def test_data_that_fails_while_it_is_sent_aborts_the_association():
    """Half a message cannot be taken back."""

    def broken_data():
        yield bytes(1 << 20)
        raise ZeroDivisionError

    handler = Keeping()
    async with accepting(handler) as port:
        with pytest.raises(ZeroDivisionError):
            async with associate(remote(port), LOCAL, [ProposedContext(*IMAGES)]) as connection:
                await connection.request_one(1, STORE, broken_data(), timeout=20)
        await handler.connections[0].wait_closed()
    assert handler.sinks == [] or handler.sinks[0].abandoned.is_set()


@in_loop
async def test_a_connection_lost_while_sending_ends_the_sender():
    handler = Keeping()
    async with accepting(handler) as port:
        context = ProposedContext(*IMAGES)

        async def send():
            async with associate(remote(port), LOCAL, [context]) as connection:
                while True:
                    number = connection.next_message_id()
                    request = net.CStoreRQ(
                        message_id=number,
                        affected_sop_class_uid=CT,
                        affected_sop_instance_uid="1.2.3",
                    )
                    await connection.request_one(1, request, bytes(1 << 18), timeout=20)

        sending = asyncio.create_task(send())
        await handler.came.wait()
        handler.connections[0]._transport.abort()
        with pytest.raises(AssociationAborted):
            await sending


@in_loop
async def test_what_cannot_be_sent_as_a_request_fails_at_once():
    association = net.Association.requestor(
        net.RequestParameters("A TITLE MUCH TOO LONG", "X", (net.ProposedContext(*ECHO),))
    )
    async with accepting(Keeping()) as port:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(association, Handler(), ReceiveBuffer(), network_timeout=10),
            "127.0.0.1",
            port,
        )
        with pytest.raises(LocalProtocolError):
            await connection.established()
        await connection.wait_closed()


def test_a_collected_data_set_is_bounded():
    got = []
    sink = CollectingSink(got.append)
    sink.write(memoryview(b"ab"))
    sink.write(memoryview(b"cd"))
    sink.complete()
    assert got == [b"abcd"]
    sink = CollectingSink(got.append)
    sink.write(memoryview(bytes(MAX_COLLECTED)))
    sink.write(memoryview(b"x"))
    sink.write(memoryview(b""))
    sink.complete()
    assert isinstance(got[1], LengthOutOfBounds)
    sink.abandon()
    assert not sink._data
