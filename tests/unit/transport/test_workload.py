import asyncio

from handlers import ECHO, IMAGES, STORE, Holding, Keeping, turns
from loop import Peer, accepting, in_loop

from filmroom import net
from filmroom.transport import Workload
from filmroom.transport.connection import MAX_IN_A_CROWD, MAX_OPERATIONS


def test_it_is_high_from_its_limit_on():
    workload = Workload(3)
    seen = []
    for count in range(5):
        workload.in_work = count
        seen.append(workload.is_high)
    assert seen == [False, False, False, True, True]


@in_loop
async def test_in_a_crowd_each_connection_is_read_to_its_next_request_only():
    workload = Workload(MAX_OPERATIONS)
    handler = Holding()
    async with accepting(handler, workload=workload) as port:
        peers = [await Peer.associated(port, ECHO) for _ in range(3)]
        for number in range(1, MAX_OPERATIONS + 1):
            peers[0].send(1, net.CEchoRQ(message_id=number))
        await handler.until(MAX_OPERATIONS)
        for peer in peers[1:]:
            for number in range(1, 11):
                peer.send(1, net.CEchoRQ(message_id=number))
                await turns()  # each request is read by itself
        await handler.until(MAX_OPERATIONS + 2 * MAX_IN_A_CROWD)
        await turns()
        assert workload.in_work == MAX_OPERATIONS + 2 * MAX_IN_A_CROWD
        while workload.in_work or len(handler.gates) < MAX_OPERATIONS + 20:
            for gate in handler.gates:
                gate.set()
            await asyncio.sleep(0)
        for peer, count in zip(peers, (MAX_OPERATIONS, 10, 10), strict=True):
            answered = {
                (await peer.message())[0].message_id_being_responded_to for _ in range(count)
            }
            assert len(answered) == count
            await peer.released()
    assert workload.in_work == 0


@in_loop
async def test_who_waits_for_each_answer_is_read_in_a_crowd_too():
    """Else its C-CANCEL would not be heard."""
    workload = Workload(1)
    handler = Holding()
    async with accepting(handler, workload=workload) as port:
        peers = [await Peer.associated(port, ECHO) for _ in range(4)]
        for peer in peers:
            peer.send(1, net.CEchoRQ(message_id=1))
        await handler.until(4)
        assert workload.is_high
        assert all(c._transport.is_reading() for c in handler.connections)
        for gate in handler.gates:
            gate.set()
        for peer in peers:
            await peer.message()
            await peer.released()


@in_loop
async def test_what_is_never_finished_does_not_count_for_ever():
    workload = Workload(10)
    handler = Keeping()
    async with accepting(handler, workload=workload) as port:
        peer = await Peer.associated(port, IMAGES)
        peer.writer.write(peer.wire(1, STORE, bytes(4000))[:-1000])
        while not handler.sinks or not handler.sinks[0].fragments:
            await asyncio.sleep(0)
        assert workload.in_work == 1
        await peer.close()
        await handler.sinks[0].abandoned.wait()
        await handler.connections[0].wait_closed()
    assert workload.in_work == 0
