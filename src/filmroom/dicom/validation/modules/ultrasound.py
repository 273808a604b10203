"""Modules of ultrasound images (PS3.3 §C.8.5.5, §C.8.5.6)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import equals, exceeds, present
from filmroom.dicom.validation.macros import Y_N
from filmroom.dicom.validation.module import Module, attribute
from filmroom.dicom.validation.modules.image import IMAGE_TYPE, LOSSY

__all__ = ["US_IMAGE", "US_REGION_CALIBRATION"]

_IVUS = equals("Modality", "IVUS")
_MOVED = equals("IVUSAcquisition", "MOTOR_PULLBACK", "GATED_PULLBACK")

US_IMAGE = Module(
    "US Image",
    "C.8.5.6",
    (
        attribute("SamplesPerPixel", "1", values=(1, 3)),
        attribute("PhotometricInterpretation", "1"),
        attribute("BitsAllocated", "1", values=(8, 16)),
        attribute("BitsStored", "1", values=(8, 16)),
        attribute("HighBit", "1", values=(7, 15)),
        attribute("PlanarConfiguration", "1C", only=exceeds("SamplesPerPixel", 1), values=(0, 1)),
        attribute("PixelRepresentation", "1", values=(0,)),
        attribute("FrameIncrementPointer", "1C", when=present("NumberOfFrames")),
        attribute("ImageType", "2", at=IMAGE_TYPE),
        attribute("LossyImageCompression", "1C", values=LOSSY),
        attribute("NumberOfStages", "2C"),
        attribute("NumberOfViewsInStage", "2C"),
        attribute("UltrasoundColorDataPresent", "3", values=(0, 1)),
        attribute("AcquisitionDateTime", "1C", when=_IVUS),
        attribute("IVUSAcquisition", "1C", when=_IVUS),
        attribute("IVUSPullbackRate", "1C", when=equals("IVUSAcquisition", "MOTOR_PULLBACK")),
        attribute("IVUSGatedRate", "1C", when=equals("IVUSAcquisition", "GATED_PULLBACK")),
        attribute("IVUSPullbackStartFrameNumber", "1C", when=_MOVED),
        attribute("IVUSPullbackStopFrameNumber", "1C", when=_MOVED),
        attribute("BeatRejectionFlag", "3", values=Y_N),
        attribute("AnatomicRegionSequence", "3", most=1),
        attribute("ViewCodeSequence", "3", most=1),
        attribute(
            "TransducerIdentificationSequence",
            "3",
            items=(
                attribute("DeviceSerialNumber", "2"),
                attribute("SoftwareVersions", "2"),
                attribute("DeviceAlternateIdentifier", "2"),
                attribute("DeviceLabel", "1"),
                attribute("DeviceTypeCodeSequence", "1", most=1),
                attribute("ManufacturerDeviceIdentifier", "2"),
            ),
        ),
    ),
)

_CURVE = equals("PixelComponentOrganization", 0, 1)
_TABLE = equals("PixelComponentOrganization", 2, 3)
_PIXEL_COMPONENTS = present("PixelComponentOrganization")
_UNITS = tuple(range(0x0D))  # none to degrees

US_REGION_CALIBRATION = Module(
    "US Region Calibration",
    "C.8.5.5",
    (
        attribute(
            "SequenceOfUltrasoundRegions",
            "1",
            items=(
                attribute("RegionLocationMinX0", "1"),
                attribute("RegionLocationMinY0", "1"),
                attribute("RegionLocationMaxX1", "1"),
                attribute("RegionLocationMaxY1", "1"),
                attribute("PhysicalUnitsXDirection", "1", values=_UNITS),
                attribute("PhysicalUnitsYDirection", "1", values=_UNITS),
                attribute("PhysicalDeltaX", "1"),
                attribute("PhysicalDeltaY", "1"),
                attribute("RegionSpatialFormat", "1", values=(0, 1, 2, 3, 4, 5)),
                attribute("RegionDataType", "1"),
                attribute("RegionFlags", "1"),
                attribute("PixelComponentOrganization", "1C", values=(0, 1, 2, 3)),
                attribute("PixelComponentMask", "1C", when=equals("PixelComponentOrganization", 0)),
                attribute(
                    "PixelComponentRangeStart",
                    "1C",
                    when=equals("PixelComponentOrganization", 1),
                ),
                attribute(
                    "PixelComponentRangeStop", "1C", when=equals("PixelComponentOrganization", 1)
                ),
                attribute("PixelComponentPhysicalUnits", "1C", when=_PIXEL_COMPONENTS),
                attribute("PixelComponentDataType", "1C", when=_PIXEL_COMPONENTS),
                attribute("NumberOfTableBreakPoints", "1C", when=_CURVE),
                attribute("TableOfXBreakPoints", "1C", when=_CURVE),
                attribute("TableOfYBreakPoints", "1C", when=_CURVE),
                attribute("NumberOfTableEntries", "1C", when=_TABLE),
                attribute("TableOfPixelValues", "1C", when=equals("PixelComponentOrganization", 2)),
                attribute(
                    "TableOfParameterValues", "1C", when=equals("PixelComponentOrganization", 2)
                ),
                attribute(
                    "PixelValueMappingCodeSequence",
                    "1C",
                    when=equals("PixelComponentOrganization", 3),
                ),
            ),
        ),
    ),
)
