"""Modules of grayscale presentation states (PS3.3 §C.10.4 to §C.10.7, §C.11.9 to §C.11.11)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, equals, present
from filmroom.dicom.validation.macros import IMAGE_REFERENCE, PERSON, Y_N
from filmroom.dicom.validation.module import Module, attribute

__all__ = [
    "DISPLAYED_AREA",
    "GRAPHIC_ANNOTATION",
    "GRAPHIC_LAYER",
    "PRESENTATION_SERIES",
    "PRESENTATION_STATE_IDENTIFICATION",
    "PRESENTATION_STATE_MASK",
    "PRESENTATION_STATE_RELATIONSHIP",
    "PRESENTATION_STATE_SHUTTER",
    "SPATIAL_TRANSFORMATION",
]

_UNITS = ("PIXEL", "DISPLAY", "MATRIX")
_SOME_IMAGES = attribute("ReferencedImageSequence", "1C", items=IMAGE_REFERENCE)

PRESENTATION_SERIES = Module(
    "Presentation Series", "C.11.9", (attribute("Modality", "1", values=("PR",)),)
)

PRESENTATION_STATE_IDENTIFICATION = Module(
    "Presentation State Identification",
    "C.11.10",
    (
        attribute("PresentationCreationDate", "1"),
        attribute("PresentationCreationTime", "1"),
        attribute("InstanceNumber", "1"),
        attribute("ContentLabel", "1"),
        attribute("ContentDescription", "2"),
        attribute(
            "AlternateContentDescriptionSequence",
            "3",
            items=(attribute("ContentDescription", "1"), attribute("LanguageCodeSequence", "1")),
        ),
        attribute("ContentCreatorIdentificationCodeSequence", "3", most=1, items=PERSON),
        attribute("ConceptNameCodeSequence", "3", most=1),
    ),
)

PRESENTATION_STATE_RELATIONSHIP = Module(
    "Presentation State Relationship",
    "C.11.11",
    (
        attribute(
            "ReferencedSeriesSequence",
            "1",
            items=(
                attribute("SeriesInstanceUID", "1"),
                attribute("ReferencedImageSequence", "1", items=IMAGE_REFERENCE),
            ),
        ),
    ),
)

DISPLAYED_AREA = Module(
    "Displayed Area",
    "C.10.4",
    (
        attribute(
            "DisplayedAreaSelectionSequence",
            "1",
            items=(
                _SOME_IMAGES,
                attribute("PixelOriginInterpretation", "1C", values=("FRAME", "VOLUME")),
                attribute("DisplayedAreaTopLeftHandCorner", "1"),
                attribute("DisplayedAreaBottomRightHandCorner", "1"),
                attribute(
                    "PresentationSizeMode",
                    "1",
                    values=("SCALE TO FIT", "TRUE SIZE", "MAGNIFY"),
                ),
                attribute(
                    "PresentationPixelSpacing",
                    "1C",
                    when=equals("PresentationSizeMode", "TRUE SIZE"),
                ),
                attribute(
                    "PresentationPixelAspectRatio", "1C", when=absent("PresentationPixelSpacing")
                ),
                attribute(
                    "PresentationPixelMagnificationRatio",
                    "1C",
                    when=equals("PresentationSizeMode", "MAGNIFY"),
                ),
            ),
        ),
    ),
)

_ANCHORED = present("AnchorPoint")
_BOXED = present("BoundingBoxTopLeftHandCorner")

GRAPHIC_ANNOTATION = Module(
    "Graphic Annotation",
    "C.10.5",
    (
        attribute(
            "GraphicAnnotationSequence",
            "1",
            items=(
                _SOME_IMAGES,
                attribute("GraphicLayer", "1"),
                attribute(
                    "TextObjectSequence",
                    "1C",
                    when=absent("GraphicObjectSequence"),
                    items=(
                        attribute("BoundingBoxAnnotationUnits", "1C", when=_BOXED, values=_UNITS),
                        attribute(
                            "AnchorPointAnnotationUnits", "1C", when=_ANCHORED, values=_UNITS
                        ),
                        attribute("UnformattedTextValue", "1"),
                        attribute(
                            "BoundingBoxTopLeftHandCorner",
                            "1C",
                            when=absent("AnchorPoint")
                            | present("BoundingBoxBottomRightHandCorner"),
                        ),
                        attribute(
                            "BoundingBoxBottomRightHandCorner",
                            "1C",
                            when=absent("AnchorPoint") | _BOXED,
                        ),
                        attribute(
                            "BoundingBoxTextHorizontalJustification",
                            "1C",
                            when=_BOXED,
                            values=("LEFT", "RIGHT", "CENTER"),
                        ),
                        attribute(
                            "AnchorPoint",
                            "1C",
                            when=absent(
                                "BoundingBoxTopLeftHandCorner", "BoundingBoxBottomRightHandCorner"
                            ),
                        ),
                        attribute("AnchorPointVisibility", "1C", when=_ANCHORED, values=Y_N),
                    ),
                ),
                attribute(
                    "GraphicObjectSequence",
                    "1C",
                    when=absent("TextObjectSequence"),
                    items=(
                        attribute("GraphicAnnotationUnits", "1", values=_UNITS),
                        attribute("GraphicDimensions", "1", values=(2,)),
                        attribute("NumberOfGraphicPoints", "1"),
                        attribute("GraphicData", "1"),
                        attribute(
                            "GraphicType",
                            "1",
                            values=("POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"),
                        ),
                        attribute(
                            "GraphicFilled",
                            "1C",
                            when=equals("GraphicType", "CIRCLE", "ELLIPSE"),
                            values=Y_N,
                        ),
                    ),
                ),
            ),
        ),
    ),
)

GRAPHIC_LAYER = Module(
    "Graphic Layer",
    "C.10.7",
    (
        attribute(
            "GraphicLayerSequence",
            "1",
            items=(attribute("GraphicLayer", "1"), attribute("GraphicLayerOrder", "1")),
        ),
    ),
)

SPATIAL_TRANSFORMATION = Module(
    "Spatial Transformation",
    "C.10.6",
    (
        attribute("ImageRotation", "1", values=(0, 90, 180, 270)),
        attribute("ImageHorizontalFlip", "1", values=Y_N),
    ),
)

PRESENTATION_STATE_SHUTTER = Module(
    "Presentation State Shutter",
    "C.11.12",
    (attribute("ShutterPresentationValue", "1C", when=present("ShutterShape")),),
)

PRESENTATION_STATE_MASK = Module(
    "Presentation State Mask",
    "C.11.13",
    (
        attribute(
            "MaskSubtractionSequence", "1C", most=1, items=(attribute("MaskOperation", "1"),)
        ),
        attribute(
            "RecommendedViewingMode", "1C", when=present("MaskSubtractionSequence"), values=("SUB",)
        ),
    ),
)
