import tracemalloc
import zlib
from dataclasses import dataclass, field

import pytest
from loop import (
    BIG_ENDIAN,
    CT,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    LOCAL,
    MR,
    Handler,
    accepting,
    in_loop,
    remote,
    serving,
    storage,
)
from objects import ct_image, encoded
from pydicom.uid import UID

from filmroom import net
from filmroom.client import MoveOriginator, OutgoingInstance, associate, store
from filmroom.client.storage import _converted, choose_context
from filmroom.dicom import read_data_set, transfer_syntax
from filmroom.errors import DataError, NoPresentationContext

IMAGE = ct_image()
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"
VIDEO = "1.2.840.10008.1.2.4.102"


@dataclass
class Bytes:
    """Bytes of a data set in pieces, and how they were asked for."""

    data: bytes
    size: int = 100
    asked: list[str] = field(default_factory=list)

    @property
    def data_set_size(self):
        return len(self.data)

    def data_set_view(self):
        self.asked.append("view")
        return memoryview(self.data)

    def data_set_chunks(self):
        self.asked.append("chunks")
        return (self.data[at : at + self.size] for at in range(0, len(self.data), self.size))


def image_in(syntax):
    """The image's bytes; pydicom does not turn words round for big endian, as PS3.5 §7.3 wants."""
    words = bytes(IMAGE.PixelData)
    turned = b"".join(words[at : at + 2][::-1] for at in range(0, len(words), 2))
    return encoded(ct_image(PixelData=turned if syntax == BIG_ENDIAN else words), UID(syntax))


def odd_element(syntax):
    """Data Set Trailing Padding of three bytes, which are not padded themselves."""
    header = b"\xfc\xff\xfc\xff" + (b"" if syntax == IMPLICIT else b"OB\0\0")
    return header + b"\3\0\0\0\1\2\3"


def instance(syntax=EXPLICIT, data=None, sop_class=CT):
    kept = Bytes(image_in(syntax) if data is None else data)
    return OutgoingInstance(sop_class, IMAGE.SOPInstanceUID, syntax, kept)


def deflated(data, level):
    """As PS3.5 §A.5 has it, without the pad byte."""
    stream = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def negotiated(*syntaxes, as_scu=True, sop_class=CT):
    contexts = {
        2 * n + 1: net.PresentationContext(2 * n + 1, sop_class, uid, as_scu, not as_scu)
        for n, uid in enumerate(syntaxes)
    }
    return net.Negotiated("CALLED", "CALLING", contexts, 0, "", "")


# ── the choice of the context ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stored", "accepted", "chosen"),
    [
        (EXPLICIT, (EXPLICIT,), EXPLICIT),
        (EXPLICIT, (IMPLICIT, EXPLICIT), EXPLICIT),  # as it is kept, before any other
        (JPEG, (EXPLICIT, JPEG), JPEG),
        (EXPLICIT, (JPEG, IMPLICIT), IMPLICIT),
        (IMPLICIT, (EXPLICIT,), EXPLICIT),
        (BIG_ENDIAN, (JPEG, IMPLICIT, EXPLICIT), IMPLICIT),
        (EXPLICIT, (DEFLATED,), DEFLATED),
        (DEFLATED, (EXPLICIT,), EXPLICIT),
        (JPEG, (RLE, IMPLICIT), IMPLICIT),  # decoded, before encoded anew
        (JPEG, (RLE,), RLE),
        (EXPLICIT, (JPEG, RLE), RLE),  # never with loss
    ],
)
def test_the_kept_syntax_before_another_uncompressed_one(stored, accepted, chosen):
    assert choose_context(negotiated(*accepted), CT, stored).transfer_syntax == chosen


@pytest.mark.parametrize(
    ("stored", "accepted"), [(EXPLICIT, (JPEG,)), (VIDEO, (EXPLICIT, IMPLICIT)), (RLE, (JPEG,))]
)
def test_nothing_is_compressed_with_loss_and_no_video_decoded(stored, accepted):
    with pytest.raises(NoPresentationContext, match="the peer does not take CT Image Storage in"):
        choose_context(negotiated(*accepted), CT, stored)


@pytest.mark.parametrize("uid", [f"1.2.840.10008.1.2.{n}" for n in ("4.94", "4.204", "7.1")])
def test_pixels_that_are_elsewhere_cannot_be_converted(uid):
    """JPIP at an address, SMPTE in a stream: the data set itself has none."""
    assert choose_context(negotiated(uid), CT, uid).transfer_syntax == uid
    for stored, accepted in ((uid, EXPLICIT), (EXPLICIT, uid)):
        with pytest.raises(NoPresentationContext):
            choose_context(negotiated(accepted), CT, stored)


def test_a_class_that_was_not_accepted():
    with pytest.raises(NoPresentationContext, match="accepted no presentation context for MR"):
        choose_context(negotiated(EXPLICIT), MR, EXPLICIT)


def test_a_context_in_which_we_are_scp_only_is_none_to_send_in():
    with pytest.raises(NoPresentationContext):
        choose_context(negotiated(EXPLICIT, as_scu=False), CT, EXPLICIT)


# ── sending ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, JPEG])
@in_loop
async def test_bytes_go_out_as_they_are_kept(scripted, syntax):
    data = b"whatever \x00\xff" * 1000 if syntax == JPEG else image_in(syntax)
    peer = scripted([(0, None, {})])
    sent = instance(syntax, data)
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage(syntax)]) as connection,
    ):
        response = await store(connection, sent, timeout=10)
    assert (response.message.status, response.data) == (0, b"")
    assert peer.data == [data]
    assert sent.data.asked == ["chunks"]  # in pieces: nothing is mapped
    (request,) = peer.requests
    assert (request.affected_sop_class_uid, request.affected_sop_instance_uid) == (
        CT,
        IMAGE.SOPInstanceUID,
    )
    assert request.move_originator_ae_title is None
    assert request.move_originator_message_id is None


@pytest.mark.parametrize(
    ("stored", "accepted"),
    [
        (EXPLICIT, IMPLICIT),
        (IMPLICIT, EXPLICIT),
        (EXPLICIT, BIG_ENDIAN),
        (BIG_ENDIAN, EXPLICIT),
    ],
)
@in_loop
async def test_converted_where_the_peer_takes_another_uncompressed_syntax(
    scripted, stored, accepted
):
    peer = scripted([(0, None, {})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage(accepted)]) as connection,
    ):
        await store(connection, instance(stored), timeout=10)
    assert peer.data == [image_in(accepted)]


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, DEFLATED])
@in_loop
async def test_what_is_kept_with_an_odd_length_goes_out_with_an_even_one(scripted, syntax):
    if syntax == DEFLATED:
        data = image_in(EXPLICIT)
        odd = next(found for level in range(10) if len(found := deflated(data, level)) % 2)
    else:
        odd = image_in(syntax) + odd_element(syntax)
    peer = scripted([(0, None, {})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage(syntax)]) as connection,
    ):
        await store(connection, instance(syntax, odd), timeout=10)
    (sent,) = peer.data
    assert len(odd) % 2 == 1
    assert len(sent) % 2 == 0
    received = read_data_set(sent, transfer_syntax(syntax), strict=True)
    assert received.text("PatientName") == str(IMAGE.PatientName)
    if syntax == DEFLATED:
        assert sent == odd + b"\0"
    else:
        assert bytes(received.raw(0xFFFCFFFC)) == b"\1\2\3\0"


@pytest.mark.parametrize("status", [0xA700, 0xA900, 0xB000, 0xB007, 0xC123])
@in_loop
async def test_any_status_is_given_back(scripted, status):
    peer = scripted([(status, None, {"error_comment": "why"})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage()]) as connection,
    ):
        message = (await store(connection, instance(), timeout=10)).message
    assert (message.status, message.error_comment) == (status, "why")


@in_loop
async def test_a_sub_operation_names_whose_move_it_is_part_of(scripted):
    peer = scripted([(0, None, {})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage()]) as connection,
    ):
        originator = MoveOriginator("WS1", 77)
        await store(connection, instance(), timeout=10, originator=originator)
    (request,) = peer.requests
    assert (request.move_originator_ae_title, request.move_originator_message_id) == ("WS1", 77)


@in_loop
async def test_what_does_not_fit_is_told_before_anything_is_sent(scripted):
    peer = scripted([(0, None, {})])
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage()]) as connection,
    ):
        with pytest.raises(NoPresentationContext):
            await store(connection, instance(VIDEO), timeout=10)
        with pytest.raises(DataError):
            await store(connection, instance(JPEG, b"no data set"), timeout=10)
        assert peer.requests == []
        await store(connection, instance(), timeout=10)  # the association is as good as before
    assert len(peer.requests) == 1


@in_loop
async def test_kept_bytes_that_cannot_be_converted(scripted):
    peer = scripted([(0, None, {})])
    too_deep = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff" * 100
    damaged = instance(EXPLICIT, too_deep)
    async with (
        accepting(Handler(peer)) as port,
        associate(remote(port), LOCAL, [storage(IMPLICIT)]) as connection,
    ):
        with pytest.raises(DataError):
            await store(connection, damaged, timeout=10)
        await store(connection, instance(IMPLICIT), timeout=10)


@in_loop
async def test_our_own_server_keeps_what_is_sent(archive):
    async with (
        serving(archive) as server,
        associate(remote(server.port), LOCAL, [storage()]) as connection,
    ):
        assert (await store(connection, instance(), timeout=10)).message.status == 0
    assert archive.stats().instances == 1


def test_a_large_object_is_converted_in_bounded_memory():
    """Its pixel data passes through in steps, although it is one piece of the data set."""
    pixels = bytes(128 << 20)
    stored = encoded(ct_image(Rows=8192, Columns=8192, PixelData=pixels))
    syntaxes = transfer_syntax(EXPLICIT), transfer_syntax(IMPLICIT)
    list(_converted(memoryview(image_in(EXPLICIT)), *syntaxes))  # what is imported at first use
    tracemalloc.start()
    try:
        length = sum(len(chunk) for chunk in _converted(memoryview(stored), *syntaxes))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert length > len(pixels)
    assert peak < 64 << 20
