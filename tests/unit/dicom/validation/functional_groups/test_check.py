import pytest
from conforming import GREY, conforming

from filmroom.dicom import VR, DataSet
from filmroom.dicom.validation.finding import Findings
from filmroom.dicom.validation.functional_groups.check import check_functional_groups

CT = {**GREY, "PixelData": bytes(64), "NumberOfFrames": "2", "Modality": "CT"}
MEASURES, CONTENT = "PixelMeasuresSequence", "FrameContentSequence"


def found(data_set, iod="enhanced-ct-image"):
    findings = Findings()
    check_functional_groups(data_set, iod, findings)
    return [(f.path, f.message) for f in findings.report().findings]


@pytest.fixture
def image():
    return conforming("EnhancedCTImageStorage", values=CT)


def groups(image):
    (shared,) = image.sequence("SharedFunctionalGroupsSequence")
    return shared, image.sequence("PerFrameFunctionalGroupsSequence")


def move_to_frames(image, keyword):
    """Take a group out of the shared ones and give a copy to every frame."""
    shared, frames = groups(image)
    (item,) = shared.sequence(keyword)
    for frame in frames:
        copy = DataSet()
        for element in item:
            copy.set(element.tag, element.vr, element.values)
        frame.set(keyword, VR.SQ, (copy,))
    del shared[keyword]


def test_a_group_is_shared_or_per_frame(image):
    assert found(image) == []
    move_to_frames(image, MEASURES)
    assert found(image) == []


def test_a_group_is_not_both(image):
    shared, _ = groups(image)
    move_to_frames(image, MEASURES)
    shared.set(MEASURES, VR.SQ, (DataSet(),))
    assert (
        "(5200,9229)[1]/(0028,9110)",
        "both shared and per frame, where it shall be one of them",
    ) in (found(image))


def test_a_group_of_some_frames_is_missing_in_the_others(image):
    move_to_frames(image, MEASURES)
    del groups(image)[1][1][MEASURES]
    assert found(image) == [("(5200,9230)[2]/(0028,9110)", "functional group missing, mandatory")]


def test_a_group_that_is_missing_everywhere_is_said_once(image):
    del groups(image)[0][MEASURES]
    assert found(image) == [("(5200,9229)[1]/(0028,9110)", "functional group missing, mandatory")]


def test_frame_content_cannot_be_shared(image):
    shared, frames = groups(image)
    items = frames[0].sequence(CONTENT)
    for frame in frames:
        del frame[CONTENT]
    shared.set(CONTENT, VR.SQ, items)
    assert found(image) == [
        ("(5200,9230)[1]/(0020,9111)", "shared, but it is different for every frame")
    ]


def test_attributes_in_a_group_are_checked(image):
    shared, frames = groups(image)
    del shared.sequence(MEASURES)[0]["PixelSpacing"]
    del frames[1].sequence(CONTENT)[0]["DimensionIndexValues"]
    assert [path for path, _ in found(image)] == [
        "(5200,9229)[1]/(0028,9110)[1]/(0028,0030)",
        "(5200,9230)[2]/(0020,9111)[1]/(0020,9157)",
    ]


def test_a_group_has_one_item_only(image):
    shared, _ = groups(image)
    shared.set(MEASURES, VR.SQ, (*shared.sequence(MEASURES), DataSet()))
    assert ("(5200,9229)[1]/(0028,9110)", "2 items, at most 1") in found(image)


def test_a_condition_about_the_frame_is_asked_of_the_frame(image):
    """Two frames, of which only the first is original: only its attributes are required."""
    for keyword in ("CTImageFrameTypeSequence", "CTExposureSequence"):
        move_to_frames(image, keyword)
    _, frames = groups(image)
    frames[1].sequence("CTImageFrameTypeSequence")[0]["FrameType"] = ("DERIVED", "PRIMARY")
    for frame in frames:
        del frame.sequence("CTExposureSequence")[0]["ExposureInmAs"]
    assert found(image) == [
        (
            "(5200,9230)[1]/(0018,9321)[1]/(0018,9332)",
            "missing, Type 1C: required if FrameType of the frame is ORIGINAL",
        )
    ]


def test_a_shared_group_is_of_every_frame(image):
    move_to_frames(image, "CTImageFrameTypeSequence")
    shared, frames = groups(image)
    del shared.sequence("CTExposureSequence")[0]["ExposureInmAs"]
    frames[0].sequence("CTImageFrameTypeSequence")[0]["FrameType"] = ("DERIVED", "PRIMARY")
    assert len(found(image)) == 1
    frames[1].sequence("CTImageFrameTypeSequence")[0]["FrameType"] = ("DERIVED", "PRIMARY")
    assert found(image) == []


def test_conditional_groups(image):
    image["ImageType"] = ("DERIVED", "PRIMARY", "AXIAL", "NONE")
    del groups(image)[0]["CTExposureSequence"]
    assert found(image) == []
    image["ImageType"] = ("MIXED", "PRIMARY", "AXIAL", "NONE")
    assert found(image) == [
        (
            "(5200,9229)[1]/(0018,9321)",
            "functional group missing: required if ImageType is ORIGINAL or MIXED",
        )
    ]


def test_planes_of_secondary_capture_come_all_or_none():
    iod = "multi-frame-true-color-secondary-capture-image"
    image, shared, measures = DataSet(), DataSet(), DataSet()
    image.set("SharedFunctionalGroupsSequence", VR.SQ, (shared,))
    image.set("PerFrameFunctionalGroupsSequence", VR.SQ, (DataSet(),))
    assert found(image, iod) == []
    shared.set(MEASURES, VR.SQ, (measures,))
    missing = {path[-11:] for path, message in found(image, iod) if "group missing" in message}
    assert missing == {"(0020,9113)", "(0020,9116)"}


def test_other_objects_have_no_functional_groups():
    assert found(DataSet()) == []
    image = DataSet()
    image.set("SharedFunctionalGroupsSequence", VR.SQ, (DataSet(),))
    assert found(image, "ct-image") == []
