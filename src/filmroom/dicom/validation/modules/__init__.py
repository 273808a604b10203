"""The modules of PS3.3 Annex C that are checked, as tables: :data:`MODULES`."""

from __future__ import annotations

from collections.abc import Mapping

from filmroom.dicom.validation.module import Module
from filmroom.dicom.validation.modules import (
    ct_mr,
    document,
    enhanced,
    image,
    look_up_tables,
    multi_frame,
    patient,
    presentation,
    projection,
    secondary_capture,
    sop_common,
    study,
    ultrasound,
)

__all__ = ["MODULES", "module_of"]

MODULES: Mapping[str, Module] = {
    "patient": patient.PATIENT,
    "clinical-trial-subject": patient.CLINICAL_TRIAL_SUBJECT,
    "general-study": study.GENERAL_STUDY,
    "patient-study": patient.PATIENT_STUDY,
    "clinical-trial-study": patient.CLINICAL_TRIAL_STUDY,
    "general-series": study.GENERAL_SERIES,
    "clinical-trial-series": patient.CLINICAL_TRIAL_SERIES,
    "frame-of-reference": study.FRAME_OF_REFERENCE,
    "synchronization": study.SYNCHRONIZATION,
    "general-equipment": study.GENERAL_EQUIPMENT,
    "enhanced-general-equipment": study.ENHANCED_GENERAL_EQUIPMENT,
    "general-acquisition": image.GENERAL_ACQUISITION,
    "general-image": image.GENERAL_IMAGE,
    "general-reference": image.GENERAL_REFERENCE,
    "image-plane": image.IMAGE_PLANE,
    "image-pixel": image.IMAGE_PIXEL,
    "contrast-bolus": image.CONTRAST_BOLUS,
    "display-shutter": image.DISPLAY_SHUTTER,
    "device": image.DEVICE,
    "specimen": image.SPECIMEN,
    "acquisition-context": image.ACQUISITION_CONTEXT,
    "multi-frame": multi_frame.MULTI_FRAME,
    "cine": multi_frame.CINE,
    "frame-pointers": multi_frame.FRAME_POINTERS,
    "frame-extraction": multi_frame.FRAME_EXTRACTION,
    "multi-frame-functional-groups": multi_frame.MULTI_FRAME_FUNCTIONAL_GROUPS,
    "multi-frame-dimension": multi_frame.MULTI_FRAME_DIMENSION,
    "cardiac-synchronization": multi_frame.CARDIAC_SYNCHRONIZATION,
    "respiratory-synchronization": multi_frame.RESPIRATORY_SYNCHRONIZATION,
    "bulk-motion-synchronization": multi_frame.BULK_MOTION_SYNCHRONIZATION,
    "enhanced-contrast-bolus": multi_frame.ENHANCED_CONTRAST_BOLUS,
    "palette-color-lookup-table": multi_frame.PALETTE_COLOR_LOOKUP_TABLE,
    "supplemental-palette-color-lookup-table": multi_frame.SUPPLEMENTAL_PALETTE_COLOR_LOOKUP_TABLE,
    "modality-lut": look_up_tables.MODALITY_LUT,
    "voi-lut": look_up_tables.VOI_LUT,
    "softcopy-voi-lut": look_up_tables.SOFTCOPY_VOI_LUT,
    "softcopy-presentation-lut": look_up_tables.SOFTCOPY_PRESENTATION_LUT,
    "icc-profile": look_up_tables.ICC_PROFILE,
    "sop-common": sop_common.SOP_COMMON,
    "common-instance-reference": sop_common.COMMON_INSTANCE_REFERENCE,
    "ct-image": ct_mr.CT_IMAGE,
    "mr-image": ct_mr.MR_IMAGE,
    "cr-series": projection.CR_SERIES,
    "cr-image": projection.CR_IMAGE,
    "dx-series": projection.DX_SERIES,
    "dx-anatomy-imaged": projection.DX_ANATOMY_IMAGED,
    "dx-image": projection.DX_IMAGE,
    "dx-detector": projection.DX_DETECTOR,
    "dx-positioning": projection.DX_POSITIONING,
    "mammography-series": projection.MAMMOGRAPHY_SERIES,
    "mammography-image": projection.MAMMOGRAPHY_IMAGE,
    "intra-oral-series": projection.INTRA_ORAL_SERIES,
    "intra-oral-image": projection.INTRA_ORAL_IMAGE,
    "us-image": ultrasound.US_IMAGE,
    "us-region-calibration": ultrasound.US_REGION_CALIBRATION,
    "sc-equipment": secondary_capture.SC_EQUIPMENT,
    "sc-image": secondary_capture.SC_IMAGE,
    "sc-multi-frame-image": secondary_capture.SC_MULTI_FRAME_IMAGE,
    "sc-multi-frame-vector": secondary_capture.SC_MULTI_FRAME_VECTOR,
    "ct-series": enhanced.CT_SERIES,
    "mr-series": enhanced.MR_SERIES,
    "enhanced-ct-image": enhanced.ENHANCED_CT_IMAGE,
    "enhanced-mr-image": enhanced.ENHANCED_MR_IMAGE,
    "mr-pulse-sequence": enhanced.MR_PULSE_SEQUENCE,
    "sr-document-series": document.SR_DOCUMENT_SERIES,
    "sr-document-general": document.SR_DOCUMENT_GENERAL,
    "sr-document-content": document.SR_DOCUMENT_CONTENT,
    "key-object-document-series": document.KEY_OBJECT_DOCUMENT_SERIES,
    "key-object-document": document.KEY_OBJECT_DOCUMENT,
    "encapsulated-document-series": document.ENCAPSULATED_DOCUMENT_SERIES,
    "encapsulated-document": document.ENCAPSULATED_DOCUMENT,
    "presentation-series": presentation.PRESENTATION_SERIES,
    "presentation-state-identification": presentation.PRESENTATION_STATE_IDENTIFICATION,
    "presentation-state-relationship": presentation.PRESENTATION_STATE_RELATIONSHIP,
    "presentation-state-shutter": presentation.PRESENTATION_STATE_SHUTTER,
    "presentation-state-mask": presentation.PRESENTATION_STATE_MASK,
    "displayed-area": presentation.DISPLAYED_AREA,
    "graphic-annotation": presentation.GRAPHIC_ANNOTATION,
    "graphic-layer": presentation.GRAPHIC_LAYER,
    "spatial-transformation": presentation.SPATIAL_TRANSFORMATION,
}
"""Modules by their short name in the table of IODs."""

_FUNCTIONAL_GROUPS = "multi-frame-functional-groups"


def module_of(name: str) -> Module | None:
    """The module of a short name, or None where it is not among the tables.

    The functional groups of an IOD are one module; their macros are ``functional_groups``.
    """
    return MODULES.get(_FUNCTIONAL_GROUPS if name.endswith(_FUNCTIONAL_GROUPS) else name)
