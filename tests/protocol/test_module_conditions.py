"""Conditions of PS3.3 Annex C typed a second time, as examples: when an attribute is required.

A row is a module, an attribute, what the data set has, and whether the attribute is required then.
None is where the data set cannot tell.
"""

import pytest

from filmroom.dicom import VR, DataSet, uid_for
from filmroom.dicom.validation.iods import CONDITIONS
from filmroom.dicom.validation.modules import MODULES

CT, MR = "CTImageStorage", "MRImageStorage"
ORIGINAL, DERIVED = ("ORIGINAL", "PRIMARY"), ("DERIVED", "PRIMARY")
FRAME_TIME, FRAME_TIME_VECTOR = 0x00181063, 0x00181065

ROWS = [
    ("patient", "PatientAlternativeCalendar", {"PatientBirthDateInAlternativeCalendar": "x"}, True),
    ("patient", "PatientAlternativeCalendar", {}, False),
    ("patient", "ResponsiblePersonRole", {"ResponsiblePerson": "A^B"}, True),
    ("patient", "ResponsiblePersonRole", {"ResponsiblePerson": None}, False),
    ("patient", "DeidentificationMethod", {"PatientIdentityRemoved": "YES"}, True),
    ("patient", "DeidentificationMethod", {"PatientIdentityRemoved": "NO"}, False),
    (
        "patient",
        "DeidentificationMethod",
        {"PatientIdentityRemoved": "YES", "DeidentificationMethodCodeSequence": ()},
        False,
    ),
    ("clinical-trial-subject", "ClinicalTrialSubjectID", {}, True),
    (
        "clinical-trial-subject",
        "ClinicalTrialSubjectID",
        {"ClinicalTrialSubjectReadingID": "1"},
        False,
    ),
    ("general-series", "PatientPosition", {"SOPClassUID": uid_for(CT)}, True),
    (
        "general-series",
        "PatientPosition",
        {"SOPClassUID": uid_for("UltrasoundImageStorage")},
        False,
    ),
    (
        "general-series",
        "PatientPosition",
        {"SOPClassUID": uid_for(MR), "PatientOrientationCodeSequence": ()},
        False,
    ),
    ("general-series", "Laterality", {"BodyPartExamined": "HAND"}, True),
    ("general-series", "Laterality", {"BodyPartExamined": "HAND", "ImageLaterality": "R"}, False),
    ("general-series", "Laterality", {}, None),
    ("general-image", "PatientOrientation", {"SOPClassUID": uid_for(CT)}, False),
    (
        "general-image",
        "PatientOrientation",
        {"SOPClassUID": uid_for("UltrasoundImageStorage")},
        True,
    ),
    ("general-image", "PatientOrientation", {"SOPClassUID": uid_for("SegmentationStorage")}, False),
    (
        "general-equipment",
        "PixelPaddingValue",
        {"PixelPaddingRangeLimit": 1, "PixelData": b"\0\0"},
        True,
    ),
    ("general-equipment", "PixelPaddingValue", {"PixelPaddingRangeLimit": 1}, False),
    ("image-pixel", "PixelData", {}, True),
    ("image-pixel", "PixelData", {"PixelDataProviderURL": "http://example.org"}, False),
    ("image-pixel", "PlanarConfiguration", {"SamplesPerPixel": 3}, True),
    ("image-pixel", "PlanarConfiguration", {"SamplesPerPixel": 1}, False),
    (
        "image-pixel",
        "RedPaletteColorLookupTableDescriptor",
        {"PhotometricInterpretation": "PALETTE COLOR"},
        True,
    ),
    ("image-pixel", "RedPaletteColorLookupTableData", {"PixelPresentation": "MIXED"}, True),
    (
        "image-pixel",
        "RedPaletteColorLookupTableData",
        {"PhotometricInterpretation": "MONOCHROME2", "PixelPresentation": "MONOCHROME"},
        False,
    ),
    (
        "image-pixel",
        "GreenPaletteColorLookupTableData",
        {
            "PhotometricInterpretation": "PALETTE COLOR",
            "SegmentedRedPaletteColorLookupTableData": b"\0\0",
        },
        False,
    ),
    (
        "display-shutter",
        "RadiusOfCircularShutter",
        {"ShutterShape": ("RECTANGULAR", "CIRCULAR")},
        True,
    ),
    ("display-shutter", "RadiusOfCircularShutter", {"ShutterShape": "POLYGONAL"}, False),
    ("modality-lut", "RescaleIntercept", {}, True),
    ("modality-lut", "RescaleIntercept", {"ModalityLUTSequence": ()}, False),
    ("modality-lut", "RescaleType", {"RescaleIntercept": "0"}, True),
    ("voi-lut", "WindowCenter", {}, True),
    ("voi-lut", "WindowCenter", {"VOILUTSequence": ()}, False),
    ("voi-lut", "WindowWidth", {"WindowCenter": "1"}, True),
    ("voi-lut", "WindowWidth", {}, False),
    ("cine", "FrameTime", {"FrameIncrementPointer": FRAME_TIME}, True),
    ("cine", "FrameTime", {"FrameIncrementPointer": FRAME_TIME_VECTOR}, False),
    ("cine", "FrameTimeVector", {"FrameIncrementPointer": FRAME_TIME_VECTOR}, True),
    (
        "multi-frame-functional-groups",
        "InConcatenationNumber",
        {"ConcatenationUID": "2.25.1"},
        True,
    ),
    ("multi-frame-functional-groups", "InConcatenationNumber", {}, False),
    ("multi-frame-dimension", "DimensionIndexSequence", {}, True),
    (
        "multi-frame-dimension",
        "DimensionIndexSequence",
        {"DimensionOrganizationType": "TILED_FULL"},
        False,
    ),
    (
        "multi-frame-dimension",
        "DimensionIndexSequence",
        {"DimensionOrganizationType": "3D"},
        True,
    ),
    (
        "cardiac-synchronization",
        "LowRRValue",
        {"ImageType": ORIGINAL, "CardiacSynchronizationTechnique": "PROSPECTIVE"},
        True,
    ),
    (
        "cardiac-synchronization",
        "LowRRValue",
        {"ImageType": ORIGINAL, "CardiacSynchronizationTechnique": "REALTIME"},
        False,
    ),
    (
        "cardiac-synchronization",
        "CardiacSignalSource",
        {"ImageType": DERIVED, "CardiacSynchronizationTechnique": "REALTIME"},
        False,
    ),
    ("ct-image", "RescaleType", {"MultienergyCTAcquisition": "YES"}, True),
    ("ct-image", "RescaleType", {"MultienergyCTAcquisition": "NO"}, False),
    ("mr-image", "RepetitionTime", {"ScanningSequence": "SE", "SequenceVariant": "NONE"}, True),
    ("mr-image", "RepetitionTime", {"ScanningSequence": "EP", "SequenceVariant": "SK"}, True),
    ("mr-image", "RepetitionTime", {"ScanningSequence": "EP", "SequenceVariant": "NONE"}, False),
    ("mr-image", "InversionTime", {"ScanningSequence": ("SE", "IR")}, True),
    ("mr-image", "InversionTime", {"ScanningSequence": "SE"}, False),
    ("mr-image", "TriggerTime", {"ScanOptions": "PPG"}, True),
    ("mr-image", "TriggerTime", {"ScanOptions": "RG"}, False),
    ("dx-image", "WindowCenter", {"PresentationIntentType": "FOR PRESENTATION"}, True),
    ("dx-image", "WindowCenter", {"PresentationIntentType": "FOR PROCESSING"}, False),
    ("dx-image", "PatientOrientation", {}, True),
    ("dx-image", "LossyImageCompressionRatio", {"LossyImageCompression": "01"}, True),
    ("dx-image", "LossyImageCompressionRatio", {"LossyImageCompression": "00"}, False),
    ("dx-detector", "FieldOfViewOrigin", {"FieldOfViewHorizontalFlip": "NO"}, True),
    ("dx-detector", "FieldOfViewOrigin", {}, False),
    ("us-image", "FrameIncrementPointer", {"NumberOfFrames": "1"}, True),
    ("us-image", "FrameIncrementPointer", {}, False),
    ("us-image", "IVUSAcquisition", {"Modality": "IVUS"}, True),
    ("us-image", "IVUSAcquisition", {"Modality": "US"}, False),
    ("us-image", "IVUSGatedRate", {"IVUSAcquisition": "GATED_PULLBACK"}, True),
    ("us-image", "IVUSPullbackStartFrameNumber", {"IVUSAcquisition": "MOTOR_PULLBACK"}, True),
    ("us-image", "IVUSPullbackStartFrameNumber", {"IVUSAcquisition": "SELECTIVE"}, False),
    (
        "sc-multi-frame-image",
        "RescaleType",
        {"PhotometricInterpretation": "MONOCHROME2", "BitsStored": 8},
        True,
    ),
    (
        "sc-multi-frame-image",
        "RescaleType",
        {"PhotometricInterpretation": "MONOCHROME2", "BitsStored": 1},
        False,
    ),
    ("sc-multi-frame-image", "RescaleType", {"PhotometricInterpretation": "RGB"}, False),
    ("sc-multi-frame-image", "FrameIncrementPointer", {"NumberOfFrames": "2"}, True),
    ("sc-multi-frame-image", "FrameIncrementPointer", {"NumberOfFrames": "1"}, False),
    ("sc-multi-frame-image", "NominalScannedPixelSpacing", {"ConversionType": "DF"}, True),
    (
        "enhanced-ct-image",
        "AcquisitionDateTime",
        {"ImageType": ("MIXED", "PRIMARY"), "SOPClassUID": uid_for("EnhancedCTImageStorage")},
        True,
    ),
    (
        "enhanced-ct-image",
        "AcquisitionDateTime",
        {
            "ImageType": ORIGINAL,
            "SOPClassUID": uid_for("LegacyConvertedEnhancedCTImageStorage"),
        },
        False,
    ),
    ("enhanced-ct-image", "LossyImageCompressionMethod", {"LossyImageCompression": "01"}, True),
    (
        "mr-pulse-sequence",
        "MultipleSpinEcho",
        {"ImageType": ORIGINAL, "EchoPulseSequence": "GRADIENT"},
        False,
    ),
    (
        "mr-pulse-sequence",
        "MultipleSpinEcho",
        {"ImageType": ORIGINAL, "EchoPulseSequence": "BOTH"},
        True,
    ),
    (
        "mr-pulse-sequence",
        "CoverageOfKSpace",
        {"ImageType": ORIGINAL, "MRAcquisitionType": "3D"},
        True,
    ),
    (
        "mr-pulse-sequence",
        "ArterialSpinLabelingContrast",
        {"ImageType": (*ORIGINAL, "ASL")},
        True,
    ),
    ("sr-document-general", "VerifyingObserverSequence", {"VerificationFlag": "VERIFIED"}, True),
    ("sr-document-general", "VerifyingObserverSequence", {"VerificationFlag": "UNVERIFIED"}, False),
    ("sr-document-content", "ConceptNameCodeSequence", {}, True),
    ("sr-document-content", "TextValue", {"ValueType": "TEXT"}, True),
    ("sr-document-content", "TextValue", {"ValueType": "NUM"}, False),
    ("sr-document-content", "ReferencedSOPSequence", {"ValueType": "WAVEFORM"}, True),
    (
        "sr-document-content",
        "ReferencedTimeOffsets",
        {"ValueType": "TCOORD", "ReferencedDateTime": "2026"},
        False,
    ),
    ("sr-document-content", "ReferencedTimeOffsets", {"ValueType": "TCOORD"}, True),
    ("encapsulated-document", "ValueType", {"ContentSequence": ()}, True),
    ("encapsulated-document", "ValueType", {}, False),
    ("softcopy-presentation-lut", "PresentationLUTShape", {}, True),
    ("softcopy-presentation-lut", "PresentationLUTShape", {"PresentationLUTSequence": ()}, False),
    ("presentation-state-shutter", "ShutterPresentationValue", {"ShutterShape": "CIRCULAR"}, True),
]

# IOD, module, what the data set has, whether the module is required (PS3.3 Annex A).
MODULES_OF_IODS = [
    ("ultrasound-image", "palette-color-lookup-table", {"PhotometricInterpretation": "RGB"}, False),
    (
        "ultrasound-image",
        "palette-color-lookup-table",
        {"PhotometricInterpretation": "PALETTE COLOR"},
        True,
    ),
    ("ultrasound-multi-frame-image", "synchronization", {"Modality": "IVUS"}, True),
    ("ultrasound-multi-frame-image", "synchronization", {"Modality": "US"}, False),
    (
        "multi-frame-true-color-secondary-capture-image",
        "cine",
        {"FrameIncrementPointer": FRAME_TIME_VECTOR},
        True,
    ),
    (
        "multi-frame-true-color-secondary-capture-image",
        "sc-multi-frame-vector",
        {"NumberOfFrames": "1"},
        False,
    ),
    ("digital-x-ray-image", "voi-lut", {"PresentationIntentType": "FOR PRESENTATION"}, True),
    ("digital-x-ray-image", "voi-lut", {"PresentationIntentType": "FOR PROCESSING"}, False),
    (
        "enhanced-ct-image",
        "supplemental-palette-color-lookup-table",
        {"PixelPresentation": "MIXED"},
        True,
    ),
    (
        "enhanced-mr-image",
        "supplemental-palette-color-lookup-table",
        {"PixelPresentation": "MONOCHROME"},
        False,
    ),
    ("enhanced-mr-image", "mr-pulse-sequence", {"ImageType": ORIGINAL}, True),
    ("enhanced-mr-image", "mr-pulse-sequence", {"ImageType": DERIVED}, False),
]


def made(values):
    data_set = DataSet()
    for keyword, value in values.items():
        if value == ():
            data_set.set(keyword, VR.SQ, (DataSet(),))
        elif isinstance(value, bytes):
            data_set.set(keyword, VR.OW, value)
        else:
            data_set[keyword] = value
    return data_set


@pytest.mark.parametrize(("module", "keyword", "values", "required"), ROWS)
def test_when_an_attribute_is_required(module, keyword, values, required):
    (row,) = [row for row in MODULES[module].rows if row.keyword == keyword]
    assert row.type in ("1C", "2C")
    answer = row.when.holds(made(values))
    if required is None:
        assert answer is None
    else:
        assert bool(answer) is required


@pytest.mark.parametrize(("iod", "module", "values", "required"), MODULES_OF_IODS)
def test_when_a_module_is_required(iod, module, values, required):
    assert CONDITIONS[iod, module].holds(made(values)) is required
