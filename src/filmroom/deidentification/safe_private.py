"""Private attributes thought to be safe: PS3.15 Table E.3.10-1.

The vendors do not promise it, says the standard; so nothing of it is kept unless asked for.
"""

from __future__ import annotations

from filmroom.dicom.vr import VR

__all__ = ["SAFE_PRIVATE"]

SAFE_PRIVATE: dict[str, dict[int, VR]] = {
    "Philips PET Private Group": {
        0x70530000: VR.DS,  # SUV Factor
        0x70530009: VR.DS,  # Activity Concentration Factor
    },
    "ELSCINT1": {
        0x00E10021: VR.DS,  # DLP
        0x00E10050: VR.DS,  # Acquisition Duration
        0x01E10026: VR.CS,  # Phantom Type
        0x01F10001: VR.CS,  # Acquisition Type
        0x01F10007: VR.DS,  # Table Velocity
        0x01F10026: VR.DS,  # Pitch
        0x01F10027: VR.DS,  # Rotation Time
    },
    "GEMS_ACQU_01": {
        0x00190023: VR.DS,  # Table Speed
        0x00190024: VR.DS,  # Mid Scan Time
        0x00190027: VR.DS,  # Rotation Speed
        0x0019009E: VR.LO,  # Internal Pulse Sequence Name
    },
    "GEMS_PARM_01": {
        0x00430027: VR.SH,  # Scan Pitch Ratio
        0x00430039: VR.IS,  # B Value
        0x0043006F: VR.DS,  # Scanner Table Entry and Gradient Coil Selected
    },
    "GEMS_HELIOS_01": {
        0x00450001: VR.SS,  # Number of Macro Rows in Detector
        0x00450002: VR.FL,  # Macro Width at ISO Center
    },
    "GEIIS PACS": {
        0x09030010: VR.US,  # Reject Image Flag
        0x09030011: VR.US,  # Significant Flag
        0x09030012: VR.US,  # Confidential Flag
    },
    "Philips Imaging DD 001": {
        0x20010003: VR.FL,  # Diffusion B-Factor
        0x20010004: VR.CS,  # Diffusion Direction
    },
    "SIEMENS MR HEADER": {
        0x0019000C: VR.IS,  # B Value
        0x0019000D: VR.CS,  # Diffusion Directionality
        0x0019000E: VR.FD,  # Diffusion Gradient Direction
        0x00190027: VR.FD,  # B Matrix
    },
    "GEMS_SERS_01": {
        0x00250007: VR.SL,  # Images in Series
    },
    "HOLOGIC, Inc.": {
        0x7E010001: VR.LO,  # Codec Version
        0x7E010002: VR.SH,  # Codec Content Type
        0x7E010010: VR.SQ,  # High Resolution Data Sequence
        0x7E010011: VR.SQ,  # Low Resolution Data Sequence
        0x7E010012: VR.OB,  # Codec Content
    },
    "NQHeader": {
        0x00990001: VR.UI,  # Version
        0x00990002: VR.UI,  # Analyzed Series UID
        0x00990004: VR.SS,  # Return Code
        0x00990005: VR.LT,  # Return Message
        0x00990010: VR.FL,  # MI
        0x00990020: VR.SH,  # Units
        0x00990021: VR.FL,  # ICV
    },
    "Philips MR Imaging DD 001": {
        0x2005000D: VR.FL,  # Scale Intercept
        0x2005000E: VR.FL,  # Scale Slope
    },
    "SIEMENS Ultrasound SC2000": {
        0x01190000: VR.LO,  # Acoustic Meta Information Version
        0x01190001: VR.OB,  # Common Acoustic Meta Information
        0x01190002: VR.SQ,  # Multi Stream Sequence
        0x01190003: VR.SQ,  # Acoustic Data Sequence
        0x01190004: VR.OB,  # Per Transaction Acoustic Control Information
        0x01190005: VR.UL,  # Acoustic Data Offset
        0x01190006: VR.UL,  # Acoustic Data Length
        0x01190007: VR.UL,  # Footer Offset
        0x01190008: VR.UL,  # Footer Length
        0x01190009: VR.SS,  # Acoustic Stream Number
        0x01190010: VR.SH,  # Acoustic Stream Type
        0x01190011: VR.UN,  # Stage Timer Time
        0x01190012: VR.UN,  # Stop Watch Time
        0x01190013: VR.IS,  # Volume Rate
        0x01190021: VR.SH,  # without a name
        0x01290000: VR.SQ,  # MPR View Sequence
        0x01290002: VR.UI,  # Bookmark UID
        0x01290003: VR.UN,  # Plane Origin Vector
        0x01290004: VR.UN,  # Row Vector
        0x01290005: VR.UN,  # Column Vector
        0x01290006: VR.SQ,  # Visualization Sequence
        0x01290007: VR.UI,  # Bookmark UID
        0x01290008: VR.OB,  # Visualization Information
        0x01290009: VR.SQ,  # Application State Sequence
        0x01290010: VR.OB,  # Application State Information
        0x01290011: VR.SQ,  # Referenced Bookmark Sequence
        0x01290012: VR.UI,  # Referenced Bookmark UID
        0x01290020: VR.SQ,  # Cine Parameters Sequence
        0x01290021: VR.OB,  # Cine Parameters Schema
        0x01290022: VR.OB,  # Values of Cine Parameters
        0x01290029: VR.OB,  # without a name
        0x01290030: VR.CS,  # Raw Data Object Type
        0x01390001: VR.SL,  # Physio Capture ROI
        0x01490001: VR.FD,  # Vector of BROI Points
        0x01490002: VR.FD,  # Start/End Timestamps of Strip Stream
        0x01490003: VR.FD,  # Timestamps of Visible R-waves
        0x7FD10001: VR.OB,  # Acoustic Image and Footer Data
        0x7FD10009: VR.UI,  # Volume Version ID
        0x7FD10010: VR.OB,  # Volume Payload
        0x7FD10011: VR.OB,  # After Payload
    },
    "SIEMENS SYNGO ULTRA-SOUND TOYON DATA STREAMING": {
        0x7FD10001: VR.OB,  # Padding
        0x7FD10009: VR.UI,  # Version ID
        0x7FD10010: VR.OB,  # Volume Payload
        0x7FD10011: VR.OB,  # After Payload
    },
    # Volumes of parts of the brain, left and right; not a word among them.
    "NQLeft": {0x01990000 | number: VR.FL for number in range(0x01, 0x17)},
    "NQRight": {0x02990000 | number: VR.FL for number in range(0x01, 0x17)},
}
"""VR by creator and 0xGGGG00EE; UN where the table names none."""
