"""Objects that conform to their IOD are clean; without any one required attribute they are not."""

import pytest
from conforming import GREY, OBJECTS, at, conforming, make, places

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, encode_bytes, read_data_set
from filmroom.dicom.tag import Tag, as_tag
from filmroom.dicom.validation import validate
from filmroom.dicom.validation.iods import SECTIONS, iod_of

# Where one of two is required, the absence of both is said of each; a pointer says so as well.
ALSO = {
    "WindowCenter": {"VOILUTSequence"},
    "PresentationLUTSequence": {"PresentationLUTShape"},
    "AnatomicRegionSequence": {"PrimaryAnatomicStructureSequence"},
    "AnatomicRegionModifierSequence": {"PrimaryAnatomicStructureSequence"},
    "ReconstructionDiameter": {"ReconstructionFieldOfView"},
    "FrameTime": {"FrameIncrementPointer"},
    "PageNumberVector": {"FrameIncrementPointer"},
    "PerFrameFunctionalGroupsSequence": {"FrameContentSequence"},
}
STORAGES = pytest.mark.parametrize("storage", OBJECTS)


def path(steps, tag):
    return "/".join([*(f"{Tag(step)}[{number + 1}]" for step, number in steps), str(Tag(tag))])


def test_every_iod_with_a_section_has_an_object():
    assert {iod_of(make(storage)["SOPClassUID"]).short for storage in OBJECTS} == set(SECTIONS)


@STORAGES
def test_a_conforming_object_is_clean(storage):
    report = validate(make(storage))
    assert [str(finding) for finding in report.findings] == []
    assert report.is_clean


@STORAGES
def test_it_is_clean_as_it_comes_out_of_a_file(storage):
    data = encode_bytes(make(storage), ExplicitVRLittleEndian)
    report = validate(read_data_set(data, ExplicitVRLittleEndian))
    assert [str(finding) for finding in report.findings] == []


@STORAGES
def test_an_attribute_that_is_missing_is_the_one_that_is_found(storage):
    data_set = make(storage)
    for steps, tag in list(places(data_set)):
        holder = at(data_set, steps)
        element = holder.element(tag)
        del holder[tag]
        findings = [
            finding for finding in validate(data_set).findings if finding.severity == "error"
        ]
        holder.add(element)
        if element.keyword == "SharedFunctionalGroupsSequence":
            assert all("missing" in finding.message for finding in findings)
            continue
        assert findings, element.keyword
        keywords = {finding.keyword for finding in findings}
        if element.keyword == "PerFrameFunctionalGroupsSequence":
            assert keywords == ALSO[element.keyword]
            continue
        (own,) = [finding for finding in findings if finding.path == path(steps, tag)]
        assert "missing" in own.message
        assert keywords - {element.keyword} <= ALSO.get(element.keyword, set())


@STORAGES
def test_an_attribute_of_type_1_without_a_value_is_the_one_that_is_found(storage):
    data_set = make(storage)
    seen = 0
    for steps, tag in list(places(data_set)):
        holder = at(data_set, steps)
        element = holder.element(tag)
        holder.set(tag, element.vr, None)
        findings = [
            finding for finding in validate(data_set).findings if finding.severity == "error"
        ]
        holder.add(element)
        own = [finding for finding in findings if finding.path == path(steps, tag)]
        if own:
            assert own[0].message in ("without a value, Type 1", "without a value, Type 1C")
            seen += 1
        elif findings:
            # A type 2 without a value may be what a condition of another waits for.
            assert {finding.keyword for finding in findings} <= {"FrameContentSequence"}
    assert seen >= 10


RESCALED = {"RescaleIntercept": "0"}
WINDOWED = {"WindowCenter": "1"}
GATED = {"CardiacSynchronizationTechnique": "PROSPECTIVE"}


@pytest.mark.parametrize(
    ("storage", "module", "values", "attribute"),
    [
        ("CTImageStorage", "contrast-bolus", {"ContrastBolusRoute": "IV"}, "ContrastBolusAgent"),
        ("CTImageStorage", "synchronization", {}, "SynchronizationTrigger"),
        ("CTImageStorage", "clinical-trial-subject", {}, "ClinicalTrialProtocolID"),
        ("CTImageStorage", "specimen", {}, "ContainerIdentifier"),
        ("ComputedRadiographyImageStorage", "modality-lut", RESCALED, "RescaleSlope"),
        ("ComputedRadiographyImageStorage", "voi-lut", WINDOWED, "WindowWidth"),
        ("ComputedRadiographyImageStorage", "display-shutter", {}, "ShutterLeftVerticalEdge"),
        ("UltrasoundImageStorage", "frame-of-reference", {}, "PositionReferenceIndicator"),
        (
            "DigitalXRayImageStorageForPresentation",
            "dx-positioning",
            {"BodyPartThickness": "20"},
            "PositionerType",
        ),
        ("EnhancedCTImageStorage", "cardiac-synchronization", GATED, "CardiacSignalSource"),
    ],
)
def test_an_optional_module_is_checked_where_any_of_it_is_present(
    storage, module, values, attribute
):
    without = conforming(storage, values={**OBJECTS[storage], **values})
    assert attribute not in without
    data_set = conforming(storage, module, values={**OBJECTS[storage], **values})
    assert attribute not in {finding.keyword for finding in validate(data_set).findings}
    del data_set[attribute]
    findings = validate(data_set).findings
    assert attribute in {f.keyword for f in findings if "missing" in f.message}


def test_a_module_that_is_only_allowed_under_a_condition():
    data_set = make("DigitalXRayImageStorageForProcessing")
    data_set["WindowCenter"], data_set["WindowWidth"] = "1", "1"
    messages = {f.keyword: f.message for f in validate(data_set).findings}
    assert messages == dict.fromkeys(
        ("WindowCenter", "WindowWidth"),
        "of the VOI LUT module, not allowed unless PresentationIntentType is FOR PRESENTATION",
    )


def test_a_module_that_is_required_by_its_condition():
    data_set = make("UltrasoundImageStorage")
    data_set["PhotometricInterpretation"] = "PALETTE COLOR"
    missing = {f.keyword for f in validate(data_set).findings if "missing" in f.message}
    assert {f"{c}PaletteColorLookupTableDescriptor" for c in ("Red", "Green", "Blue")} <= missing


def test_the_row_of_the_modality_comes_before_that_of_a_general_module():
    enhanced = make("EnhancedCTImageStorage")
    enhanced["Manufacturer"] = None
    (finding,) = validate(enhanced).findings
    assert (finding.message, finding.section) == ("without a value, Type 1", "PS3.3 §C.7.5.2")
    capture = make("MultiFrameGrayscaleByteSecondaryCaptureImageStorage")
    capture["NumberOfFrames"] = "1"
    capture["PixelData"] = bytes(16)
    del capture["FrameIncrementPointer"]
    assert validate(capture).is_clean


def test_an_unknown_sop_class_is_checked_for_what_all_have():
    data_set = make("SecondaryCaptureImageStorage")
    data_set["SOPClassUID"] = "2.25.99"
    del data_set["PatientID"]
    report = validate(data_set)
    assert report.iod == ""
    assert [(f.severity, f.keyword) for f in report.findings] == [
        ("error", "PatientID"),
        ("note", "SOPClassUID"),
    ]


def test_modules_without_a_table_are_named():
    data_set = conforming("PositronEmissionTomographyImageStorage", values={
        **GREY, "PixelData": bytes(32), "Modality": "PT",
    })  # fmt: skip
    notes = [f.message for f in validate(data_set).findings if f.severity == "note"]
    assert "module pet-series is not checked" in notes
    assert "module patient is not checked" not in notes


def test_the_basic_directory_has_no_modules_of_a_composite_object():
    data_set = DataSet()
    data_set["FileSetID"] = "DISK"
    data_set["SOPClassUID"] = "1.2.840.10008.1.3.10"
    assert validate(data_set).is_clean


def test_a_code_sequence_is_checked_wherever_it_stands():
    data_set = make("CTImageStorage")
    code = DataSet()
    code["CodeValue"] = "T-D1100"
    data_set.set("AnatomicRegionSequence", VR.SQ, (code,))
    assert [(f.path, f.section) for f in validate(data_set).findings] == [
        ("(0008,2218)[1]/(0008,0102)", "PS3.3 §8.8"),
        ("(0008,2218)[1]/(0008,0104)", "PS3.3 §8.8"),
    ]


def test_tags_and_keywords_in_findings_are_those_of_the_dictionary():
    data_set = make("CTImageStorage")
    del data_set["KVP"]
    (finding,) = validate(data_set).findings
    assert as_tag(finding.keyword) == as_tag(finding.path) == 0x00180060
