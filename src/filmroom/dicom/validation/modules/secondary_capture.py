"""Modules of secondary capture images, single-frame and multi-frame (PS3.3 §C.8.6)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import equals, exceeds, points_to
from filmroom.dicom.validation.macros import YES_NO
from filmroom.dicom.validation.module import Attribute, Module, attribute
from filmroom.dicom.validation.modules.image import PIXEL_SPACING_CALIBRATION

__all__ = ["SC_EQUIPMENT", "SC_IMAGE", "SC_MULTI_FRAME_IMAGE", "SC_MULTI_FRAME_VECTOR"]

SC_EQUIPMENT = Module("SC Equipment", "C.8.6.1", (attribute("ConversionType", "1"),))

SC_IMAGE = Module(
    "SC Image",
    "C.8.6.2",
    (*PIXEL_SPACING_CALIBRATION, attribute("ViewCodeSequence", "3", most=1)),
)

_GREY = equals("PhotometricInterpretation", "MONOCHROME2") & exceeds("BitsStored", 1)

SC_MULTI_FRAME_IMAGE = Module(
    "SC Multi-frame Image",
    "C.8.6.3",
    (
        attribute("BurnedInAnnotation", "1", values=YES_NO),
        attribute("RecognizableVisualFeatures", "3", values=YES_NO),
        attribute("PresentationLUTShape", "1C", when=_GREY, values=("IDENTITY",)),
        attribute("RescaleIntercept", "1C", when=_GREY),
        attribute("RescaleSlope", "1C", when=_GREY),
        attribute("RescaleType", "1C", when=_GREY),
        attribute("FrameIncrementPointer", "1C", when=exceeds("NumberOfFrames", 1)),
        attribute("NominalScannedPixelSpacing", "1C", when=equals("ConversionType", "DF")),
        attribute("DigitizingDeviceTransportDirection", "3", values=("ROW", "COLUMN")),
        *PIXEL_SPACING_CALIBRATION,
    ),
)


def _vector(keyword: str) -> Attribute:
    return attribute(keyword, "1C", when=points_to("FrameIncrementPointer", keyword))


SC_MULTI_FRAME_VECTOR = Module(
    "SC Multi-frame Vector",
    "C.8.6.4",
    (
        _vector("FrameTimeVector"),
        _vector("PageNumberVector"),
        _vector("FrameLabelVector"),
        _vector("FramePrimaryAngleVector"),
        _vector("FrameSecondaryAngleVector"),
        _vector("SliceLocationVector"),
        _vector("DisplayWindowLabelVector"),
    ),
)
