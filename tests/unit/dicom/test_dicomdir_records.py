"""The tables of directory records (PS3.3 §F.4, §F.5)."""

import pytest

from filmroom.dicom import STORAGE_SOP_CLASSES, tag_for, uid_for
from filmroom.dicom.dicomdir_records import LEVELS, RECORD_KEYS, TOP_LEVEL, record_type_of

# Directory Record Types of PS3.3 Table F.3-3 that are in force and refer to files or levels.
TYPES = {
    *("PATIENT", "STUDY", "SERIES", "IMAGE", "RT DOSE", "RT STRUCTURE SET", "RT PLAN"),
    *("RT TREAT RECORD", "PRESENTATION", "WAVEFORM", "SR DOCUMENT", "KEY OBJECT DOC"),
    *("SPECTROSCOPY", "RAW DATA", "REGISTRATION", "FIDUCIAL", "HANGING PROTOCOL", "ENCAP DOC"),
    *("VALUE MAP", "STEREOMETRIC", "PALETTE", "IMPLANT", "IMPLANT GROUP", "IMPLANT ASSY"),
    *("PLAN", "MEASUREMENT", "SURFACE", "SURFACE SCAN", "TRACT", "ASSESSMENT", "RADIOTHERAPY"),
    "ANNOTATION",
}


def test_every_type_has_its_keys():
    assert set(RECORD_KEYS) == TYPES
    assert TOP_LEVEL < TYPES
    assert {name for name, level in LEVELS.items() if not level} == TOP_LEVEL
    assert (LEVELS["STUDY"], LEVELS["SERIES"], len(LEVELS)) == (1, 2, len(TOP_LEVEL) + 2)


@pytest.mark.parametrize("record_type", sorted(TYPES))
def test_keys_are_attributes_with_a_type_of_requirement(record_type):
    keys = RECORD_KEYS[record_type]
    assert len(dict(keys)) == len(keys)
    for keyword, requirement in keys:
        assert tag_for(keyword)
        assert requirement in ("1", "1C", "2")


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("CTImageStorage", "IMAGE"),
        ("SegmentationStorage", "IMAGE"),
        ("RTImageStorage", "IMAGE"),
        ("ParametricMapStorage", "IMAGE"),
        ("EnhancedSRStorage", "SR DOCUMENT"),
        ("XRayRadiationDoseSRStorage", "SR DOCUMENT"),
        ("KeyObjectSelectionDocumentStorage", "KEY OBJECT DOC"),
        ("GrayscaleSoftcopyPresentationStateStorage", "PRESENTATION"),
        ("BasicStructuredDisplayStorage", "PRESENTATION"),
        ("TwelveLeadECGWaveformStorage", "WAVEFORM"),
        ("EncapsulatedPDFStorage", "ENCAP DOC"),
        ("RTPlanStorage", "RT PLAN"),
        ("RTIonPlanStorage", "RT PLAN"),
        ("RTDoseStorage", "RT DOSE"),
        ("RTStructureSetStorage", "RT STRUCTURE SET"),
        ("RTBeamsTreatmentRecordStorage", "RT TREAT RECORD"),
        ("CArmPhotonElectronRadiationStorage", "RADIOTHERAPY"),
        ("RTBeamsDeliveryInstructionStorage", "PLAN"),
        ("MRSpectroscopyStorage", "SPECTROSCOPY"),
        ("RawDataStorage", "RAW DATA"),
        ("SpatialRegistrationStorage", "REGISTRATION"),
        ("SpatialFiducialsStorage", "FIDUCIAL"),
        ("RealWorldValueMappingStorage", "VALUE MAP"),
        ("StereometricRelationshipStorage", "STEREOMETRIC"),
        ("LensometryMeasurementsStorage", "MEASUREMENT"),
        ("SurfaceSegmentationStorage", "SURFACE"),
        ("SurfaceScanMeshStorage", "SURFACE SCAN"),
        ("TractographyResultsStorage", "TRACT"),
        ("ContentAssessmentResultsStorage", "ASSESSMENT"),
        ("MicroscopyBulkSimpleAnnotationsStorage", "ANNOTATION"),
        ("HangingProtocolStorage", "HANGING PROTOCOL"),
        ("ColorPaletteStorage", "PALETTE"),
        ("GenericImplantTemplateStorage", "IMPLANT"),
        ("ImplantAssemblyTemplateStorage", "IMPLANT ASSY"),
        ("ImplantTemplateGroupStorage", "IMPLANT GROUP"),
        ("InventoryStorage", ""),
        ("MediaStorageDirectoryStorage", ""),
    ],
)
def test_sop_classes_have_their_type(keyword, expected):
    assert record_type_of(uid_for(keyword)) == expected


def test_every_storage_sop_class_has_a_type_that_is_known():
    found = {record_type_of(uid) for uid in STORAGE_SOP_CLASSES}
    assert found == TYPES - {"PATIENT", "STUDY", "SERIES"} | {""}


def test_an_unknown_class_counts_as_one_of_images():
    assert record_type_of("1.2.3.4") == "IMAGE"
