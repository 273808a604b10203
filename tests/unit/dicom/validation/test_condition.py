import pytest

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation.condition import (
    Condition,
    absent,
    at_top,
    differs,
    equals,
    exceeds,
    filled,
    includes,
    points_to,
    present,
    sop_class,
    tag_of,
    without_modules,
)

YES = Condition("yes", lambda _: True)
NO = Condition("no", lambda _: False)
UNKNOWN = Condition("unknown", lambda _: None)


@pytest.fixture
def data_set():
    data_set = DataSet()
    data_set["SOPClassUID"] = "1.2.840.10008.5.1.4.1.1.2"
    data_set["ImageType"] = ("ORIGINAL", "PRIMARY")
    data_set["PatientName"] = None
    data_set["SamplesPerPixel"] = 3
    data_set["FrameIncrementPointer"] = (0x00181063, 0x00181065)
    return data_set


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (present("PatientName"), True),
        (present("PatientID", "PatientName"), True),
        (present("PatientID"), False),
        (absent("PatientID"), True),
        (absent("PatientID", "PatientName"), False),
        (filled("PatientName"), False),
        (filled("ImageType"), True),
        (equals("ImageType", "DERIVED", "ORIGINAL"), True),
        (equals("ImageType", "PRIMARY"), False),
        (equals("ImageType", "PRIMARY", at=2), True),
        (equals("ImageType", "AXIAL", at=3), None),
        (equals("PatientID", "1"), None),
        (differs("ImageType", "DERIVED"), True),
        (differs("ImageType", "ORIGINAL"), False),
        (differs("PatientID", "1"), None),
        (includes("ImageType", "PRIMARY"), True),
        (includes("ImageType", "AXIAL"), False),
        (includes("ScanOptions", "CG"), None),
        (exceeds("SamplesPerPixel", 1), True),
        (exceeds("SamplesPerPixel", 3), False),
        (exceeds("NumberOfFrames", 1), None),
        (points_to("FrameIncrementPointer", "FrameTimeVector"), True),
        (points_to("FrameIncrementPointer", "PageNumberVector"), False),
        (sop_class("MRImageStorage", "CTImageStorage"), True),
        (sop_class("MRImageStorage"), False),
        (without_modules("image-plane"), False),
        (without_modules("image-plain"), True),
        (YES & YES, True),
        (YES & NO, False),
        (NO & UNKNOWN, False),
        (YES & UNKNOWN, None),
        (YES | UNKNOWN, True),
        (NO | UNKNOWN, None),
        (NO | NO, False),
        (~YES, False),
        (~NO, True),
        (~UNKNOWN, None),
    ],
    ids=lambda value: value.text if isinstance(value, Condition) else str(value),
)
def test_what_a_condition_decides(data_set, condition, holds):
    assert condition.holds(data_set) is holds


def test_an_unknown_sop_class_has_no_known_modules():
    assert without_modules("image-plane").holds(DataSet()) is None


def test_words_of_conditions():
    condition = equals("ImageType", "A", "B", at=2) & absent("PatientID", "PatientName")
    assert condition.text == (
        "value 2 of ImageType is A or B and PatientID and PatientName are absent"
    )
    assert (present("PatientID") | absent("PatientID")).text == (
        "PatientID is present or PatientID is absent"
    )
    assert condition.named("so it is").text == "so it is"


def test_a_condition_at_the_top_is_of_the_data_set_around(data_set):
    item = DataSet()
    data_set.set("ReferencedImageSequence", VR.SQ, (item,))
    condition = equals("ImageType", "ORIGINAL")
    assert condition.holds(item) is None
    assert at_top(condition).holds(item) is True


def test_a_keyword_that_is_none_is_an_error_in_the_tables():
    with pytest.raises(KeyError):
        tag_of("NoSuchKeyword")
    with pytest.raises(KeyError):
        sop_class("NoSuchStorage")
