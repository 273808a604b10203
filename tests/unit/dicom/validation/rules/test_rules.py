"""Each rule with what keeps it and what breaks it."""

import pytest
from conforming import packed

from filmroom.dicom import (
    TRANSFER_SYNTAXES,
    VR,
    DataSet,
    Element,
    ExplicitVRLittleEndian,
    uid_for,
)
from filmroom.dicom.validation.rules import RULES, Subject

NATIVE = ExplicitVRLittleEndian
JPEG = TRANSFER_SYNTAXES["1.2.840.10008.1.2.4.50"]
RLE = TRANSFER_SYNTAXES["1.2.840.10008.1.2.5"]
FRAME_TIME, PAGE_NUMBER_VECTOR = 0x00181063, 0x00182001


def items(*contents):
    return tuple(map(made, contents))


def made(values):
    """A data set of values by keyword; bytes are OW, tuples of data sets are items."""
    data_set = DataSet()
    for keyword, value in values.items():
        if isinstance(value, Element):
            data_set.add(value)
        elif isinstance(value, bytes):
            data_set.set(keyword, VR.OW, value)
        elif isinstance(value, tuple) and value and isinstance(value[0], DataSet):
            data_set.set(keyword, VR.SQ, value)
        else:
            data_set[keyword] = value
    return data_set


ENCAPSULATED = Element(0x7FE00010, VR.OB, b"\xfe\xff\0\xe0\0\0\0\0", undefined_length=True)
FRAME = {"Rows": 2, "Columns": 3, "SamplesPerPixel": 1, "BitsAllocated": 16}
STUDY, INTERPRETATION = "StudyInstanceUID", "PhotometricInterpretation"
DOUBLES = "DoubleFloatPixelData"
TWELVE_BITS = {"LUTDescriptor": (3, 0, 12)}
LUT = {"LUTDescriptor": (3, 0, 16), "LUTData": packed(1, 2, 3)}
PALETTES = {
    f"{colour}PaletteColorLookupTable{part}": value
    for colour in ("Red", "Green", "Blue")
    for part, value in (("Descriptor", (4, 0, 8)), ("Data", bytes(4)))
}
SCALED = {"ImageType": ("ORIGINAL", "PRIMARY", "AXIAL")}

# Rule: data sets that keep it; data sets that break it with the keyword at fault. A third element
# of a row is what the rule knows of the whole.
CASES = {
    "UIDs of their own": (
        [{"StudyInstanceUID": "2.25.1", "SeriesInstanceUID": "2.25.2", "SOPInstanceUID": "2.25.3"}],
        [
            ({"StudyInstanceUID": "2.25.1", "SeriesInstanceUID": "2.25.1"}, "SeriesInstanceUID"),
            ({"SeriesInstanceUID": "2.25.1", "SOPInstanceUID": "2.25.1"}, "SOPInstanceUID"),
            ({STUDY: "2.25.1", "FrameOfReferenceUID": "2.25.1"}, "FrameOfReferenceUID"),
        ],
    ),
    "registered UIDs": (
        [{"StudyInstanceUID": "2.25.1"}],
        [({"StudyInstanceUID": uid_for("CTImageStorage")}, "StudyInstanceUID")],
    ),
    "modality of the SOP class": (
        [
            ({"Modality": "CT"}, Subject(NATIVE, "ct-image")),
            ({"Modality": "IVUS"}, Subject(NATIVE, "ultrasound-image")),
            {"Modality": "MR"},
        ],
        [({"Modality": "MR"}, "Modality", Subject(NATIVE, "ct-image"))],
    ),
    "intent of the SOP class": (
        [
            {
                "SOPClassUID": uid_for("DigitalXRayImageStorageForProcessing"),
                "PresentationIntentType": "FOR PROCESSING",
            },
            {"SOPClassUID": uid_for("CTImageStorage"), "PresentationIntentType": "FOR PROCESSING"},
        ],
        [
            (
                {
                    "SOPClassUID": uid_for("DigitalXRayImageStorageForProcessing"),
                    "PresentationIntentType": "FOR PRESENTATION",
                },
                "PresentationIntentType",
            )
        ],
    ),
    "image type of DX": (
        [
            ({"ImageType": ("DERIVED", "PRIMARY", "")}, Subject(NATIVE, "digital-x-ray-image")),
            {"ImageType": ("DERIVED", "PRIMARY", "AXIAL")},
        ],
        [
            (
                {"ImageType": ("DERIVED", "PRIMARY")},
                "ImageType",
                Subject(NATIVE, "digital-x-ray-image"),
            ),
            (
                {"ImageType": ("DERIVED", "PRIMARY", "X")},
                "ImageType",
                Subject(NATIVE, "digital-intra-oral-x-ray-image"),
            ),
        ],
    ),
    "time zone": (
        [{"TimezoneOffsetFromUTC": offset} for offset in ("+0100", "-1200", "+1400", "+0000")],
        [
            ({"TimezoneOffsetFromUTC": offset}, "TimezoneOffsetFromUTC")
            for offset in ("CET", "+1500", "-1201", "+0160", "-0000", "0100")
        ],
    ),
    "encapsulated document": (
        [
            (
                {
                    "MIMETypeOfEncapsulatedDocument": "application/pdf",
                    "EncapsulatedDocument": b"%PDF-1.4\n\0",
                    "EncapsulatedDocumentLength": 9,
                },
                Subject(NATIVE, "encapsulated-pdf"),
            ),
            ({"MIMETypeOfEncapsulatedDocument": "text/xml"}, Subject(NATIVE, "encapsulated-cda")),
        ],
        [
            (
                {"MIMETypeOfEncapsulatedDocument": "text/plain"},
                "MIMETypeOfEncapsulatedDocument",
                Subject(NATIVE, "encapsulated-pdf"),
            ),
            (
                {"EncapsulatedDocument": b"<html>"},
                "EncapsulatedDocument",
                Subject(NATIVE, "encapsulated-pdf"),
            ),
            (
                {"EncapsulatedDocument": b"%PDF-1.4", "EncapsulatedDocumentLength": 6},
                "EncapsulatedDocumentLength",
            ),
        ],
    ),
    "verification": (
        [
            {"VerificationFlag": "VERIFIED", "CompletionFlag": "COMPLETE"},
            {"VerificationFlag": "UNVERIFIED", "CompletionFlag": "PARTIAL"},
        ],
        [({"VerificationFlag": "VERIFIED", "CompletionFlag": "PARTIAL"}, "VerificationFlag")],
    ),
    "bits allocated": (
        [{"BitsAllocated": bits} for bits in (1, 8, 16, 32, 64)],
        [({"BitsAllocated": bits}, "BitsAllocated") for bits in (0, 4, 12)],
    ),
    "bits stored": (
        [{"BitsAllocated": 16, "BitsStored": 16}, {"BitsAllocated": 16, "BitsStored": 1}],
        [({"BitsAllocated": 8, "BitsStored": bits}, "BitsStored") for bits in (0, 9)],
    ),
    "high bit": (
        [{"BitsStored": 12, "HighBit": 11}],
        [({"BitsStored": 12, "HighBit": 15}, "HighBit")],
    ),
    "size": ([{"Rows": 1, "Columns": 1}], [({"Rows": 0}, "Rows"), ({"Columns": 0}, "Columns")]),
    "samples per pixel": (
        [
            {"PhotometricInterpretation": "MONOCHROME1", "SamplesPerPixel": 1},
            {"PhotometricInterpretation": "YBR_FULL_422", "SamplesPerPixel": 3},
            {"PhotometricInterpretation": "NEW", "SamplesPerPixel": 7},
        ],
        [
            ({"PhotometricInterpretation": "RGB", "SamplesPerPixel": 1}, "SamplesPerPixel"),
            ({INTERPRETATION: "PALETTE COLOR", "SamplesPerPixel": 3}, "SamplesPerPixel"),
        ],
    ),
    "photometric interpretation": (
        [{"PhotometricInterpretation": "YBR_RCT"}],
        [({"PhotometricInterpretation": "MONOCHROME"}, "PhotometricInterpretation")],
    ),
    "planar configuration": (
        [
            {"PhotometricInterpretation": "RGB", "PlanarConfiguration": 1},
            {"PhotometricInterpretation": "YBR_ICT", "PlanarConfiguration": 0},
        ],
        [
            ({"PhotometricInterpretation": name, "PlanarConfiguration": 1}, "PlanarConfiguration")
            for name in ("YBR_ICT", "YBR_RCT", "YBR_FULL_422", "YBR_PARTIAL_420")
        ],
    ),
    "signed colour": (
        [{"SamplesPerPixel": 1, "PixelRepresentation": 1}],
        [({"SamplesPerPixel": 3, "PixelRepresentation": 1}, "PixelRepresentation")],
    ),
    "length of pixel data": (
        [
            {**FRAME, "PixelData": bytes(12)},
            {**FRAME, "NumberOfFrames": "3", "PixelData": bytes(36)},
            {**FRAME, "BitsAllocated": 1, "PixelData": bytes(2)},
            {**FRAME, "BitsAllocated": 8, "Rows": 1, "PixelData": bytes(4)},
            {**FRAME, "BitsAllocated": 32, "FloatPixelData": bytes(24)},
            {
                **FRAME, "BitsAllocated": 8, "Columns": 4, "SamplesPerPixel": 3,
                "PhotometricInterpretation": "YBR_FULL_422", "PixelData": bytes(16),
            },
            {**FRAME, "FrameIncrementPointer": FRAME_TIME, "PixelData": bytes(99)},
            {"PixelData": bytes(2)},
            {**FRAME, "PixelData": ENCAPSULATED},
            {**FRAME, "PixelData": b""},
            ({**FRAME, "PixelData": bytes(2)}, Subject(RLE)),
        ],
        [
            ({**FRAME, "PixelData": bytes(10)}, "PixelData"),
            ({**FRAME, "PixelData": bytes(14)}, "PixelData"),
            ({**FRAME, "NumberOfFrames": "2", "PixelData": bytes(12)}, "PixelData"),
            ({**FRAME, "BitsAllocated": 64, DOUBLES: bytes(40)}, DOUBLES),
        ],
    ),
    "encapsulation": (
        [
            {"PixelData": bytes(2)},
            ({"PixelData": ENCAPSULATED}, Subject(JPEG)),
            {},
        ],
        [
            ({"PixelData": ENCAPSULATED}, "PixelData"),
            ({"PixelData": bytes(2)}, "PixelData", Subject(RLE)),
        ],
    ),
    "compressed only": (
        [
            {"PhotometricInterpretation": "YBR_FULL", "PixelData": bytes(2)},
            {"PhotometricInterpretation": "YBR_RCT", "PixelData": ENCAPSULATED},
        ],
        [
            ({INTERPRETATION: name, "PixelData": bytes(2)}, INTERPRETATION)
            for name in ("YBR_RCT", "YBR_ICT", "YBR_PARTIAL_420")
        ],
    ),
    "lossy compression": (
        [
            ({"LossyImageCompression": "01", "PixelData": ENCAPSULATED}, Subject(JPEG)),
            ({"LossyImageCompression": "00", "PixelData": ENCAPSULATED}, Subject(RLE)),
        ],
        [
            (
                {"LossyImageCompression": "00", "PixelData": ENCAPSULATED},
                "LossyImageCompression",
                Subject(JPEG),
            ),
            ({"PixelData": ENCAPSULATED}, "LossyImageCompression", Subject(JPEG)),
        ],
    ),
    "extended offset table": (
        [{"ExtendedOffsetTable": bytes(16), "NumberOfFrames": "2"}],
        [
            ({"ExtendedOffsetTable": bytes(8), "NumberOfFrames": "2"}, "ExtendedOffsetTable"),
            ({"ExtendedOffsetTableLengths": bytes(16)}, "ExtendedOffsetTableLengths"),
        ],
    ),
    "presentation LUT shape": (
        [
            {"PresentationLUTShape": "IDENTITY", "PhotometricInterpretation": "MONOCHROME2"},
            {"PresentationLUTShape": "INVERSE", "PhotometricInterpretation": "MONOCHROME1"},
        ],
        [
            (
                {"PresentationLUTShape": shape, "PhotometricInterpretation": interpretation},
                "PresentationLUTShape",
            )
            for shape, interpretation in (("INVERSE", "MONOCHROME2"), ("IDENTITY", "MONOCHROME1"))
        ],
    ),
    "orientation": (
        [
            {"ImageOrientationPatient": ("1", "0", "0", "0", "1", "0")},
            {"ImageOrientationPatient": ("0.707107", "0.707107", "0", "0", "0", "-1")},
            {"ImageOrientationPatient": None},
        ],
        [
            ({"ImageOrientationPatient": cosines}, "ImageOrientationPatient")
            for cosines in (
                ("1", "0", "0", "0.5", "0.866", "0"),
                ("2", "0", "0", "0", "1", "0"),
                ("0", "0", "0", "0", "1", "0"),
            )
        ],
    ),
    "spacing": (
        [
            {"PixelSpacing": ("0.5", "0.5")},
            {"PixelSpacing": ("0", "0.5"), "Rows": 1, "Columns": 9},
        ],
        [
            ({"PixelSpacing": ("0", "0.5"), "Rows": 9, "Columns": 9}, "PixelSpacing"),
            ({"ImagerPixelSpacing": ("-1", "1")}, "ImagerPixelSpacing"),
        ],
    ),
    "slice thickness": (
        [{"SliceThickness": "0"}, {"SliceThickness": "5"}],
        [({"SliceThickness": "-5"}, "SliceThickness")],
    ),
    "pixel aspect ratio": (
        [{"PixelAspectRatio": ("4", "3")}],
        [({"PixelAspectRatio": ("0", "1")}, "PixelAspectRatio")],
    ),
    "patient orientation": (
        [
            {"PatientOrientation": ("L", "PF")},
            {"PatientOrientation": None},
            {"PatientOrientation": ("LE", "CR"), "AnatomicalOrientationType": "QUADRUPED"},
        ],
        [({"PatientOrientation": ("LEFT", "F")}, "PatientOrientation")],
    ),
    "window width": (
        [
            {"WindowWidth": "1"},
            {"WindowWidth": "0.5", "VOILUTFunction": "LINEAR_EXACT"},
            {"WindowWidth": ("400", "1600")},
        ],
        [
            ({"WindowWidth": "0.5"}, "WindowWidth"),
            ({"WindowWidth": ("400", "0"), "VOILUTFunction": "LINEAR"}, "WindowWidth"),
            ({"WindowWidth": "0", "VOILUTFunction": "SIGMOID"}, "WindowWidth"),
        ],
    ),
    "window pairs": (
        [
            {"WindowCenter": ("1", "2"), "WindowWidth": ("3", "4")},
            {"WindowCenter": "1", "WindowWidth": "3", "WindowCenterWidthExplanation": "LUNG"},
        ],
        [
            ({"WindowCenter": ("1", "2"), "WindowWidth": "3"}, "WindowWidth"),
            (
                {
                    "WindowCenter": "1", "WindowWidth": "3",
                    "WindowCenterWidthExplanation": ("LUNG", "BONE"),
                },
                "WindowCenterWidthExplanation",
            ),
        ],
    ),
    "LUT data": (
        [
            LUT,
            {**LUT, "LUTDescriptor": (6, 0, 8)},
            {**LUT, "LUTDescriptor": (3, 0, 8)},
            {"LUTDescriptor": (0, 0, 16), "LUTData": bytes(2 << 16)},
        ],
        [
            ({**LUT, "LUTDescriptor": (4, 0, 16)}, "LUTData"),
            ({**LUT, "LUTDescriptor": (3, 0, 17)}, "LUTDescriptor"),
        ],
    ),
    "Modality LUT bits": (
        [{"ModalityLUTSequence": items(LUT)}, {"VOILUTSequence": items(TWELVE_BITS)}],
        [({"ModalityLUTSequence": items(TWELVE_BITS)}, "ModalityLUTSequence")],
    ),
    "palettes": (
        [PALETTES, {**PALETTES, "RedPaletteColorLookupTableData": bytes(8)}],
        [
            (
                {**PALETTES, "RedPaletteColorLookupTableDescriptor": (5, 0, 8)},
                "RedPaletteColorLookupTableDescriptor",
            ),
            (
                {**PALETTES, "BluePaletteColorLookupTableDescriptor": (4, 1, 8)},
                "RedPaletteColorLookupTableDescriptor",
            ),
            (
                {**PALETTES, "GreenPaletteColorLookupTableDescriptor": (4, 0, 12)},
                "GreenPaletteColorLookupTableDescriptor",
            ),
            (
                {**PALETTES, "BluePaletteColorLookupTableData": bytes(6)},
                "BluePaletteColorLookupTableData",
            ),
        ],
    ),
    "rescale slope": ([{"RescaleSlope": "1"}], [({"RescaleSlope": "0"}, "RescaleSlope")]),
    "Hounsfield units": (
        [
            ({**SCALED, "RescaleType": "HU"}, Subject(NATIVE, "ct-image")),
            (SCALED, Subject(NATIVE, "ct-image")),
            ({**SCALED, "RescaleType": "US"}, Subject(NATIVE, "mr-image")),
            (
                {"ImageType": ("ORIGINAL", "PRIMARY", "LOCALIZER"), "RescaleType": "US"},
                Subject(NATIVE, "ct-image"),
            ),
        ],
        [({**SCALED, "RescaleType": "US"}, "RescaleType", Subject(NATIVE, "ct-image"))],
    ),
    "number of frames": (
        [
            {"NumberOfFrames": "1"},
            ({"NumberOfFrames": "1"}, Subject(NATIVE, "ct-image")),
            ({"NumberOfFrames": "9"}, Subject(NATIVE, "ultrasound-multi-frame-image")),
            ({"NumberOfFrames": "9"}, Subject(NATIVE, "enhanced-ct-image")),
        ],
        [
            ({"NumberOfFrames": "0"}, "NumberOfFrames"),
            ({"NumberOfFrames": "2"}, "NumberOfFrames", Subject(NATIVE, "ct-image")),
            ({"NumberOfFrames": "2"}, "NumberOfFrames", Subject(NATIVE, "ultrasound-image")),
        ],
    ),
    "per-frame items": (
        [{"NumberOfFrames": "2", "PerFrameFunctionalGroupsSequence": items({}, {})}],
        [
            (
                {"NumberOfFrames": "3", "PerFrameFunctionalGroupsSequence": items({}, {})},
                "PerFrameFunctionalGroupsSequence",
            )
        ],
    ),
    "frame increment pointer": (
        [{"FrameIncrementPointer": FRAME_TIME, "FrameTime": "40"}],
        [
            ({"FrameIncrementPointer": FRAME_TIME}, "FrameIncrementPointer"),
            ({"FrameIncrementPointer": FRAME_TIME, "FrameTime": None}, "FrameIncrementPointer"),
        ],
    ),
    "frame vectors": (
        [
            {
                "FrameIncrementPointer": PAGE_NUMBER_VECTOR, "NumberOfFrames": "2",
                "PageNumberVector": ("1", "2"),
            },
            {"NumberOfFrames": "2", "PageNumberVector": "1"},
        ],
        [
            (
                {
                    "FrameIncrementPointer": PAGE_NUMBER_VECTOR, "NumberOfFrames": "2",
                    "PageNumberVector": ("1", "2", "3"),
                },
                "PageNumberVector",
            )
        ],
    ),
    "dimension index values": (
        [
            {
                "DimensionIndexSequence": items({}, {}),
                "PerFrameFunctionalGroupsSequence": items(
                    {"FrameContentSequence": items({"DimensionIndexValues": (1, 1)})}
                ),
            }
        ],
        [
            (
                {
                    "DimensionIndexSequence": items({}, {}),
                    "PerFrameFunctionalGroupsSequence": items(
                        {"FrameContentSequence": items({"DimensionIndexValues": 1})}
                    ),
                },
                "DimensionIndexSequence",
            )
        ],
    ),
    "values of image type": (
        [
            ({"ImageType": ("A", "B", "C", "D")}, Subject(NATIVE, "enhanced-ct-image")),
            {"ImageType": ("A", "B")},
        ],
        [({"ImageType": ("A", "B", "C")}, "ImageType", Subject(NATIVE, "enhanced-mr-image"))],
    ),
    "frames alike": (
        [
            {"NumberOfFrames": "1", "SharedFunctionalGroupsSequence": items({})},
            {
                "NumberOfFrames": "2", "SharedFunctionalGroupsSequence": items({}),
                "PerFrameFunctionalGroupsSequence": items({}, {}),
            },
        ],
        [
            (
                {"NumberOfFrames": "2", "SharedFunctionalGroupsSequence": items({})},
                "PerFrameFunctionalGroupsSequence",
            )
        ],
    ),
}  # fmt: skip

BY_NAME = {rule.name: rule for rule in RULES}
GOOD = [(name, case) for name, (good, _) in CASES.items() for case in good]
BAD = [(name, case) for name, (_, bad) in CASES.items() for case in bad]


@pytest.mark.parametrize(("name", "case"), GOOD, ids=[name for name, _ in GOOD])
def test_what_keeps_a_rule(name, case):
    values, subject = case if isinstance(case, tuple) else (case, Subject(NATIVE))
    assert list(BY_NAME[name].check(made(values), subject)) == []


@pytest.mark.parametrize(("name", "case"), BAD, ids=[name for name, _ in BAD])
def test_what_breaks_a_rule(name, case):
    values, keyword, *rest = case
    data_set = made(values)
    faults = list(BY_NAME[name].check(data_set, *rest or [Subject(NATIVE)]))
    assert Element(faults[0][0], VR.UN).keyword == keyword
    assert all(message for _, message in faults)


def test_every_rule_is_tried_both_ways_but_for_those_of_frames():
    assert set(BY_NAME) - set(CASES) == {"units of frames"}
    assert len(BY_NAME) == len(RULES)


def test_no_rule_has_anything_to_say_of_an_empty_data_set():
    for rule in RULES:
        assert list(rule.check(DataSet(), Subject(NATIVE))) == []


def frames(modality, frame_type, units):
    frame_types = f"{modality}ImageFrameTypeSequence"
    shared = {
        "PixelValueTransformationSequence": items({"RescaleType": units}),
        frame_types: items({"FrameType": ("ORIGINAL", "PRIMARY", frame_type, "NONE")}),
    }
    data_set = made({"Modality": modality, "SharedFunctionalGroupsSequence": items(shared)})
    (group,) = data_set.sequence("SharedFunctionalGroupsSequence")
    return group.sequence("PixelValueTransformationSequence")[0]


@pytest.mark.parametrize(
    ("modality", "frame_type", "units", "good"),
    [
        ("CT", "AXIAL", "HU", True),
        ("CT", "AXIAL", "US", False),
        ("CT", "LOCALIZER", "US", True),
        ("MR", "VOLUME", "US", True),
        ("MR", "VOLUME", "HU", False),
    ],
)
def test_units_of_frames(modality, frame_type, units, good):
    item = frames(modality, frame_type, units)
    faults = list(BY_NAME["units of frames"].check(item, Subject(NATIVE)))
    assert (faults == []) is good


def test_units_outside_of_functional_groups_are_no_matter_of_frames():
    data_set = made({"Modality": "MR", "RescaleType": "HU"})
    assert list(BY_NAME["units of frames"].check(data_set, Subject(NATIVE))) == []
