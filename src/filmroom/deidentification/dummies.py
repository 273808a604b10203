"""Values that mean nothing, for attributes that must have one: action D (PS3.15 §E.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmroom.dicom import VR, DataSet, Element

__all__ = ["DUMMY_TEXT", "dummy_document", "dummy_items", "dummy_values"]

DUMMY_TEXT = "ANONYMIZED"
"""In place of text; short enough for SH, and of the default repertoire."""

_VALUES: dict[VR, object] = {
    VR.AE: DUMMY_TEXT,
    VR.AS: "000D",
    VR.AT: 0,
    VR.CS: DUMMY_TEXT,
    VR.DA: "19000101",
    VR.DS: "0",
    VR.DT: "19000101000000",
    VR.FD: 0.0,
    VR.FL: 0.0,
    VR.IS: "0",
    VR.LO: DUMMY_TEXT,
    VR.LT: DUMMY_TEXT,
    VR.OB: b"\0\0",
    VR.OD: bytes(8),
    VR.OF: bytes(4),
    VR.OL: bytes(4),
    VR.OV: bytes(8),
    VR.OW: b"\0\0",
    VR.PN: DUMMY_TEXT,
    VR.SH: DUMMY_TEXT,
    VR.SL: 0,
    VR.SS: 0,
    VR.ST: DUMMY_TEXT,
    VR.SV: 0,
    VR.TM: "000000",
    VR.UC: DUMMY_TEXT,
    VR.UL: 0,
    VR.UN: b"\0\0",
    VR.UR: "http://anonymized.invalid/",
    VR.US: 0,
    VR.UT: DUMMY_TEXT,
    VR.UV: 0,
}

_REASON_FOR_MODIFICATION = 0x04000565
_CODES = {_REASON_FOR_MODIFICATION: "CORRECT"}  # Enumerated Values, PS3.3 §C.12.1.1.9


def dummy_values(tag: int, vr: VR) -> tuple[object, ...]:
    """The values in place of those of ``tag``; of UI and SQ there are none in general."""
    return (_CODES.get(tag, _VALUES[vr]),)


def dummy_items(tag: int, items: Sequence[DataSet]) -> tuple[DataSet, ...] | None:
    """The items in place of ``items`` of the sequence ``tag``.

    None where the items are to be gone through instead: all that identifies in them has its own
    action.
    """
    make = _SEQUENCES.get(tag)
    return None if make is None else (make(items),)


def _code(value: str, scheme: str, meaning: str) -> DataSet:
    item = DataSet()
    item.set(0x00080100, VR.SH, value)
    item.set(0x00080102, VR.SH, scheme)
    item.set(0x00080104, VR.LO, meaning)
    return item


def _sequence(tag: int, *items: DataSet) -> Element:
    return Element.of(tag, VR.SQ, items)


def _no_code(_: Sequence[DataSet]) -> DataSet:
    return _code(DUMMY_TEXT, "99ANON", "Anonymized")


def _operator(items: Sequence[DataSet]) -> DataSet:
    """The Person Identification Macro (PS3.3 Table 10-1)."""
    item = DataSet()
    item.set(0x00080080, VR.LO, DUMMY_TEXT)
    item.add(_sequence(0x00401101, _no_code(items)))
    return item


def _content_item(_: Sequence[DataSet]) -> DataSet:
    """One TEXT content item, a comment (PS3.3 Table C.17.3-7; 121106 of PS3.16)."""
    item = DataSet()
    item.set(0x0040A010, VR.CS, "CONTAINS")
    item.set(0x0040A040, VR.CS, "TEXT")
    item.add(_sequence(0x0040A043, _code("121106", "DCM", "Comment")))
    item.set(0x0040A160, VR.UT, DUMMY_TEXT)
    return item


def _annotation(items: Sequence[DataSet]) -> DataSet:
    """One point in the corner, in the layer that was drawn in (PS3.3 Table C.10-5)."""
    layer = items[0].text(0x00700002) if items else ""
    point = DataSet()
    point.set(0x00700005, VR.CS, "PIXEL")
    point.set(0x00700020, VR.US, 2)
    point.set(0x00700021, VR.US, 1)
    point.set(0x00700022, VR.FL, (1.0, 1.0))
    point.set(0x00700023, VR.CS, "POINT")
    item = DataSet()
    item.set(0x00700002, VR.CS, layer or "ANONYMIZED")
    item.add(_sequence(0x00700009, point))
    return item


_SEQUENCES: dict[int, Callable[[Sequence[DataSet]], DataSet]] = {
    0x00080082: _no_code,  # Institution Code Sequence
    0x00081072: _operator,  # Operator Identification Sequence
    0x00401101: _no_code,  # Person Identification Code Sequence
    0x0040A730: _content_item,  # Content Sequence
    0x00700001: _annotation,  # Graphic Annotation Sequence
}

_BLANK_PDF = (
    b"%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
    b"0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n178\n%%EOF\n"
)
_DOCUMENTS = {
    "application/pdf": _BLANK_PDF,
    "text/xml": b'<?xml version="1.0"?>\n<anonymized/>\n',
    "text/plain": b"ANONYMIZED\n",
}


def dummy_document(mime_type: str) -> bytes:
    """An empty document in place of one of ``mime_type`` (PS3.3 §C.24.2)."""
    return _DOCUMENTS.get(mime_type.strip().lower(), b"\0\0")
