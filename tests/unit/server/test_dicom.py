import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from loop import (
    CT,
    EXPLICIT,
    IMPLICIT,
    LOCAL,
    STUDY_FIND,
    VERIFICATION,
    Peer,
    in_loop,
    key,
    remote,
    serving,
)
from objects import ct_image, encoded
from structlog.testing import capture_logs

from filmroom import net
from filmroom.client import ProposedContext, associate
from filmroom.config import Settings
from filmroom.dicom import ImplicitVRLittleEndian, encode_bytes
from filmroom.errors import AssociationRejected, ConfigurationError
from filmroom.server.dicom import DicomServer, Placement
from filmroom.services import ServiceCatalogue

ECHO = (VERIFICATION, (IMPLICIT,))
IMAGES = (CT, (EXPLICIT,))
IMAGE = ct_image()
DATA = encoded(IMAGE)
STORE = net.CStoreRQ(
    message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid=IMAGE.SOPInstanceUID
)


async def half_sent(server):
    """A peer in the middle of an object, once the server works on it; and the rest to send."""
    peer = await Peer.associated(server.port, IMAGES, ECHO)
    wire = peer.wire(1, STORE, DATA)
    peer.writer.write(wire[:-100])
    while not any(connection.operations for connection in server._connections):
        await asyncio.sleep(0)
    return peer, wire[-100:]


async def rejection(server, **parameters):
    """Result, source and reason that an association request gets."""
    peer = await Peer.connect(server.port, ECHO, **parameters)
    event = await peer.event(net.AssociationRejected)
    await peer.close()
    return event.result, event.source, event.reason


# ── listening ───────────────────────────────────────────────────────────────────────────────────


@in_loop
async def test_port_0_takes_a_free_one(archive):
    async with serving(archive, dicom_port=0) as server, serving(archive, dicom_port=0) as other:
        assert server.port != other.port
        assert 0 < server.port < 65536


@in_loop
async def test_a_port_that_is_taken_is_told_with_its_setting(archive):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}") as error:
            async with serving(archive, dicom_port=port):
                pass
    assert error.value.setting == "dicom_port"
    assert "--dicom-port" in error.value.hint


@in_loop
async def test_an_address_that_is_not_ours(archive):
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.1"):
        async with serving(archive, host="192.0.2.1"):
            pass


# ── who may associate ───────────────────────────────────────────────────────────────────────────


@in_loop
async def test_any_title_may_be_called_unless_a_setting_says_otherwise(archive):
    async with serving(archive) as server:
        await (await Peer.associated(server.port, ECHO, called="ANYTHING")).released()
    async with serving(archive, aet="ARCHIVE", check_called_aet=True) as server:
        assert await rejection(server, called="ANYTHING") == (1, 1, 7)
        assert await rejection(server, called="archive") == (1, 1, 7)
        await (await Peer.associated(server.port, ECHO, called="ARCHIVE")).released()


@in_loop
async def test_callers_can_be_restricted(archive):
    async with serving(archive, allowed_calling_aets=("CT1", "MR1")) as server:
        assert await rejection(server, calling="CT2") == (1, 1, 3)
        for title in ("CT1", "MR1"):
            await (await Peer.associated(server.port, ECHO, calling=title)).released()


@in_loop
async def test_what_is_announced(archive):
    async with serving(archive, max_pdu=16384) as server:
        peer = await Peer.associated(server.port, ECHO, operations_window=(0, 0))
        negotiated = peer.association.negotiated
        assert negotiated.peer_max_length == 16384
        assert negotiated.operations_window == (0, 16)
        await peer.released()
        peer = await Peer.associated(server.port, ECHO)
        assert peer.association.negotiated.operations_window == (1, 1)
        await peer.released()


@in_loop
async def test_one_too_many_is_rejected_for_now(archive):
    async with serving(archive, max_associations=2) as server:
        first, second = [await Peer.associated(server.port, ECHO) for _ in range(2)]
        assert server.associations == 2
        assert await rejection(server) == (2, 3, 2)  # transient, local limit exceeded
        await first.released()
        while server.associations > 1:
            await asyncio.sleep(0)
        third = await Peer.associated(server.port, ECHO)
        third.send(1, net.CEchoRQ(message_id=1))
        assert (await third.message())[0].status == 0
        await second.released()
        await third.released()


@contextmanager
def pair():
    """A connected pair: a server's socket, and a client's."""
    listening = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listening.getsockname())
    connected, _ = listening.accept()
    listening.close()
    connected.setblocking(False)
    with client:
        yield connected, client


@in_loop
async def test_a_connection_may_be_placed_elsewhere(archive):
    placed = []

    def elsewhere(connected):
        placed.append(connected)
        return Placement.ELSEWHERE

    with ThreadPoolExecutor(1) as executor:
        settings = Settings(dicom_port=0)
        services = ServiceCatalogue(archive, settings, executor)
        server = DicomServer(settings, services, place=elsewhere)
        await server.start()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while not placed:
            await asyncio.sleep(0)
        assert server.associations == 0
        placed[0].close()
        writer.close()
        await server.stop()


@in_loop
async def test_an_adopted_connection_is_served_and_its_end_is_told(archive):
    ended = []
    with ThreadPoolExecutor(1) as executor, pair() as (connected, client):
        settings = Settings()
        services = ServiceCatalogue(archive, settings, executor)
        server = DicomServer(settings, services, closed=lambda: ended.append(True))
        server.adopt(connected)
        assert server.associations == 1
        client.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=client)
        association = net.Association.requestor(
            net.RequestParameters("FILMROOM", "PEER", (net.ProposedContext(*ECHO),))
        )
        association.connection_made(0)
        peer = Peer(reader, writer, association)
        peer._flush()
        await peer.event(net.AssociationAccepted)
        assert ended == []
        await peer.released()
        while server.associations:
            await asyncio.sleep(0)
        assert ended == [True]
        await server.stop()


@in_loop
async def test_far_too_many_are_closed_without_a_word(archive):
    async with serving(archive, max_associations=1) as server:
        server._max_surplus = 1
        inside = await Peer.associated(server.port, ECHO)
        told_reader, told = await asyncio.open_connection("127.0.0.1", server.port)
        while not server._surplus:
            await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await reader.read() == b""
        writer.close()
        assert server.associations == 1
        told.close()
        assert await told_reader.read() == b""
        await inside.released()


@in_loop
async def test_an_association_without_a_context_is_accepted_all_the_same(archive):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, ("1.2.3.4", (IMPLICIT,)), (CT, ("1.2.3.5",)))
        assert peer.association.negotiated.refused == {1: 3, 3: 4}
        await peer.released()


# ── requests ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("context", "request_"),
    [
        (ECHO, net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND)),
        ((STUDY_FIND, (IMPLICIT,)), net.CEchoRQ(message_id=1)),
        ((STUDY_FIND, (IMPLICIT,)), STORE),
    ],
)
@in_loop
async def test_an_operation_that_the_context_is_not_for(archive, context, request_):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, context)
        data = b"" if isinstance(request_, net.CEchoRQ) else bytes(2000)
        peer.send(1, request_, data or None)
        message, _ = await peer.message()
        assert (message.status, message.error_comment) == (
            0x0211,
            "not an operation of this SOP class",
        )
        await peer.released()
    assert archive.stats().instances == 0


@in_loop
async def test_associations_do_not_disturb_each_other(archive):
    async with serving(archive) as server:
        slow, rest = await half_sent(server)
        quick = await Peer.associated(server.port, ECHO)
        for number in range(1, 4):
            quick.send(1, net.CEchoRQ(message_id=number))
            assert (await quick.message())[0].status == 0
        broken = await Peer.associated(server.port, ECHO)
        broken.writer.write(b"\x99" * 50)
        await broken.event(net.Aborted)
        await broken.close()
        slow.writer.write(rest)
        assert (await slow.message())[0].status == 0
        await slow.released()
        await quick.released()


@in_loop
async def test_the_log_says_who_came_and_why_they_left(archive):
    with capture_logs() as logs:
        async with serving(archive, allowed_calling_aets=("CT1",)) as server:
            await (await Peer.associated(server.port, ECHO, calling="CT1")).released()
            await rejection(server, calling="CT2")
            peer = await Peer.associated(server.port, ECHO, calling="CT1")
            peer.writer.transport.abort()
            while server.associations:
                await asyncio.sleep(0)
    requested = [line for line in logs if line["event"] == "association_requested"]
    assert [(line["calling"], line["accepted"]) for line in requested] == [
        *(("CT1", True), ("CT2", False), ("CT1", True)),
    ]
    assert {line["called"] for line in requested} == {"FILMROOM"}
    closed = [line["fault"] for line in logs if line["event"] == "association_closed"]
    assert closed[0] is None
    assert "-821" in closed[2]


# ── stopping ────────────────────────────────────────────────────────────────────────────────────


@in_loop
async def test_stopping_aborts_what_is_idle_and_listens_no_more(archive):
    async with serving(archive) as server:
        port = server.port
        peer = await Peer.associated(port, ECHO)
        unasked = await asyncio.open_connection("127.0.0.1", port)  # says nothing yet
        while server.associations < 2:
            await asyncio.sleep(0)
        stopping = asyncio.create_task(server.stop())
        event = await peer.event(net.Aborted)
        assert (event.by_peer, event.source) == (True, 0)
        await peer.close()
        assert await unasked[0].read() == b""
        unasked[1].close()
        await stopping
        assert server.associations == 0
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await asyncio.open_connection("127.0.0.1", port)


@in_loop
async def test_a_running_operation_is_finished_first(archive):
    async with serving(archive) as server:
        peer, rest = await half_sent(server)
        stopping = asyncio.create_task(server.stop())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not stopping.done()
        peer.writer.write(rest)
        message, _ = await peer.message()
        assert message.status == 0
        await peer.event(net.Aborted)  # then it ends
        await peer.close()
        await stopping
    assert archive.stats().instances == 1


@in_loop
async def test_what_is_asked_while_stopping_is_refused(archive, monkeypatch):
    """On an association that is still there because a query runs."""
    gate, find = threading.Event(), archive.find

    def waits(query, **options):
        gate.wait(20)
        yield from find(query, **options)

    monkeypatch.setattr(archive, "find", waits)
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (STUDY_FIND, (IMPLICIT,)), ECHO)
        query = net.CFindRQ(message_id=1, affected_sop_class_uid=STUDY_FIND)
        identifier = key("STUDY", StudyInstanceUID=None)
        peer.send(1, query, encode_bytes(identifier, ImplicitVRLittleEndian))
        while not any(connection.operations for connection in server._connections):
            await asyncio.sleep(0)
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        peer.send(3, net.CEchoRQ(message_id=2))
        message, _ = await peer.message()
        assert message.message_id_being_responded_to == 2
        assert (message.status, message.error_comment) == (0xA700, "the server is stopping")
        gate.set()
        message, _ = await peer.message()
        assert (message.message_id_being_responded_to, message.status) == (1, 0)
        await peer.event(net.Aborted)
        await peer.close()
        await stopping


@in_loop
async def test_who_asks_for_an_association_while_we_stop_may_try_again(archive):
    async with serving(archive) as server:
        server._stopping = True  # between the signal and the closing of the listener
        with pytest.raises(AssociationRejected) as caught:
            async with associate(remote(server.port), LOCAL, [ProposedContext(*ECHO)]):
                pass
        error = caught.value
        assert (error.result, error.source, error.reason) == (2, 3, 1)  # temporary congestion


@in_loop
async def test_an_operation_that_hangs_is_given_up_after_the_stop_time_out(archive):
    with capture_logs() as logs:
        async with serving(archive, stop_timeout=0.02) as server:
            peer, _ = await half_sent(server)
            await server.stop()
            await peer.event(net.Aborted)
            await peer.close()
            assert server.associations == 0
    (line,) = [line for line in logs if line["event"] == "stop_timeout"]
    assert line["associations"] == 1
    assert archive.stats().instances == 0
    assert not list(archive.blobs.keys())


@in_loop
async def test_stopping_twice_does_no_harm(archive):
    async with serving(archive) as server:
        await server.stop()
        await server.stop()
