"""Modules of images with several frames (PS3.3 §C.7.6.5 to §C.7.6.9, §C.7.6.16 to §C.7.6.19)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import (
    absent,
    at_top,
    differs,
    equals,
    points_to,
    present,
)
from filmroom.dicom.validation.macros import YES_NO
from filmroom.dicom.validation.module import Module, attribute
from filmroom.dicom.validation.modules.image import palette

__all__ = [
    "BULK_MOTION_SYNCHRONIZATION",
    "CARDIAC_SYNCHRONIZATION",
    "CINE",
    "ENHANCED_CONTRAST_BOLUS",
    "FRAME_EXTRACTION",
    "FRAME_POINTERS",
    "MULTI_FRAME",
    "MULTI_FRAME_DIMENSION",
    "MULTI_FRAME_FUNCTIONAL_GROUPS",
    "ORIGINAL",
    "PALETTE_COLOR_LOOKUP_TABLE",
    "RESPIRATORY_SYNCHRONIZATION",
    "SUPPLEMENTAL_PALETTE_COLOR_LOOKUP_TABLE",
]

ORIGINAL = at_top(equals("ImageType", "ORIGINAL", "MIXED"))
"""Pixel values are those of an acquisition, of some frames at least (PS3.3 §C.8.16.1.1)."""

MULTI_FRAME = Module(
    "Multi-frame",
    "C.7.6.6",
    (
        attribute("NumberOfFrames", "1"),
        attribute("FrameIncrementPointer", "1"),
        attribute("StereoPairsPresent", "3", values=YES_NO),
        attribute("EncapsulatedPixelDataValueTotalLength", "3"),
    ),
)

CINE = Module(
    "Cine",
    "C.7.6.5",
    (
        attribute("PreferredPlaybackSequencing", "3", values=(0, 1)),
        attribute("FrameTime", "1C", when=points_to("FrameIncrementPointer", "FrameTime")),
        attribute(
            "FrameTimeVector", "1C", when=points_to("FrameIncrementPointer", "FrameTimeVector")
        ),
        attribute("StartTrim", "3"),
        attribute("StopTrim", "3"),
        attribute("RecommendedDisplayFrameRate", "3"),
        attribute("CineRate", "3"),
        attribute("FrameDelay", "3"),
        attribute("ImageTriggerDelay", "3"),
        attribute("EffectiveDuration", "3"),
        attribute("ActualFrameDuration", "3"),
        attribute(
            "MultiplexedAudioChannelsDescriptionCodeSequence",
            "2C",
            items=(
                attribute("ChannelIdentificationCode", "1"),
                attribute("ChannelMode", "1", values=("MONO", "STEREO")),
                attribute("ChannelSourceSequence", "1", most=1),
            ),
        ),
    ),
)

FRAME_POINTERS = Module("Frame Pointers", "C.7.6.9")

FRAME_EXTRACTION = Module(
    "Frame Extraction",
    "C.12.3",
    (
        attribute(
            "FrameExtractionSequence",
            "1",
            items=(
                attribute("MultiFrameSourceSOPInstanceUID", "1"),
                attribute("SimpleFrameList", "1C", when=absent("CalculatedFrameList", "TimeRange")),
                attribute("CalculatedFrameList", "1C", when=absent("SimpleFrameList", "TimeRange")),
                attribute("TimeRange", "1C", when=absent("SimpleFrameList", "CalculatedFrameList")),
            ),
        ),
    ),
)

_CONCATENATED = present("ConcatenationUID")

MULTI_FRAME_FUNCTIONAL_GROUPS = Module(
    "Multi-frame Functional Groups",
    "C.7.6.16",
    (
        attribute("SharedFunctionalGroupsSequence", "1", most=1),
        attribute("PerFrameFunctionalGroupsSequence", "1C"),
        attribute("InstanceNumber", "1"),
        attribute("ContentDate", "1"),
        attribute("ContentTime", "1"),
        attribute("NumberOfFrames", "1"),
        attribute("StereoPairsPresent", "3", values=YES_NO),
        attribute("ConcatenationUID", "1C"),
        attribute("ConcatenationFrameOffsetNumber", "1C", when=_CONCATENATED),
        attribute("SOPInstanceUIDOfConcatenationSource", "1C", when=_CONCATENATED),
        attribute("InConcatenationNumber", "1C", when=_CONCATENATED),
    ),
)

MULTI_FRAME_DIMENSION = Module(
    "Multi-frame Dimension",
    "C.7.6.17",
    (
        attribute(
            "DimensionOrganizationSequence",
            "1",
            items=(attribute("DimensionOrganizationUID", "1"),),
        ),
        attribute(
            "DimensionIndexSequence",
            "1C",
            when=absent("DimensionOrganizationType")
            | differs("DimensionOrganizationType", "TILED_FULL"),
            items=(
                attribute("DimensionIndexPointer", "1"),
                attribute("DimensionIndexPrivateCreator", "1C"),
                attribute("FunctionalGroupPointer", "1C"),
                attribute("FunctionalGroupPrivateCreator", "1C"),
                attribute("DimensionOrganizationUID", "1"),
            ),
        ),
    ),
)

_SYNCHRONIZED = ORIGINAL & differs("CardiacSynchronizationTechnique", "NONE")
_GATED = ORIGINAL & equals("CardiacSynchronizationTechnique", "PROSPECTIVE", "RETROSPECTIVE")

CARDIAC_SYNCHRONIZATION = Module(
    "Cardiac Synchronization",
    "C.7.6.18.1",
    (
        attribute(
            "CardiacSynchronizationTechnique",
            "1C",
            when=ORIGINAL,
            values=("NONE", "REALTIME", "PROSPECTIVE", "RETROSPECTIVE", "PACED"),
        ),
        attribute("CardiacSignalSource", "1C", when=_SYNCHRONIZED),
        attribute("CardiacRRIntervalSpecified", "1C", when=_SYNCHRONIZED),
        attribute("CardiacBeatRejectionTechnique", "1C", when=_GATED),
        attribute("LowRRValue", "2C", when=_GATED),
        attribute("HighRRValue", "2C", when=_GATED),
        attribute("IntervalsAcquired", "2C", when=_SYNCHRONIZED),
        attribute("IntervalsRejected", "2C", when=_SYNCHRONIZED),
        attribute("CardiacFramingType", "1C"),
    ),
)

RESPIRATORY_SYNCHRONIZATION = Module(
    "Respiratory Synchronization",
    "C.7.6.18.2",
    (
        attribute("RespiratoryMotionCompensationTechnique", "1C", when=ORIGINAL),
        attribute(
            "RespiratorySignalSource",
            "1C",
            when=ORIGINAL & differs("RespiratoryMotionCompensationTechnique", "NONE"),
        ),
        attribute(
            "RespiratoryTriggerDelayThreshold",
            "1C",
            when=ORIGINAL
            & differs("RespiratoryMotionCompensationTechnique", "NONE", "REALTIME", "BREATH_HOLD"),
        ),
        attribute("RespiratoryTriggerType", "1C"),
    ),
)

BULK_MOTION_SYNCHRONIZATION = Module(
    "Bulk Motion Synchronization",
    "C.7.6.18.3",
    (
        attribute("BulkMotionCompensationTechnique", "1C", when=ORIGINAL),
        attribute(
            "BulkMotionSignalSource",
            "1C",
            when=ORIGINAL & differs("BulkMotionCompensationTechnique", "NONE"),
        ),
    ),
)

ENHANCED_CONTRAST_BOLUS = Module(
    "Enhanced Contrast/Bolus",
    "C.7.6.4b",
    (
        attribute(
            "ContrastBolusAgentSequence",
            "1",
            items=(
                attribute("ContrastBolusAgentNumber", "1"),
                attribute("ContrastBolusAdministrationRouteSequence", "1", most=1),
                attribute("ContrastBolusIngredientCodeSequence", "2"),
                attribute("ContrastBolusVolume", "2"),
                attribute("ContrastBolusIngredientConcentration", "2"),
                attribute("ContrastBolusIngredientOpaque", "3", values=YES_NO),
                attribute(
                    "ContrastAdministrationProfileSequence",
                    "3",
                    items=(
                        attribute("ContrastBolusVolume", "2"),
                        attribute("ContrastBolusStartTime", "3"),
                    ),
                ),
            ),
        ),
    ),
)

PALETTE_COLOR_LOOKUP_TABLE = Module(
    "Palette Color Lookup Table",
    "C.7.9",
    (
        *palette("{}PaletteColorLookupTableDescriptor", type_="1"),
        *palette(
            "{}PaletteColorLookupTableData",
            type_="1C",
            when=absent("SegmentedRedPaletteColorLookupTableData"),
        ),
        *palette(
            "Segmented{}PaletteColorLookupTableData",
            type_="1C",
            when=absent("RedPaletteColorLookupTableData"),
        ),
    ),
)

SUPPLEMENTAL_PALETTE_COLOR_LOOKUP_TABLE = Module(
    "Supplemental Palette Color Lookup Table",
    "C.7.6.19",
    (
        *palette("{}PaletteColorLookupTableDescriptor", type_="1"),
        *palette("{}PaletteColorLookupTableData", type_="1"),
    ),
)
