"""Data sets that hypothesis makes up: every VR, nested sequences, private elements."""

from array import array
from typing import Any

from hypothesis import strategies as st

from filmroom.dicom import VR, DataSet, Element, lookup
from filmroom.dicom._elements import ELEMENTS

CHARACTER_SET = 0x00080005
_DETERMINES_OTHERS = {CHARACTER_SET, 0x00280103, 0x00283002}
_SWAP = {2: "H", 4: "I", 8: "Q"}


def _public(vr: VR) -> list[int]:
    """Some tags of the dictionary that have this VR and no other."""
    found = [
        tag
        for tag, row in ELEMENTS.items()
        if row[1] == vr.value and tag > 0x00080000 and tag not in _DETERMINES_OTHERS
    ]
    return found[:: max(1, len(found) // 12)]


PUBLIC = {vr: _public(vr) for vr in VR if vr is not VR.UN}

_letters = st.characters(
    min_codepoint=0x20,
    max_codepoint=0x4FF,
    exclude_categories=["C", "Z"],
    exclude_characters="\\^=",
)
_word = st.text(_letters, min_size=1, max_size=12)
_words = st.lists(_word, min_size=1, max_size=3).map(" ".join)
_ascii = st.text(st.sampled_from("ABCDEFGHIJ0123456789_"), min_size=1, max_size=12)
_name = st.lists(_word, min_size=1, max_size=3).map("^".join)
_uid = st.lists(st.integers(0, 99999), min_size=1, max_size=8).map(
    lambda parts: ".".join(map(str, parts))
)
_decimal = st.one_of(
    st.integers(-(10**14), 10**14), st.floats(-1e30, 1e30, allow_nan=False, allow_subnormal=False)
)


def _several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=4).map(tuple)


def _single(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return one.map(lambda value: (value,))


def _whole(bits: int, *, signed: bool) -> st.SearchStrategy[tuple[Any, ...]]:
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return _several(st.integers(low, high))


def _bulk(size: int) -> st.SearchStrategy[tuple[Any, ...]]:
    unit = max(size, 2)
    return st.integers(1, 12).flatmap(
        lambda n: _single(st.binary(min_size=n * unit, max_size=n * unit))
    )


VALUES: dict[VR, st.SearchStrategy[tuple[Any, ...]]] = {
    VR.AE: _several(_ascii),
    VR.AS: _several(st.from_regex(r"[0-9]{3}[DWMY]", fullmatch=True)),
    VR.AT: _several(st.integers(0, 0xFFFFFFFF)),
    VR.CS: _several(_ascii),
    VR.DA: _several(st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8))),
    VR.DS: _several(_decimal),
    VR.DT: _several(st.datetimes().map(lambda at: at.strftime("%Y%m%d%H%M%S").zfill(14))),
    VR.FD: _several(st.floats(allow_nan=False)),
    VR.FL: _several(st.floats(allow_nan=False, width=32)),
    VR.IS: _several(st.integers(-(2**31), 2**31 - 1)),
    VR.LO: _several(_words),
    VR.LT: _single(_words),
    VR.OB: _bulk(1),
    VR.OD: _bulk(8),
    VR.OF: _bulk(4),
    VR.OL: _bulk(4),
    VR.OV: _bulk(8),
    VR.OW: _bulk(2),
    VR.PN: _several(_name),
    VR.SH: _several(_word),
    VR.SL: _whole(32, signed=True),
    VR.SS: _whole(16, signed=True),
    VR.ST: _single(_words),
    VR.SV: _whole(64, signed=True),
    VR.TM: _several(st.times().map(lambda at: at.strftime("%H%M%S"))),
    VR.UC: _several(_words),
    VR.UI: _several(_uid),
    VR.UL: _whole(32, signed=False),
    VR.UN: _bulk(1),
    VR.UR: _single(_ascii),
    VR.US: _whole(16, signed=False),
    VR.UT: _single(_words),
    VR.UV: _whole(64, signed=False),
}
"""Values of every VR but SQ, at least one, which survive writing and reading."""

_plain_vrs = st.sampled_from([vr for vr in VR if vr not in (VR.SQ, VR.UN)])


@st.composite
def _public_element(draw: st.DrawFn) -> tuple[int, VR, Any]:
    vr = draw(_plain_vrs)
    tag = draw(st.sampled_from(PUBLIC[vr]))
    return tag, vr, draw(st.one_of(VALUES[vr], VALUES[vr], st.just(())))


@st.composite
def _private_element(draw: st.DrawFn) -> tuple[int, VR, Any]:
    group = draw(st.sampled_from([0x0009, 0x0019, 0x0029, 0x7FE1]))
    vr = draw(st.sampled_from(list(VALUES)))
    return group << 16 | 0x1000 | draw(st.integers(0, 0xFF)), vr, draw(VALUES[vr])


@st.composite
def _content(draw: st.DrawFn, depth: int) -> DataSet:
    ds = DataSet()
    for tag, vr, values in draw(
        st.lists(st.one_of(_public_element(), _public_element(), _private_element()), max_size=8)
    ):
        ds.set(tag, vr, values)
        if tag & 0x10000:
            ds.set(tag & 0xFFFF0000 | 0x10, VR.LO, "FILMROOM TESTS")
    if depth:
        for tag in draw(st.lists(st.sampled_from([*PUBLIC[VR.SQ], 0x00091040]), max_size=2)):
            ds.set(tag, VR.SQ, draw(st.lists(_content(depth - 1), max_size=3)))
    return ds


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 3) -> DataSet:
    """A data set in UTF-8 with sequences to ``depth`` levels."""
    ds = draw(_content(depth))
    ds.set(CHARACTER_SET, VR.CS, "ISO_IR 192")
    return ds


def plain(data_set: DataSet, *, private_vrs: bool = True) -> dict[int, Any]:
    """VRs and values as plain Python, whatever the byte order and transfer syntax.

    Without ``private_vrs``, private elements count as bytes: implicit VR does not keep their VR.
    """
    return {int(element.tag): _plain(element, private_vrs) for element in data_set}


def _plain(element: Element, private_vrs: bool) -> Any:
    vr = element.vr
    unknown = element.tag.is_private and lookup(element.tag) is None
    if vr is VR.SQ:
        if unknown and not private_vrs:
            return "a private sequence"
        return [plain(item, private_vrs=private_vrs) for item in element.values]
    if unknown and not private_vrs:
        return "a private element", len(element.raw)
    size = vr.facts.item_size
    if size > 1 and not vr.facts.multiple:
        return vr, little(element)
    return vr, tuple(bytes(v) if isinstance(v, memoryview) else v for v in element.values)


def little(element: Element) -> bytes:
    """The bytes of a value of numbers, in little endian order."""
    raw = bytes(element.raw)
    size = element.vr.facts.item_size
    if element.byte_order_is_little or size < 2:
        return raw
    numbers = array(_SWAP[size], raw)
    numbers.byteswap()
    return numbers.tobytes()
