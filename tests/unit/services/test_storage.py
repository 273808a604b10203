import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from loop import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG, Peer, in_loop, serving
from objects import ct_image, encoded
from pydicom.dataset import Dataset
from pydicom.uid import UID

from filmroom import net
from filmroom.archive import Archive
from filmroom.errors import OutOfResources

UNKNOWN = "1.2.826.0.1.3680043.10.1234.9.9"
IMAGE = ct_image()
OTHER = ct_image(StudyDescription="Something else")


@pytest.fixture
def opened(tmp_path):
    """Opens an archive with settings of the test."""
    archives = []

    def open_archive(**settings):
        archives.append(Archive.open(tmp_path / "data", durability="relaxed", **settings))
        return archives[-1]

    yield open_archive
    for archive in archives:
        archive.close()


@asynccontextmanager
async def storing(archive, *syntaxes, sop_class=CT, **settings):
    """A peer with one storage context; gives a function that sends and returns the response."""
    async with serving(archive, **settings) as server:
        peer = await Peer.associated(server.port, (sop_class, syntaxes or (EXPLICIT,)))

        async def send(data, uid=None, *, sop_class=sop_class):
            if isinstance(data, Dataset):
                uid = uid or data.SOPInstanceUID
                data = encoded(data, UID((syntaxes or (EXPLICIT,))[0]))
            request = net.CStoreRQ(
                message_id=7, affected_sop_class_uid=sop_class, affected_sop_instance_uid=uid
            )
            peer.send(1, request, data)
            message, nothing = await peer.message()
            assert isinstance(message, net.CStoreRSP)
            assert (message.message_id_being_responded_to, nothing) == (7, b"")
            assert message.affected_sop_instance_uid == uid
            return message

        yield send
        await peer.released()


def archive_root(archive):
    return Path(archive.blobs._root)


def files(archive):
    root = archive_root(archive)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@in_loop
async def test_the_same_bytes_twice_succeed_and_are_kept_once(archive):
    async with storing(archive) as send:
        assert (await send(IMAGE)).status == 0x0000
        assert (await send(IMAGE)).status == 0x0000
    assert archive.stats().instances == 1
    assert len(files(archive)) == 1


@pytest.mark.parametrize(
    ("policy", "status", "kept"),
    [("keep", 0xB000, "Study 1"), ("replace", 0x0000, "Something else"), ("reject", 0x0111, "")],
)
@in_loop
async def test_other_bytes_under_a_known_uid(opened, policy, status, kept):
    archive = opened(on_duplicate=policy)
    async with storing(archive) as send:
        assert (await send(IMAGE)).status == 0x0000
        response = await send(OTHER)
        assert response.status == status
        assert bool(response.error_comment) == (status != 0)
        assert (await send(IMAGE)).status in (0x0000, status)  # the association goes on
    assert archive.stats().instances == 1
    assert len(files(archive)) == 1
    if policy == "keep":
        assert kept.encode() in (archive_root(archive) / files(archive)[0]).read_bytes()


def without(keyword):
    image = ct_image()
    delattr(image, keyword)
    return image


GOOD = encoded(IMAGE)
GARBAGE = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\x01" * 300
"""A sequence that holds no items."""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (without("SOPInstanceUID"), 0xA900),
        (without("SOPClassUID"), 0xA900),
        (without("StudyInstanceUID"), 0xA900),
        (without("SeriesInstanceUID"), 0xA900),
        (ct_image(instance=2), 0xA900),
        (ct_image(SOPClassUID="1.2.840.10008.5.1.4.1.1.4"), 0xA900),
        (GARBAGE, 0xC000),
        (GOOD[:200], 0xC000),
        (GOOD[:-2], 0xC000),
        (b"", 0xA900),
        (GOOD.replace(b"10.1234.1.1.1\0", b"../../../../a"), 0xC000),
    ],
    ids=[
        *("no SOP Instance UID", "no SOP Class UID", "no study", "no series"),
        *("other instance", "other class", "garbage", "cut in the header", "cut in the pixels"),
        *("nothing", "path as UID"),
    ],
)
@in_loop
async def test_what_cannot_be_kept_is_refused_and_leaves_nothing(archive, data, status):
    async with storing(archive) as send:
        response = await send(
            encoded(data) if isinstance(data, Dataset) else data, IMAGE.SOPInstanceUID
        )
        assert f"{response.status:04X}" == f"{status:04X}"
        assert response.error_comment.startswith("[-8")
        assert archive.stats().instances == 0
        assert files(archive) == []
        assert (await send(IMAGE)).status == 0x0000  # the association is as good as before


@in_loop
async def test_a_fault_at_the_first_fragment_swallows_the_rest(archive):
    async with storing(archive, max_pdu=4096) as send:
        assert (await send(GARBAGE * 1000, "1.2.3")).status == 0xC000
        assert (await send(IMAGE)).status == 0


@in_loop
async def test_no_space_to_begin_with(archive, monkeypatch):
    def full(*_args, **_options):
        raise OutOfResources("no space left")

    async with storing(archive) as send:
        with monkeypatch.context() as patch:
            patch.setattr(archive, "receive", full)
            response = await send(IMAGE)
            assert (response.status, response.error_comment) == (0xA700, "[-863] no space left")
        assert (await send(IMAGE)).status == 0


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
@in_loop
async def test_bytes_are_kept_as_they_come(archive, syntax):
    async with storing(archive, syntax) as send:
        assert (await send(IMAGE)).status == 0
    (name,) = files(archive)
    assert (archive_root(archive) / name).read_bytes().endswith(encoded(IMAGE, UID(syntax)))


@in_loop
async def test_the_requestors_order_of_transfer_syntaxes_decides(archive):
    async with serving(archive) as server:
        for syntaxes in ((JPEG, EXPLICIT), (IMPLICIT, EXPLICIT), ("1.2.3.4.5", EXPLICIT)):
            peer = await Peer.associated(server.port, (CT, syntaxes))
            taken = peer.association.negotiated.contexts[1].transfer_syntax
            assert taken == (syntaxes[0] if syntaxes[0] != "1.2.3.4.5" else EXPLICIT)
            await peer.released()


@in_loop
async def test_unknown_sop_classes_are_refused(archive):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (UNKNOWN, (EXPLICIT,)))
        assert peer.association.negotiated.refused == {1: 3}  # abstract syntax not supported
        await peer.released()


@in_loop
async def test_unknown_sop_classes_are_kept_by_setting(archive):
    async with storing(archive, sop_class=UNKNOWN, unknown_sop_classes=True) as send:
        assert (await send(ct_image(SOPClassUID=UNKNOWN))).status == 0
    assert archive.stats().instances == 1


@in_loop
async def test_a_request_that_a_storage_context_does_not_have(archive):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (CT, (EXPLICIT,)))
        peer.send(1, net.CEchoRQ(message_id=1))
        assert (await peer.message())[0].status == 0x0211
        request = net.NSetRQ(
            message_id=2, requested_sop_class_uid=CT, requested_sop_instance_uid="1.2"
        )
        peer.send(1, request, b"12345678" * 1000)
        assert (await peer.message())[0].status == 0x0211
        await peer.released()


@in_loop
async def test_a_peer_gone_half_way_leaves_nothing(archive):
    async with serving(archive) as server:
        peer = await Peer.associated(server.port, (CT, (EXPLICIT,)))
        request = net.CStoreRQ(
            message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3"
        )
        peer.writer.write(peer.wire(1, request, encoded(IMAGE))[:-100])
        await peer.writer.drain()
        while not files(archive):
            await asyncio.sleep(0)
        peer.writer.transport.abort()
        while server.associations:
            await asyncio.sleep(0)
    assert files(archive) == []
    assert archive.stats().instances == 0
