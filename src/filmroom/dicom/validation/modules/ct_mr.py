"""Modules of single-frame CT and MR images (PS3.3 §C.8.2, §C.8.3)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import equals, includes, present
from filmroom.dicom.validation.macros import SOP_REFERENCE, Y_N, YES_NO
from filmroom.dicom.validation.module import Attribute, Module, attribute
from filmroom.dicom.validation.modules.image import IMAGE_TYPE

__all__ = ["CT_IMAGE", "MR_IMAGE"]

_GREY = (
    attribute("SamplesPerPixel", "1", values=(1,)),
    attribute("PhotometricInterpretation", "1", values=("MONOCHROME1", "MONOCHROME2")),
    attribute("BitsAllocated", "1", values=(16,)),
)

_TREATMENT: tuple[Attribute, ...] = (
    attribute(
        "PatientTreatmentPreparationSequence",
        "3",
        items=(
            attribute("PatientTreatmentPreparationProcedureSequence", "2"),
            attribute("PatientTreatmentPreparationMethodCodeSequence", "1", most=1),
        ),
    ),
    attribute(
        "PatientToEquipmentRelationshipSequence",
        "3",
        items=(
            attribute("ImageToEquipmentMappingMatrix", "1"),
            attribute("PatientSupportPositionParameterSequence", "2"),
        ),
    ),
    attribute("ReferencedRTPlanSequence", "3", items=SOP_REFERENCE),
)

CT_IMAGE = Module(
    "CT Image",
    "C.8.2.1",
    (
        attribute("ImageType", "1", at=IMAGE_TYPE),
        attribute("MultienergyCTAcquisition", "3", values=YES_NO),
        *_GREY,
        attribute("BitsStored", "1", values=(12, 13, 14, 15, 16)),
        attribute("HighBit", "1"),
        attribute("RescaleIntercept", "1"),
        attribute("RescaleSlope", "1"),
        attribute("RescaleType", "1C", when=equals("MultienergyCTAcquisition", "YES")),
        attribute("KVP", "2"),
        attribute("AcquisitionNumber", "2"),
        attribute("RotationDirection", "3", values=("CW", "CC")),
        attribute(
            "WaterEquivalentDiameterCalculationMethodCodeSequence",
            "1C",
            when=present("WaterEquivalentDiameter"),
            most=1,
        ),
        attribute("CTDIPhantomTypeCodeSequence", "3", most=1),
        attribute("EnergyWeightingFactor", "1C"),
        attribute(
            "CTAdditionalXRaySourceSequence",
            "3",
            items=(
                attribute("KVP", "1"),
                attribute("XRayTubeCurrentInmA", "1"),
                attribute("DataCollectionDiameter", "1"),
                attribute("FocalSpots", "1"),
                attribute("FilterType", "1"),
                attribute("FilterMaterial", "1"),
                attribute("EnergyWeightingFactor", "1C"),
            ),
        ),
        attribute("AnatomicRegionSequence", "3", most=1),
        attribute("ViewCodeSequence", "3", most=1),
        *_TREATMENT,
    ),
)

_NO_ECHO_PLANAR = (~includes("ScanningSequence", "EP")).named(
    "ScanningSequence does not include EP"
)

MR_IMAGE = Module(
    "MR Image",
    "C.8.3.1",
    (
        attribute("ImageType", "1", at=IMAGE_TYPE),
        *_GREY,
        attribute("BitsStored", "1"),
        attribute("HighBit", "1"),
        attribute("ScanningSequence", "1", values=("SE", "IR", "GR", "EP", "RM")),
        attribute("SequenceVariant", "1"),
        attribute("ScanOptions", "2"),
        attribute("MRAcquisitionType", "2", values=("2D", "3D")),
        attribute("RepetitionTime", "2C", when=includes("SequenceVariant", "SK") | _NO_ECHO_PLANAR),
        attribute("EchoTime", "2"),
        attribute("EchoTrainLength", "2"),
        attribute("InversionTime", "2C", when=includes("ScanningSequence", "IR")),
        attribute("TriggerTime", "2C", when=includes("ScanOptions", "CG", "PPG")),
        attribute("AngioFlag", "3", values=Y_N),
        attribute("BeatRejectionFlag", "3", values=Y_N),
        attribute("InPlanePhaseEncodingDirection", "3", values=("ROW", "COL")),
        attribute("VariableFlipAngleFlag", "3", values=Y_N),
        attribute("AnatomicRegionSequence", "3", most=1),
        attribute("ViewCodeSequence", "3", most=1),
        *_TREATMENT,
    ),
)
