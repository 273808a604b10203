import pytest
from identifiable import CT, RAW_DATA, ct_image, deidentified, item

from filmroom.deidentification.types import UNKNOWN_TYPES, AttributeTypes, types_of
from filmroom.dicom import tag_for
from filmroom.dicom.validation.module import attribute

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1"


@pytest.mark.parametrize(
    ("sop_class", "keyword", "expected"),
    [
        (CT, "PatientID", "2"),
        (CT, "ContentDate", "2C"),
        (CT, "InstitutionName", "3"),
        (CT, "ContrastBolusAgent", "2"),
        (BASIC_TEXT_SR, "ContentDate", "1"),
        (BASIC_TEXT_SR, "ReferencedPerformedProcedureStepSequence", "2"),
        (RAW_DATA, "SOPInstanceUID", "1"),
        (RAW_DATA, "PatientID", ""),
        (RAW_DATA, "InstitutionName", ""),
        ("1.2.3", "PatientID", ""),
    ],
)
def test_the_type_of_an_attribute(sop_class, keyword, expected):
    assert types_of(sop_class).type_of(tag_for(keyword)) == expected


def test_items_have_types_of_their_own():
    series = types_of(PRESENTATION_STATE).inside(tag_for("ReferencedSeriesSequence"))
    assert series.type_of(tag_for("ReferencedImageSequence")) == "1"
    assert series.type_of(tag_for("InstitutionName")) == ""
    assert types_of(CT).inside(tag_for("RescaleSlope")) is UNKNOWN_TYPES


def test_the_strictest_of_several_modules_counts():
    types = AttributeTypes.of([attribute("ContentDate", "3"), attribute("ContentDate", "1C")])
    assert types.type_of(tag_for("ContentDate")) == "1C"


def reference():
    return item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID="1.2.3.4")


GIVEN = {
    "InstitutionName": "St. Elsewhere",
    "SeriesDate": "20240131",
    "ContentDate": "20240131",
    "ContrastBolusAgent": "Smithium",
}


def test_actions_follow_the_types_of_a_ct_image():
    made = deidentified(ct_image(**GIVEN, ReferencedImageSequence=(reference(),)))
    assert "InstitutionName" not in made
    assert "SeriesDate" not in made
    assert "ReferencedImageSequence" not in made
    assert made["ContentDate"] is None
    assert made["ContrastBolusAgent"] is None
    assert made["PatientID"].startswith("ANON")


def test_where_types_are_not_known_the_object_stays_conformant_whatever_they_are():
    made = deidentified(
        ct_image(SOPClassUID=RAW_DATA, **GIVEN, ReferencedImageSequence=(reference(),))
    )
    assert made["InstitutionName"] == made["ContrastBolusAgent"] == "ANONYMIZED"
    assert made["SeriesDate"] == made["ContentDate"] == "19000101"
    assert len(made["ReferencedImageSequence"]) == 1


def test_references_that_must_be_there_stay():
    series = item(SeriesInstanceUID="1.2.3.1", ReferencedImageSequence=(reference(),))
    made = deidentified(
        ct_image(SOPClassUID=PRESENTATION_STATE, ReferencedSeriesSequence=(series,))
    )
    (found,) = made["ReferencedSeriesSequence"]
    assert found["SeriesInstanceUID"] == made["SeriesInstanceUID"]
    (image,) = found["ReferencedImageSequence"]
    assert image["ReferencedSOPInstanceUID"] == made["SOPInstanceUID"]
