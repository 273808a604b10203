"""A process that stood still (a disk that hung, a machine that slept) does not blame its peers."""

import asyncio

import pytest
from handlers import ECHO, IMAGES, STORE, Keeping, respond, turns
from loop import IMPLICIT, STUDY_FIND, Clock, Handler, Peer, accepting, in_loop

from filmroom import net
from filmroom.transport import CollectingSink

STALL = net.Timeouts(artim=None, request=None, release=None, stall=3, idle=None)
ARTIM = net.Timeouts(artim=3, request=None, release=None, stall=None, idle=None)


class Hanging(Keeping):
    """Stands still for five seconds in the midst of writing the second message that comes."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def request_received(self, operation):
        sink = super().request_received(operation)
        if len(self.sinks) == 2:
            write = sink.write

            def hang(data):
                self.clock.ahead += 5
                write(data)

            sink.write = hang
        return sink


async def expire(clock, connection):
    """Put the clock on until the connection's timer is due."""
    loop = asyncio.get_running_loop()
    clock.ahead += connection._timer.when() - loop.time() + 0.01
    await turns()


@in_loop
async def test_who_was_in_the_midst_of_a_message_gets_the_time_anew():
    clock = Clock()
    handler = Hanging(clock)
    async with accepting(handler, timeouts=STALL) as port:
        quiet, busy = [await Peer.associated(port, IMAGES) for _ in range(2)]
        wire = quiet.wire(1, STORE, bytes(4000))
        quiet.writer.write(wire[:-1000])
        while not handler.sinks or not handler.sinks[0].fragments:
            await asyncio.sleep(0)
        busy.send(1, STORE, bytes(4000))
        assert (await busy.message())[0].status == 0
        await turns()
        quiet.writer.write(wire[-1000:])
        assert (await quiet.message())[0].status == 0
        for peer in (quiet, busy):
            await peer.released()


@in_loop
async def test_who_says_nothing_afterwards_is_dropped_all_the_same():
    clock = Clock()
    handler = Hanging(clock)
    async with accepting(handler, timeouts=STALL) as port:
        quiet, busy = [await Peer.associated(port, IMAGES) for _ in range(2)]
        quiet.writer.write(quiet.wire(1, STORE, bytes(4000))[:-1000])
        while not handler.sinks or not handler.sinks[0].fragments:
            await asyncio.sleep(0)
        busy.send(1, STORE, bytes(4000))
        assert (await busy.message())[0].status == 0
        connection = handler.sinks[0].operation.connection
        await turns()
        assert connection.error is None
        await expire(clock, connection)  # the second that is given to read what came meanwhile
        assert connection.error is None
        await expire(clock, connection)
        assert (await quiet.event(net.Aborted)).by_peer
        await quiet.close()
        await busy.released()


@in_loop
async def test_who_was_about_to_ask_for_an_association_may_still_do_so():
    clock = Clock()
    async with accepting(Keeping(), timeouts=ARTIM) as port:
        slow = await Peer.connect(port, ECHO)
        silent_reader, silent = await asyncio.open_connection("127.0.0.1", port)
        await slow.event(net.AssociationAccepted)
        await turns()
        clock.ahead += 5
        await turns()
        assert not silent_reader.at_eof()
        parameters = net.RequestParameters("FILMROOM", "PEER", (net.ProposedContext(*ECHO),))
        late = Peer(silent_reader, silent, net.Association.requestor(parameters))
        late.association.connection_made(0)
        late._flush()
        await late.event(net.AssociationAccepted)
        for peer in (slow, late):
            await peer.released()


@pytest.mark.parametrize("stood_still", [True, False])
@in_loop
async def test_who_could_not_take_what_we_did_not_send(stood_still):
    clock = Clock()
    sending = asyncio.Event()

    def answers_much(operation):
        async def work():
            sending.set()
            await operation.respond(net.response_to(operation.message, 0xFF00), bytes(16 << 20))
            await respond(operation)

        operation.connection.run(operation, work())
        return CollectingSink(lambda _data: None)

    handler = Handler(answers_much)
    async with accepting(handler, network_timeout=3) as port:
        peer = await Peer.associated(port, (STUDY_FIND, (IMPLICIT,)))
        peer.writer.transport.pause_reading()
        request = net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND)
        peer.send(1, request, b"\x08\0\x52\0\0\0\0\0")
        await sending.wait()
        (connection,) = handler.connections
        while connection._writable is None:
            await asyncio.sleep(0)
        await turns()
        clock.ahead += 5 if stood_still else 3.01
        await turns()
        if not stood_still:
            await connection.wait_closed()
            peer.writer.transport.abort()
            return
        peer.writer.transport.resume_reading()
        assert [(await peer.message())[0].status for _ in range(2)] == [0xFF00, 0]
        await peer.released()
