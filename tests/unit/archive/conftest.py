import struct
from pathlib import Path

import pytest

from filmroom.archive.archive import Archive

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"


def element(tag: int, vr: str, value: bytes) -> bytes:
    value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in ("OW", "SQ", "OB"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def make(study="1.1", series="1.1.1", instance="1.1.1.1", *, pixels=b"\1\2" * 50, **texts) -> bytes:
    """An Explicit VR Little Endian data set, typed by hand; ``x00100010=("PN", b"...")`` adds."""
    elements = {
        0x00080016: ("UI", CT.encode()),
        0x00080018: ("UI", instance.encode()),
        0x00080020: ("DA", b"20200131"),
        0x00080060: ("CS", b"CT"),
        0x00100010: ("PN", b"Doe^Jane"),
        0x00100020: ("LO", b"P1"),
        0x0020000D: ("UI", study.encode()),
        0x0020000E: ("UI", series.encode()),
        0x00280010: ("US", struct.pack("<H", 512)),
        0x7FE00010: ("OW", pixels),
    }
    elements.update({int(tag[1:], 16): value for tag, value in texts.items()})
    kept = sorted((tag, value) for tag, value in elements.items() if value is not None)
    return b"".join(element(tag, vr, raw) for tag, (vr, raw) in kept)


def send(archive: Archive, data: bytes, uid="1.1.1.1", *, chunk=37, sop_class=CT):
    incoming = archive.receive(sop_class, uid, EXPLICIT, source_ae="MODALITY")
    try:
        for start in range(0, len(data), chunk):
            incoming.write(memoryview(data)[start : start + chunk])
    except BaseException:
        incoming.discard()
        raise
    return incoming.finish()


@pytest.fixture
def make_object():
    return make


@pytest.fixture
def store():
    return send


@pytest.fixture
def archive(tmp_path: Path):
    with Archive.open(tmp_path / "data") as opened:
        yield opened
