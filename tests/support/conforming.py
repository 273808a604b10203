"""Objects that conform to their IOD, made out of the tables that validation checks.

What a row requires is put in, with a value that its VR and its enumerated values allow; conditions
are asked again until nothing more is required. So an object holds every attribute whose absence
must be found.
"""

import struct
import zlib

from filmroom.dicom import VR, DataSet, lookup, tag_for, uid_for
from filmroom.dicom.validation.functional_groups import FUNCTIONAL_GROUPS
from filmroom.dicom.validation.iods import iod_of
from filmroom.dicom.validation.macros import CODE_SEQUENCE, is_code_sequence
from filmroom.dicom.validation.multiplicity import Multiplicity
from filmroom.dicom.validation.validate import _merged

TEXT = {
    VR.AE: "STATION", VR.AS: "056Y", VR.CS: "TERM", VR.DA: "20260105", VR.DS: "1",
    VR.DT: "20260105091500", VR.IS: "1", VR.LO: "text", VR.LT: "text", VR.PN: "Nobody^Real",
    VR.SH: "text", VR.ST: "text", VR.TM: "091500", VR.UC: "text", VR.UR: "http://example.org/",
    VR.UT: "text",
}  # fmt: skip
BULK = {VR.OB: b"\0\1", VR.OW: b"\0\1", VR.OF: b"\0" * 4, VR.OD: b"\0" * 8, VR.OV: b"\0" * 8}
GREY = {
    "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "Rows": 4, "Columns": 4,
    "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0,
}  # fmt: skip
BYTES = {**GREY, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
COLOUR = {
    **BYTES, "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0,
}  # fmt: skip
BIT = {**GREY, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
PIXELS = {"PixelData": bytes(32)}
VALUES = {
    "ImageOrientationPatient": ("1", "0", "0", "0", "1", "0"),
    "ImageType": ("ORIGINAL", "PRIMARY", "AXIAL", "NONE"),
    "FrameType": ("ORIGINAL", "PRIMARY", "AXIAL", "NONE"),
    "PatientOrientation": ("L", "P"),
    "LUTDescriptor": (2, 0, 16),
    "LUTData": b"\0\0\1\0",
    "RedPaletteColorLookupTableDescriptor": (256, 0, 16),
    "GreenPaletteColorLookupTableDescriptor": (256, 0, 16),
    "BluePaletteColorLookupTableDescriptor": (256, 0, 16),
    "RedPaletteColorLookupTableData": bytes(512),
    "GreenPaletteColorLookupTableData": bytes(512),
    "BluePaletteColorLookupTableData": bytes(512),
    "MIMETypeOfEncapsulatedDocument": "application/pdf",
    "EncapsulatedDocument": b"%PDF-1.7",
    "TimezoneOffsetFromUTC": "+0100",
    "NumberOfFrames": "2",
    "Modality": "OT",
}
"""Values that agree with each other, where any would not do."""


def conforming(sop_class, *modules, values=None):
    """An object of the SOP class with its mandatory modules and the optional ``modules`` named."""
    uid = uid_for(sop_class)
    iod = iod_of(uid)
    chosen = {**VALUES, **(values or {})}
    data_set = DataSet()
    data_set["SOPClassUID"] = uid
    for keyword, value in (values or {}).items():
        if "/" not in keyword:
            data_set[keyword] = value
    size = -1
    while size != count(data_set):
        size = count(data_set)
        used = [
            usage.module
            for usage in iod.usages
            if usage.module is not None
            and (
                usage.letter == "M"
                or usage.name in modules
                or (usage.when is not None and usage.when.holds(data_set))
            )
        ]
        for _, rows in _merged(used):
            fill(data_set, rows, chosen)
        if iod.short in FUNCTIONAL_GROUPS and tag_for("SharedFunctionalGroupsSequence") in data_set:
            fill_groups(data_set, FUNCTIONAL_GROUPS[iod.short], chosen)
    return data_set


def count(data_set):
    """Elements here and in all items."""
    return sum(1 + sum(map(count, data_set.sequence(tag))) for tag in data_set.tags())


def fill(data_set, rows, chosen):
    """Put in what ``rows`` require and is not there, and fill the items that are."""
    for row in rows:
        if row.tag not in data_set:
            needed = row.is_required or (row.when is not None and row.when.holds(data_set))
            if not needed or row.keyword in chosen.get("-", ()):
                continue
            put(data_set, row, chosen)
        for item in data_set.sequence(row.tag):
            fill(item, row.items, chosen)
            if is_code_sequence(row.tag):
                fill(item, CODE_SEQUENCE.rows, chosen)


def put(data_set, row, chosen):
    """Set one attribute to a value of its own."""
    entry = lookup(row.tag)
    vr = data_set.resolve_vr(row.tag)
    if vr is VR.SQ:
        data_set.set(row.tag, VR.SQ, (DataSet(),))
        return
    value = chosen.get(row.keyword)
    if value is None and row.values:
        value = row.values[0]
    if value is None:
        least = Multiplicity.of(entry.vm).least
        value = (plain(vr, row.keyword),) * least
    if isinstance(value, int | float) and vr in (VR.DS, VR.IS):
        value = str(value)
    data_set.set(row.tag, vr, value)


def plain(vr, keyword):
    """Any value of the VR; UIDs differ by their keyword."""
    if vr is VR.UI:
        return f"2.25.{zlib.crc32(keyword.encode())}"
    if vr is VR.AT:
        return 0x00100010
    return TEXT.get(vr, BULK.get(vr, 1))


def fill_groups(data_set, groups, chosen):
    """Put functional groups in: what may be shared into the shared ones."""
    frames = int(data_set.get("NumberOfFrames", 1))
    if not data_set.sequence("PerFrameFunctionalGroupsSequence"):
        data_set["PerFrameFunctionalGroupsSequence"] = tuple(DataSet() for _ in range(frames))
    (shared,) = data_set.sequence("SharedFunctionalGroupsSequence")
    per_frame = data_set.sequence("PerFrameFunctionalGroupsSequence")
    for group in groups:
        for target in per_frame if group.per_frame_only else (shared,):
            needed = group.letter == "M" or (
                group.when is not None and group.when.holds(per_frame[0])
            )
            if needed or group.sequence.tag in target:
                fill(target, group.macro.rows, chosen)


def packed(*numbers):
    """16-bit numbers, little endian."""
    return struct.pack(f"<{len(numbers)}H", *numbers)


FRAMES = {"NumberOfFrames": "2", "FrameIncrementPointer": 0x00181063}
DX = {**GREY, "PixelData": bytes(32), "ImageType": ("ORIGINAL", "PRIMARY", "")}
OBJECTS = {
    "ComputedRadiographyImageStorage": {**GREY, "PixelData": bytes(32), "Modality": "CR"},
    "CTImageStorage": {**GREY, "PixelData": bytes(32), "Modality": "CT"},
    "MRImageStorage": {
        **GREY, "PixelData": bytes(32), "Modality": "MR", "ScanningSequence": ("SE", "IR"),
        "ScanOptions": "CG",
    },
    "UltrasoundImageStorage": {**BYTES, "PixelData": bytes(16), "Modality": "US"},
    "UltrasoundMultiFrameImageStorage": {
        **COLOUR, **FRAMES, "PixelData": bytes(96), "Modality": "US",
    },
    "SecondaryCaptureImageStorage": {**COLOUR, "PixelData": bytes(48)},
    "MultiFrameSingleBitSecondaryCaptureImageStorage": {
        **BIT, "PixelData": bytes(4), "NumberOfFrames": "2", "FrameIncrementPointer": 0x00182001,
        "PageNumberVector": ("1", "2"),
    },
    "MultiFrameGrayscaleByteSecondaryCaptureImageStorage": {
        **BYTES, **FRAMES, "PixelData": bytes(32),
    },
    "MultiFrameGrayscaleWordSecondaryCaptureImageStorage": {
        **GREY, **FRAMES, "PixelData": bytes(64),
    },
    "MultiFrameTrueColorSecondaryCaptureImageStorage": {**COLOUR, **FRAMES, "PixelData": bytes(96)},
    "DigitalXRayImageStorageForPresentation": {**DX, "Modality": "DX", "WindowCenter": "1"},
    "DigitalXRayImageStorageForProcessing": {
        **DX, "Modality": "DX", "PresentationIntentType": "FOR PROCESSING",
    },
    "DigitalMammographyXRayImageStorageForPresentation": {
        **DX, "Modality": "MG", "WindowCenter": "1",
    },
    "DigitalIntraOralXRayImageStorageForPresentation": {
        **DX, "Modality": "IO", "WindowCenter": "1",
    },
    "GrayscaleSoftcopyPresentationStateStorage": {"Modality": "PR"},
    "BasicTextSRStorage": {"Modality": "SR"},
    "EnhancedSRStorage": {"Modality": "SR"},
    "ComprehensiveSRStorage": {"Modality": "SR"},
    "KeyObjectSelectionDocumentStorage": {"Modality": "KO"},
    "EnhancedMRImageStorage": {
        **GREY, "PixelData": bytes(64), "NumberOfFrames": "2", "Modality": "MR",
    },
    "EnhancedCTImageStorage": {
        **GREY, "PixelData": bytes(64), "NumberOfFrames": "2", "Modality": "CT",
    },
    "EncapsulatedPDFStorage": {},
}  # fmt: skip
# Rescale Type of functional groups, where the modality says what it is.
UNITS = {"EnhancedMRImageStorage": "US", "EnhancedCTImageStorage": "HU"}


def make(storage):
    data_set = conforming(storage, values=OBJECTS[storage])
    if storage in UNITS:
        (shared,) = data_set.sequence("SharedFunctionalGroupsSequence")
        (units,) = shared.sequence("PixelValueTransformationSequence")
        units["RescaleType"] = UNITS[storage]
    return data_set


def places(data_set, steps=()):
    """Every element here and in all items, with the way to it."""
    for tag in data_set.tags():
        yield steps, tag
        for number, item in enumerate(data_set.sequence(tag)):
            yield from places(item, (*steps, (tag, number)))


def at(data_set, steps):
    for tag, number in steps:
        data_set = data_set.sequence(tag)[number]
    return data_set
