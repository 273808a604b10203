import asyncio

from loop import IMPLICIT, VERIFICATION, Handler, Peer, accepting, in_loop

from filmroom import net
from filmroom.errors import LengthOutOfBounds
from filmroom.transport import CollectingSink
from filmroom.transport.operation import MAX_COLLECTED


class Lingering(Handler):
    """Answers at once, but its work on the operation goes on until the test ends it."""

    def __init__(self):
        super().__init__()
        self.end = asyncio.Event()

    def request_received(self, operation):
        operation.connection.run(operation, self._work(operation))

    async def _work(self, operation):
        await operation.respond(net.response_to(operation.message, 0))
        await self.end.wait()


@in_loop
async def test_a_message_id_is_free_as_soon_as_its_final_response_is_sent():
    handler = Lingering()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, (VERIFICATION, (IMPLICIT,)))
        for _ in range(3):
            peer.send(1, net.CEchoRQ(message_id=7))
            message, _ = await peer.message()
            assert message.status == 0
        handler.end.set()
        await peer.released()


@in_loop
async def test_a_cancel_reaches_nothing_that_was_answered():
    handler = Lingering()
    async with accepting(handler) as port:
        peer = await Peer.associated(port, (VERIFICATION, (IMPLICIT,)))
        peer.send(1, net.CEchoRQ(message_id=7))
        await peer.message()
        (operation,) = handler.connections[0].operations
        peer.send(1, net.CCancelRQ(message_id_being_responded_to=7))
        peer.send(1, net.CEchoRQ(message_id=8))
        await peer.message()
        assert not operation.cancelled
        handler.end.set()
        await peer.released()


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
