import pytest

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation.finding import Findings
from filmroom.dicom.validation.overlays import OVERLAY_PLANE, check_overlays

GROUP = 0x60020000


def overlay(base=GROUP):
    data_set = DataSet()
    data_set.set(base | 0x0010, VR.US, 3)
    data_set.set(base | 0x0011, VR.US, 3)
    data_set.set(base | 0x0040, VR.CS, "G")
    data_set.set(base | 0x0050, VR.SS, (1, 1))
    data_set.set(base | 0x0100, VR.US, 1)
    data_set.set(base | 0x0102, VR.US, 0)
    data_set.set(base | 0x3000, VR.OW, bytes(2))
    return data_set


def found(data_set):
    findings = Findings()
    check_overlays(data_set, findings)
    return [(f.severity.value, f.path, f.message) for f in findings.report().findings]


def test_a_conforming_overlay_of_any_group():
    assert found(overlay()) == found(overlay(0x601E0000)) == []


def test_no_overlay_is_no_fault():
    assert found(DataSet()) == []


@pytest.mark.parametrize("row", OVERLAY_PLANE.rows, ids=lambda row: row.keyword)
def test_each_attribute_is_required_of_its_group(row):
    data_set = overlay()
    del data_set[GROUP | row.tag & 0xFFFF]
    path = f"(6002,{row.tag & 0xFFFF:04X})"
    assert found(data_set) == [("error", path, "missing, Type 1")]


@pytest.mark.parametrize(
    ("element", "vr", "value", "message"),
    [
        (0x0040, VR.CS, "X", "is none of G, R"),
        (0x0100, VR.US, 8, "not 1, of an overlay with its data"),
        (0x0102, VR.US, 3, "not 0, of an overlay with its data"),
        (0x3000, VR.OW, bytes(4), "4 bytes, but the overlay needs 2"),
    ],
)
def test_values(element, vr, value, message):
    data_set = overlay()
    data_set.set(GROUP | element, vr, value)
    assert found(data_set) == [("error", f"(6002,{element:04X})", message)]


def test_an_overlay_of_several_frames_is_as_long():
    data_set = overlay()
    data_set.set(GROUP | 0x0015, VR.IS, "4")
    data_set.set(GROUP | 0x3000, VR.OW, bytes(6))
    assert found(data_set) == []


def test_an_overlay_in_the_unused_bits_of_the_pixels_is_a_note():
    data_set = overlay()
    data_set.set(GROUP | 0x0100, VR.US, 16)
    data_set.set(GROUP | 0x0102, VR.US, 12)
    del data_set[GROUP | 0x3000]
    message = "an overlay in unused bits of the pixel data, which is retired"
    assert found(data_set) == [("note", "(6002,0100)", message)]
