"""What the bytes tell of how they are laid out."""

import pytest
from encoded import explicit, implicit, item

from filmroom.dicom import VR
from filmroom.dicom.layout import (
    UNDEFINED,
    check_may_be_undefined,
    could_follow,
    layout_inside,
    layout_told_by,
    likely_header,
)
from filmroom.errors import LengthOutOfBounds

EXPLICIT_LITTLE, IMPLICIT_LITTLE = (False, True), (True, True)
EXPLICIT_BIG, IMPLICIT_BIG = (False, False), (True, False)
LAYOUTS = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, IMPLICIT_BIG)


def element(tag, vr, value, layout):
    if layout[0]:
        return implicit(tag, value, little=layout[1])
    return explicit(tag, vr, value, little=layout[1])


@pytest.mark.parametrize("declared", LAYOUTS)
@pytest.mark.parametrize("actual", LAYOUTS)
@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00080005, "CS", b"ISO_IR 100"),
        (0x00080008, "CS", b"ORIGINAL\\PRIMARY\\AXIAL"),
        (0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        (0x00100010, "PN", b"Doe^John"),
        (0x00200010, "SH", b""),
        (0x00080000, "UL", b"\0\0\0\0"),
        (0x20000000, "UL", b"\0\0\0\0"),
        (0x20000010, "IS", b"1 "),
    ],
)
def test_a_first_element_tells_the_layout(tag, vr, value, declared, actual):
    head = element(tag, vr, value, actual)[:8]
    assert layout_told_by(head, *declared) == actual


def test_in_doubt_the_declared_byte_order_stands():
    unknown = explicit(0x11110111, "LO", b"1 ")[:8]
    assert layout_told_by(unknown, False, True) == EXPLICIT_LITTLE
    assert layout_told_by(unknown, False, False) == EXPLICIT_BIG


def test_capital_letters_that_are_no_vr_stay_explicit_where_that_is_declared():
    head = explicit(0x00080005, "XY", b"1 ")[:8]
    assert layout_told_by(head, False, True) == EXPLICIT_LITTLE
    assert layout_told_by(head, True, True) == IMPLICIT_LITTLE


@pytest.mark.parametrize("vr", list(VR))
def test_who_may_have_an_undefined_length(vr):
    if vr in (VR.SQ, VR.UN, VR.OB, VR.OW):
        check_may_be_undefined(vr, 1, 2)
    else:
        with pytest.raises(LengthOutOfBounds) as caught:
            check_may_be_undefined(vr, 0x00080005, 2)
        assert (caught.value.tag, caught.value.offset) == (0x00080005, 2)


def test_the_layout_inside():
    assert layout_inside(VR.SQ, False, False) == EXPLICIT_BIG
    assert layout_inside(VR.UN, False, False) == IMPLICIT_LITTLE
    assert layout_inside(None, False, False) == IMPLICIT_BIG
    assert layout_inside(None, True, True) == IMPLICIT_LITTLE


@pytest.mark.parametrize(
    ("following", "may"),
    [
        (b"", True),
        (b"\0", False),
        (b"\0" * 8, False),
        (explicit(0x00100020, "LO", b"1 "), True),
        (explicit(0x00100020, "LO", b"1 ", length=500), True),
        (explicit(0x00100010, "PN", b""), False),
        (explicit(0x00080005, "CS", b""), False),
        (implicit(0x00100020, b"1 "), True),
        (implicit(0x00100020, b"1 ", length=500), False),
        (implicit(0x00100020, b"1 ", length=UNDEFINED), True),
        (implicit(0xFFFEE00D), True),
        (implicit(0xFFFEE0DD), True),
        (implicit(0xFFFEE00D, length=4), False),
        (item(), True),
    ],
)
def test_what_could_follow(following, may):
    buffer = memoryview(b"abcd" + following)
    assert could_follow(buffer, 4, len(buffer), 0x00100010, True) is may


NEXT = explicit(0x00100020, "LO", b"1 ")


@pytest.mark.parametrize(
    ("raw", "implicit_vr", "header", "fault"),
    [
        (implicit(0x00100010, b"Doe^") + NEXT, False, (None, 8, 4), "no VR"),
        (implicit(0x00100010, b"") + NEXT, False, (None, 8, 0), "no VR"),
        (explicit(0x00100010, "PN", b"Doe^") + NEXT, True, (VR.PN, 8, 4), "explicit VR"),
        (explicit(0x00100010, "UT", b"Doe^") + NEXT, True, (VR.UT, 12, 4), "explicit VR"),
        (b"\x10\0\x10\0UN\x04\0Doe^" + NEXT, False, (VR.UN, 8, 4), "16 bits"),
        (b"\x10\0\x10\0UN\x01\0\4\0\0\0Doe^" + NEXT, False, (VR.UN, 12, 4), "reserved"),
        (b"\x10\0\x10\0XX\0\0\4\0\0\0Doe^" + NEXT, False, (VR.UN, 12, 4), "unknown VR"),
        (b"\x10\0\x10\0XX\4\0Doe^" + NEXT, False, (VR.UN, 8, 4), "unknown VR"),
        (b"\x10\0\x10\0??\4\0Doe^" + NEXT, False, (VR.UN, 8, 4), "unknown VR"),
        (b"\x10\0\x10\0XX\0\0" + NEXT, False, (VR.UN, 8, 0), "unknown VR"),
        (implicit(0x00081140, item(), length=UNDEFINED), False, (None, 8, UNDEFINED), "no VR"),
    ],
)
def test_headers_that_are_not_as_declared(raw, implicit_vr, header, fault):
    buffer = memoryview(raw)
    found = likely_header(buffer, 0, len(buffer), implicit=implicit_vr, little=True)
    assert found is not None
    assert found[0] == header
    assert fault in found[1]


def test_where_no_element_is():
    for raw in (b"no element here!", bytes(range(2, 30)), b"\xfe" * 16):
        for implicit_vr in (True, False):
            buffer = memoryview(raw)
            assert likely_header(buffer, 0, len(raw), implicit=implicit_vr, little=True) is None


def test_a_known_tag_is_an_element_though_it_leads_nowhere():
    buffer = memoryview(implicit(0x7FE00010, b"cut", length=1 << 20))
    assert likely_header(buffer, 0, len(buffer), implicit=True, little=True) == (
        (None, 8, 1 << 20),
        "",
    )


def test_a_private_tag_is_an_element_after_one_of_its_group():
    buffer = memoryview(implicit(0x7FE11010, b"cut", length=1 << 20))
    for after, is_one in ((0x7FE10010, True), (0x7FE00010, False), (-1, False), (None, True)):
        found = likely_header(buffer, 0, len(buffer), implicit=True, little=True, after=after)
        assert (found is not None) is is_one
