"""Objects that must not be kept: the right status, no half file, no row in the index."""

import struct

import pytest
from objects import ct_image, encoded
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message

pytestmark = pytest.mark.usefixtures("unharmed")

GOOD = ct_image(1)
UID = GOOD.SOPInstanceUID
HOSTILE = [
    "../../../../tmp/filmroom-escaped",
    "1.2/../3",
    "1.2.3/4",
    "1.2.3\\4",
    "..",
    "1.2.3 4",
    "1.2.\n3",
    "1." + "2" * 63,
    "CON",
    "~",
]
CANNOT_UNDERSTAND, DOES_NOT_MATCH = range(0xC000, 0xD000), range(0xA900, 0xAA00)


def changed(**attributes):
    return encoded(ct_image(1, **attributes))


def without(keyword):
    data_set = ct_image(1)
    delattr(data_set, keyword)
    return encoded(data_set)


def element(tag, vr, value, length=None):
    group, number = tag >> 16, tag & 0xFFFF
    size = len(value) if length is None else length
    if vr in {b"SQ", b"OB", b"UN", b"UT"}:
        return struct.pack("<HH2sxxI", group, number, vr, size) + value
    return struct.pack("<HH2sH", group, number, vr, size) + value


def nested(depth):
    """Sequences in sequences, of undefined length and never closed."""
    sequence = struct.pack("<HH2sxxI", 0x0008, 0x1140, b"SQ", 0xFFFFFFFF)
    start_of_item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    return (sequence + start_of_item) * depth


def store(peer, data, uid=UID, sop_class=CT_IMAGE_STORAGE):
    peer.send(message(1, c_store_rq(uid, sop_class_uid=sop_class), data))
    return peer.status()


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        pytest.param(changed(SOPInstanceUID="1.2.3"), DOES_NOT_MATCH, id="another instance"),
        pytest.param(changed(SOPClassUID="1.2.840.10008.5.1.4.1.1.4"), DOES_NOT_MATCH, id="class"),
        pytest.param(without("SOPInstanceUID"), DOES_NOT_MATCH, id="no instance UID"),
        pytest.param(without("SOPClassUID"), DOES_NOT_MATCH, id="no class UID"),
        pytest.param(without("StudyInstanceUID"), DOES_NOT_MATCH, id="no study UID"),
        pytest.param(without("SeriesInstanceUID"), DOES_NOT_MATCH, id="no series UID"),
        pytest.param(b"", DOES_NOT_MATCH, id="nothing at all"),
        pytest.param(encoded(GOOD)[:200], CANNOT_UNDERSTAND, id="cut in an element"),
        pytest.param(encoded(GOOD)[:102], None, id="cut in the header"),
        pytest.param(b"\xff" * 4_000, None, id="rubbish"),
        pytest.param(bytes(4_000), None, id="zeros"),
        pytest.param(
            element(0x00080005, b"CS", b"") + element(0x00080008, b"UT", b"abc", 0xFFFFFFF0),
            CANNOT_UNDERSTAND,
            id="a length of four gigabytes",
        ),
        pytest.param(nested(5_000), CANNOT_UNDERSTAND, id="five thousand sequences deep"),
    ],
)
def test_refused(associated, data, statuses):
    with associated(CT_IMAGE_STORAGE) as peer:
        status = store(peer, data)
        assert status != 0x0000
        if statuses is not None:
            assert status in statuses, f"{status:04X}"
        assert store(peer, data) == status
        peer.release()


@pytest.mark.parametrize("uid", HOSTILE, ids=repr)
@pytest.mark.parametrize("where", ["command", "instance", "series", "study"])
def test_paths_in_uids_never_reach_the_file_system(associated, server, uid, where):
    attributes = {
        "command": {"SOPInstanceUID": uid},
        "instance": {"SOPInstanceUID": uid},
        "series": {"SeriesInstanceUID": uid},
        "study": {"StudyInstanceUID": uid},
    }[where]
    data_set = ct_image(1)
    for keyword, value in attributes.items():
        data_set[keyword]._value = value
    with associated(CT_IMAGE_STORAGE) as peer:
        status = store(peer, encoded(data_set), uid if where == "command" else UID)
        assert status >= 0xA700 or 0x0100 <= status < 0x0200, f"{status:04X}"
        peer.release()
    assert not list(server.data.parent.rglob("*escaped*"))


def test_a_sop_class_of_another_context(associated):
    with associated(CT_IMAGE_STORAGE) as peer:
        status = store(peer, encoded(GOOD), sop_class="1.2.840.10008.5.1.4.1.1.4")
        assert status in {0x0122, 0x0119, *DOES_NOT_MATCH}
        peer.release()


def test_an_unknown_sop_class_is_not_negotiated(server):
    with RawPeer(server.port) as peer, pytest.raises(AssertionError):
        peer.associate("1.2.826.0.1.3680043.10.9999.7")
