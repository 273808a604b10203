"""Values whose VR is another than PS3.6 has: read as the stream says, and told."""

import pytest

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, encode_bytes, read_data_set
from filmroom.errors import InvalidVR


def written(tag, vr, value):
    data_set = DataSet()
    data_set["Modality"] = "CT"
    data_set.set(tag, vr, value)
    return encode_bytes(data_set, ExplicitVRLittleEndian)


WRONG = [("PatientName", VR.LO, "A^B"), ("Rows", VR.SS, 3), ("PatientID", VR.SH, "1")]
RIGHT = [
    ("PatientName", VR.PN, "A^B"),
    ("Rows", VR.UN, b"\3\0"),
    ("SmallestImagePixelValue", VR.SS, -3),
    ("SmallestImagePixelValue", VR.US, 3),
    (0x00091001, VR.LO, "private"),
]


@pytest.mark.parametrize(("keyword", "vr", "value"), WRONG)
@pytest.mark.parametrize("by_element", [False, True])
def test_a_wrong_vr_is_an_issue_with_tag_and_offset(keyword, vr, value, by_element):
    read = read_data_set(written(keyword, vr, value), ExplicitVRLittleEndian)
    found = read.element(keyword).value if by_element else read[keyword]
    assert found == value
    (issue,) = read.issues
    assert (issue.tag, issue.offset) == (read.element(keyword).tag, 10)
    assert issue.message == f"{vr} is not the VR of this attribute"


@pytest.mark.parametrize(("keyword", "vr", "value"), WRONG)
def test_read_strictly_it_raises(keyword, vr, value):
    read = read_data_set(written(keyword, vr, value), ExplicitVRLittleEndian, strict=True)
    with pytest.raises(InvalidVR) as caught:
        read[keyword]
    assert caught.value.offset == 10


@pytest.mark.parametrize(("tag", "vr", "value"), RIGHT)
def test_what_the_dictionary_has_or_does_not_know_is_none(tag, vr, value):
    read = read_data_set(written(tag, vr, value), ExplicitVRLittleEndian, strict=True)
    read.values_of(tag)
    assert read.issues == []
