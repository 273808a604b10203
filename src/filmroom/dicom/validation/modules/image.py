"""Modules that images of many modalities have (PS3.3 §C.7.6, §C.7.9, §C.9, §C.12.4)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import (
    absent,
    equals,
    exceeds,
    includes,
    present,
    without_modules,
)
from filmroom.dicom.validation.macros import (
    CONTENT_ITEM,
    HL7_DESIGNATOR,
    IMAGE_REFERENCE,
    PURPOSE_REFERENCE,
    SOP_REFERENCE,
    YES_NO,
)
from filmroom.dicom.validation.module import Attribute, Module, attribute

__all__ = [
    "ACQUISITION_CONTEXT",
    "CONTRAST_BOLUS",
    "DEVICE",
    "DISPLAY_SHUTTER",
    "GENERAL_ACQUISITION",
    "GENERAL_IMAGE",
    "GENERAL_REFERENCE",
    "ICON",
    "IMAGE_PIXEL",
    "IMAGE_PLANE",
    "IMAGE_TYPE",
    "LOSSY",
    "PIXEL_SPACING_CALIBRATION",
    "REAL_WORLD_VALUE_MAPPING",
    "SPECIMEN",
    "palette",
]

IMAGE_TYPE = {1: ("ORIGINAL", "DERIVED"), 2: ("PRIMARY", "SECONDARY")}
"""Values 1 and 2 of Image Type (PS3.3 §C.7.6.1.1.2)."""

LOSSY = ("00", "01")
"""Values of Lossy Image Compression (PS3.3 §C.7.6.1.1.5)."""

_NO_TABLE = absent("RealWorldValueLUTData")

REAL_WORLD_VALUE_MAPPING = (
    attribute(
        "RealWorldValueFirstValueMapped",
        "1C",
        when=absent("DoubleFloatRealWorldValueFirstValueMapped"),
    ),
    attribute(
        "RealWorldValueLastValueMapped",
        "1C",
        when=absent("DoubleFloatRealWorldValueLastValueMapped"),
    ),
    attribute(
        "DoubleFloatRealWorldValueFirstValueMapped",
        "1C",
        when=absent("RealWorldValueFirstValueMapped"),
    ),
    attribute(
        "DoubleFloatRealWorldValueLastValueMapped",
        "1C",
        when=absent("RealWorldValueLastValueMapped"),
    ),
    attribute("RealWorldValueIntercept", "1C", when=_NO_TABLE),
    attribute("RealWorldValueSlope", "1C", when=_NO_TABLE),
    attribute("RealWorldValueLUTData", "1C", when=absent("RealWorldValueIntercept")),
    attribute("LUTExplanation", "1"),
    attribute("LUTLabel", "1"),
    attribute("MeasurementUnitsCodeSequence", "1", most=1),
    attribute("QuantityDefinitionSequence", "3", items=CONTENT_ITEM),
)
"""Real World Value Mapping Item Macro (PS3.3 §C.7.6.16.2.11.1)."""


def _pixel_description() -> tuple[Attribute, ...]:
    return (
        attribute("SamplesPerPixel", "1"),
        attribute("PhotometricInterpretation", "1"),
        attribute("Rows", "1"),
        attribute("Columns", "1"),
        attribute("BitsAllocated", "1"),
        attribute("BitsStored", "1"),
        attribute("HighBit", "1"),
        attribute("PixelRepresentation", "1", values=(0, 1)),
        attribute("PlanarConfiguration", "1C", only=exceeds("SamplesPerPixel", 1), values=(0, 1)),
        attribute("PixelAspectRatio", "1C"),
    )


_IN_COLOUR = equals("PhotometricInterpretation", "PALETTE COLOR") | equals(
    "PixelPresentation", "COLOR", "MIXED"
)


def palette(pattern: str, **facts: object) -> tuple[Attribute, ...]:
    """The rows of red, green and blue; ``pattern`` has ``{}`` in place of the colour."""
    return tuple(
        attribute(pattern.format(colour), **facts)  # type: ignore[arg-type]
        for colour in ("Red", "Green", "Blue")
    )


IMAGE_PIXEL = Module(
    "Image Pixel",
    "C.7.6.3",
    (
        *_pixel_description(),
        attribute("PixelData", "1C", when=absent("PixelDataProviderURL")),
        *palette("{}PaletteColorLookupTableDescriptor", type_="1C", when=_IN_COLOUR),
        # A table in segments takes the place of the plain one (PS3.3 §C.7.9.2).
        *palette(
            "{}PaletteColorLookupTableData",
            type_="1C",
            when=_IN_COLOUR & absent("SegmentedRedPaletteColorLookupTableData"),
        ),
        attribute("PixelPaddingRangeLimit", "1C"),
        attribute("ExtendedOffsetTableLengths", "1C"),
        attribute("PixelDataProviderURL", "1C"),
    ),
)

ICON = attribute(
    "IconImageSequence",
    "3",
    most=1,
    items=(
        *_pixel_description(),
        *palette(
            "{}PaletteColorLookupTableDescriptor",
            type_="1C",
            when=equals("PhotometricInterpretation", "PALETTE COLOR"),
        ),
        *palette(
            "{}PaletteColorLookupTableData",
            type_="1C",
            when=equals("PhotometricInterpretation", "PALETTE COLOR"),
        ),
        attribute("PixelData", "1"),
    ),
)
"""Icon Image Key Attributes (PS3.3 §C.7.6.1.1.6)."""

GENERAL_ACQUISITION = Module("General Acquisition", "C.7.10.1")

GENERAL_IMAGE = Module(
    "General Image",
    "C.7.6.1",
    (
        attribute("InstanceNumber", "2"),
        attribute(
            "PatientOrientation",
            "2C",
            when=without_modules("image-plane", "slide-coordinates", "functional-groups").named(
                "the SOP class does not require an orientation in space"
            ),
        ),
        attribute("ContentDate", "2C"),
        attribute("ContentTime", "2C"),
        attribute("ImageType", "3", at=IMAGE_TYPE),
        attribute("ImageLaterality", "3", values=("R", "L", "U", "B")),
        attribute("AnatomicRegionSequence", "3", most=1),
        attribute("QualityControlImage", "3", values=YES_NO),
        attribute("BurnedInAnnotation", "3", values=YES_NO),
        attribute("RecognizableVisualFeatures", "3", values=YES_NO),
        attribute("LossyImageCompression", "3", values=LOSSY),
        ICON,
        attribute("PresentationLUTShape", "3", values=("IDENTITY", "INVERSE")),
        attribute("RealWorldValueMappingSequence", "3", items=REAL_WORLD_VALUE_MAPPING),
    ),
)

GENERAL_REFERENCE = Module(
    "General Reference",
    "C.12.4",
    (
        attribute("ReferencedImageSequence", "3", items=IMAGE_REFERENCE),
        attribute("ReferencedInstanceSequence", "3", items=PURPOSE_REFERENCE),
        attribute(
            "SourceImageSequence",
            "3",
            items=(
                *IMAGE_REFERENCE,
                attribute("SpatialLocationsPreserved", "3", values=(*YES_NO, "REORIENTED_ONLY")),
                attribute(
                    "PatientOrientation",
                    "1C",
                    when=equals("SpatialLocationsPreserved", "REORIENTED_ONLY"),
                ),
            ),
        ),
        attribute("SourceInstanceSequence", "3", items=SOP_REFERENCE),
    ),
)

IMAGE_PLANE = Module(
    "Image Plane",
    "C.7.6.2",
    (
        attribute("PixelSpacing", "1"),
        attribute("ImageOrientationPatient", "1"),
        attribute("ImagePositionPatient", "1"),
        attribute("SliceThickness", "2"),
    ),
)

CONTRAST_BOLUS = Module(
    "Contrast/Bolus",
    "C.7.6.4",
    (
        attribute("ContrastBolusAgent", "2"),
        attribute("ContrastBolusAgentSequence", "3"),
        attribute("ContrastBolusRoute", "3"),
        attribute("ContrastBolusAdministrationRouteSequence", "3", most=1),
        attribute("ContrastBolusVolume", "3"),
        attribute("ContrastBolusStartTime", "3"),
        attribute("ContrastBolusStopTime", "3"),
        attribute("ContrastBolusTotalDose", "3"),
        attribute("ContrastFlowRate", "3"),
        attribute("ContrastFlowDuration", "3"),
        attribute("ContrastBolusIngredient", "3"),
        attribute("ContrastBolusIngredientConcentration", "3"),
    ),
)

_RECTANGLE = includes("ShutterShape", "RECTANGULAR")
_CIRCLE = includes("ShutterShape", "CIRCULAR")

DISPLAY_SHUTTER = Module(
    "Display Shutter",
    "C.7.6.11",
    (
        attribute("ShutterShape", "1", values=("RECTANGULAR", "CIRCULAR", "POLYGONAL")),
        attribute("ShutterLeftVerticalEdge", "1C", when=_RECTANGLE),
        attribute("ShutterRightVerticalEdge", "1C", when=_RECTANGLE),
        attribute("ShutterUpperHorizontalEdge", "1C", when=_RECTANGLE),
        attribute("ShutterLowerHorizontalEdge", "1C", when=_RECTANGLE),
        attribute("CenterOfCircularShutter", "1C", when=_CIRCLE),
        attribute("RadiusOfCircularShutter", "1C", when=_CIRCLE),
        attribute(
            "VerticesOfThePolygonalShutter", "1C", when=includes("ShutterShape", "POLYGONAL")
        ),
    ),
)

DEVICE = Module(
    "Device",
    "C.7.6.12",
    (
        attribute(
            "DeviceSequence",
            "1",
            items=(attribute("DeviceDiameterUnits", "2C", when=present("DeviceDiameter")),),
        ),
    ),
)

_CONTAINER = (
    attribute("ContainerIdentifier", "1"),
    attribute("IssuerOfTheContainerIdentifierSequence", "2", most=1, items=HL7_DESIGNATOR),
)

SPECIMEN = Module(
    "Specimen",
    "C.7.6.22",
    (
        *_CONTAINER,
        attribute("AlternateContainerIdentifierSequence", "3", items=_CONTAINER),
        attribute("ContainerTypeCodeSequence", "2", most=1),
        attribute(
            "ContainerComponentSequence",
            "3",
            items=(attribute("ContainerComponentTypeCodeSequence", "1", most=1),),
        ),
        attribute(
            "SpecimenDescriptionSequence",
            "1",
            items=(
                attribute("SpecimenIdentifier", "1"),
                attribute("SpecimenUID", "1"),
                attribute(
                    "IssuerOfTheSpecimenIdentifierSequence", "2", most=1, items=HL7_DESIGNATOR
                ),
                attribute("SpecimenTypeCodeSequence", "3", most=1),
                attribute(
                    "SpecimenPreparationSequence",
                    "2",
                    items=(
                        attribute(
                            "SpecimenPreparationStepContentItemSequence",
                            "1",
                            items=CONTENT_ITEM,
                        ),
                    ),
                ),
                attribute("SpecimenLocalizationContentItemSequence", "1C", items=CONTENT_ITEM),
            ),
        ),
    ),
)

ACQUISITION_CONTEXT = Module(
    "Acquisition Context",
    "C.7.6.14",
    (
        attribute(
            "AcquisitionContextSequence",
            "2",
            items=CONTENT_ITEM,
        ),
    ),
)

PIXEL_SPACING_CALIBRATION = (
    attribute("PixelSpacing", "1C"),
    attribute(
        "PixelSpacingCalibrationDescription", "1C", when=present("PixelSpacingCalibrationType")
    ),
)
"""Basic Pixel Spacing Calibration Macro (PS3.3 §10.7)."""
