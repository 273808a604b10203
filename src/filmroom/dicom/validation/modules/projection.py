"""Modules of CR, DX, mammography and intra-oral images (PS3.3 §C.8.1, §C.8.11)."""

from __future__ import annotations

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.condition import (
    Condition,
    absent,
    at_top,
    equals,
    present,
)
from filmroom.dicom.validation.macros import LUT_ITEM, REQUEST, SOP_REFERENCE, YES_NO
from filmroom.dicom.validation.module import Module, attribute
from filmroom.dicom.validation.modules.image import (
    IMAGE_TYPE,
    LOSSY,
    PIXEL_SPACING_CALIBRATION,
)

__all__ = [
    "CR_IMAGE",
    "CR_SERIES",
    "DX_ANATOMY_IMAGED",
    "DX_DETECTOR",
    "DX_IMAGE",
    "DX_POSITIONING",
    "DX_SERIES",
    "FOR_PRESENTATION",
    "INTRA_ORAL_IMAGE",
    "INTRA_ORAL_SERIES",
    "MAMMOGRAPHY_IMAGE",
    "MAMMOGRAPHY_SERIES",
]

CR_SERIES = Module(
    "CR Series",
    "C.8.1.1",
    (attribute("BodyPartExamined", "2"), attribute("ViewPosition", "2")),
)

CR_IMAGE = Module(
    "CR Image",
    "C.8.1.2",
    (
        attribute("PhotometricInterpretation", "1", values=("MONOCHROME1", "MONOCHROME2")),
        attribute("CassetteOrientation", "3", values=("LANDSCAPE", "PORTRAIT")),
        *PIXEL_SPACING_CALIBRATION,
        attribute("AnatomicRegionSequence", "3", most=1),
    ),
)

FOR_PRESENTATION = equals("PresentationIntentType", "FOR PRESENTATION")

DX_SERIES = Module(
    "DX Series",
    "C.8.11.1",
    (
        attribute("Modality", "1", values=("DX", "PX", "IO", "MG")),
        attribute("ReferencedPerformedProcedureStepSequence", "1C", most=1, items=SOP_REFERENCE),
        attribute("PresentationIntentType", "1", values=("FOR PRESENTATION", "FOR PROCESSING")),
    ),
)

DX_ANATOMY_IMAGED = Module(
    "DX Anatomy Imaged",
    "C.8.11.2",
    (
        attribute("ImageLaterality", "1", values=("R", "L", "U", "B")),
        attribute("AnatomicRegionSequence", "2", most=1),
    ),
)

_TISSUE_SPECIMENS = frozenset({"119376003", "127457009"})


def _specimen(data_set: DataSet) -> bool:
    views = data_set.sequence("ViewCodeSequence")
    return any(view.text("CodeValue") in _TISSUE_SPECIMENS for view in views)


_NO_SPECIMEN = Condition(
    "the view is not that of a tissue specimen", lambda data_set: not _specimen(data_set)
)

DX_IMAGE = Module(
    "DX Image",
    "C.8.11.3",
    (
        attribute("ImageType", "1", at=IMAGE_TYPE),
        attribute("SamplesPerPixel", "1", values=(1,)),
        attribute("PhotometricInterpretation", "1", values=("MONOCHROME1", "MONOCHROME2")),
        attribute("BitsAllocated", "1", values=(8, 16)),
        attribute("BitsStored", "1", values=tuple(range(6, 17))),
        attribute("HighBit", "1"),
        attribute("PixelRepresentation", "1", values=(0,)),
        attribute("PixelIntensityRelationship", "1", values=("LIN", "LOG")),
        attribute("PixelIntensityRelationshipSign", "1", values=(1, -1)),
        attribute("RescaleIntercept", "1", values=(0,)),
        attribute("RescaleSlope", "1", values=(1,)),
        attribute("RescaleType", "1", values=("US",)),
        attribute("PresentationLUTShape", "1", values=("IDENTITY", "INVERSE")),
        attribute("LossyImageCompression", "1", values=LOSSY),
        attribute("LossyImageCompressionRatio", "1C", when=equals("LossyImageCompression", "01")),
        attribute("PatientOrientation", "1C", when=_NO_SPECIMEN),
        attribute("CalibrationImage", "3", values=YES_NO),
        attribute("BurnedInAnnotation", "1", values=YES_NO),
        attribute(
            "VOILUTSequence", "1C", when=FOR_PRESENTATION & absent("WindowCenter"), items=LUT_ITEM
        ),
        attribute("WindowCenter", "1C", when=FOR_PRESENTATION & absent("VOILUTSequence")),
        attribute("WindowWidth", "1C", when=present("WindowCenter")),
    ),
)

_SHAPES = ("RECTANGLE", "ROUND", "HEXAGONAL")

DX_DETECTOR = Module(
    "DX Detector",
    "C.8.11.4",
    (
        attribute("DetectorType", "2"),
        attribute("DetectorConditionsNominalFlag", "3", values=YES_NO),
        attribute("DetectorActiveShape", "3", values=_SHAPES),
        attribute("FieldOfViewShape", "3", values=_SHAPES),
        attribute(
            "FieldOfViewOrigin",
            "1C",
            when=present("FieldOfViewRotation", "FieldOfViewHorizontalFlip"),
        ),
        attribute(
            "FieldOfViewRotation",
            "1C",
            when=present("FieldOfViewHorizontalFlip"),
            values=(0, 90, 180, 270),
        ),
        attribute(
            "FieldOfViewHorizontalFlip", "1C", when=present("FieldOfViewRotation"), values=YES_NO
        ),
        attribute("ImagerPixelSpacing", "1"),
        *PIXEL_SPACING_CALIBRATION,
    ),
)

DX_POSITIONING = Module(
    "DX Positioning",
    "C.8.11.5",
    (
        attribute("ProjectionEponymousNameCodeSequence", "3", most=1),
        attribute("PatientPosition", "3"),
        attribute("ViewCodeSequence", "3", most=1),
        attribute("PatientOrientationCodeSequence", "3", most=1),
        attribute("PatientGantryRelationshipCodeSequence", "3", most=1),
        attribute("PositionerType", "2"),
        attribute("PositionerPrimaryAngle", "3"),
        attribute("PositionerSecondaryAngle", "3"),
        attribute("DetectorPrimaryAngle", "3"),
        attribute("DetectorSecondaryAngle", "3"),
        attribute("ColumnAngulation", "3"),
        attribute("TableType", "3"),
        attribute("TableAngle", "3"),
        attribute("BodyPartThickness", "3"),
        attribute("CompressionForce", "3"),
    ),
)

MAMMOGRAPHY_SERIES = Module(
    "Mammography Series",
    "C.8.11.6",
    (
        attribute("Modality", "1", values=("MG",)),
        attribute("RequestAttributesSequence", "3", items=REQUEST),
    ),
)

MAMMOGRAPHY_IMAGE = Module(
    "Mammography Image",
    "C.8.11.7",
    (
        attribute("PositionerType", "1", values=("MAMMOGRAPHIC", "NONE")),
        attribute("PositionerPrimaryAngleDirection", "3", values=("CW", "CC")),
        attribute("ImageLaterality", "1", values=("R", "L", "B")),
        attribute("OrganExposed", "1", values=("BREAST",)),
        attribute("BreastImplantPresent", "3", values=YES_NO),
        attribute("PartialView", "3", values=YES_NO),
        attribute("AnatomicRegionSequence", "1", most=1),
        attribute(
            "ViewCodeSequence", "1", most=1, items=(attribute("ViewModifierCodeSequence", "2"),)
        ),
        attribute(
            "BiopsyTargetSequence",
            "3",
            items=(
                attribute("TargetUID", "1"),
                attribute("LocalizingCursorPosition", "1"),
                attribute("CalculatedTargetPosition", "1"),
                attribute("DisplayedZValue", "1"),
            ),
        ),
        attribute("ImageType", "1", at=IMAGE_TYPE),
    ),
)

INTRA_ORAL_SERIES = Module(
    "Intra-Oral Series", "C.8.11.8", (attribute("Modality", "1", values=("IO",)),)
)


def _modified(data_set: DataSet) -> bool:
    regions = data_set.sequence("AnatomicRegionSequence")
    return any("AnatomicRegionModifierSequence" in region for region in regions)


_NO_MODIFIER = Condition(
    "AnatomicRegionModifierSequence is absent", lambda data_set: not _modified(data_set)
)

INTRA_ORAL_IMAGE = Module(
    "Intra-Oral Image",
    "C.8.11.9",
    (
        attribute("PositionerType", "1", values=("NONE", "CEPHALOSTAT", "RIGID")),
        attribute("ImageLaterality", "1", values=("R", "L", "B")),
        attribute(
            "AnatomicRegionSequence",
            "1",
            most=1,
            items=(
                attribute(
                    "AnatomicRegionModifierSequence",
                    "1C",
                    when=at_top(absent("PrimaryAnatomicStructureSequence")),
                    most=1,
                ),
            ),
        ),
        attribute("PrimaryAnatomicStructureSequence", "1C", when=_NO_MODIFIER),
    ),
)
