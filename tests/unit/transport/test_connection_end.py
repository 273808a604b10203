import asyncio
import gc
import weakref

import pytest
from handlers import (
    ECHO,
    IMAGES,
    STORE,
    Holding,
    Keeping,
    turns,
)
from loop import (
    CT,
    LOCAL,
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
    LocalProtocolError,
)
from filmroom.transport import Connection, ReceiveBuffer

LONG = net.Timeouts(None, None, None, None, None)


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
        gone = [weakref.ref(each) for each in handler.connections]
        del connection
        handler.connections.clear()
        handler.closed.clear()
        handler.sinks.clear()
    del peer
    await turns()
    gc.collect()
    assert len(gone) == 3
    assert [reference() for reference in gone if reference() is not None] == []


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
