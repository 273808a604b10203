"""The study that ``filmroom serve --sample`` shows: an invented thorax, as a scanner would send it.

Two series of CT images (PS3.3 §A.3): 40 axial slices and two localizers. Nothing in them is random
from one run to the next, UIDs included, so that importing the study twice changes nothing.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filmroom.archive import Archive
from filmroom.archive.import_ import import_paths
from filmroom.cli.local import tracked
from filmroom.cli.phantom import HEIGHT, Image, hounsfield_slice
from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, write_file

__all__ = ["SLICES", "import_sample_study", "sample_study"]

SLICES = 40
"""Axial slices in the study."""

_CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
_SPACE = uuid.UUID("6f1c2a52-3f0e-4a64-9d0b-0f5a3c1895f1")
_FIELD_OF_VIEW = 400.0
_INTERCEPT = -1024
_THICKNESS = HEIGHT / SLICES
_LOCALIZER_STEPS = 100


def sample_study(*, size: int = 512) -> Iterator[DataSet]:
    """The images, localizers first, as they would leave the scanner.

    ``size`` is the number of rows and columns; smaller ones make quick tests.
    """
    yield from _localizers(size)
    for number in range(SLICES):
        yield _axial(number, size)


def import_sample_study(archive: Archive) -> int:
    """Put the sample study into ``archive``; returns how many instances it has."""
    with tempfile.TemporaryDirectory(prefix="filmroom-sample-") as folder:
        for number, data_set in enumerate(tracked(sample_study(), "sample study", SLICES + 2)):
            write_file(Path(folder, f"{number:03}.dcm"), data_set, ExplicitVRLittleEndian)
        return sum(1 for step in import_paths(archive, [Path(folder)]) if step.outcome)


def _uid(name: str) -> str:
    """A UID derived from a UUID of ``name`` (PS3.5 §B.2)."""
    return f"2.25.{uuid.uuid5(_SPACE, name).int}"


def _axial(number: int, size: int) -> DataSet:
    depth = (number + 0.5) * _THICKNESS
    image = hounsfield_slice(depth, size=size, field_of_view=_FIELD_OF_VIEW)
    data_set = _image(f"axial {number}", image, number, 9.0)
    _common(data_set)
    corner = -(_FIELD_OF_VIEW - _FIELD_OF_VIEW / size) / 2
    data_set["ImageType"] = ("ORIGINAL", "PRIMARY", "AXIAL")
    data_set["SeriesInstanceUID"] = _uid("series axial")
    data_set["SeriesNumber"] = "2"
    data_set["SeriesDescription"] = "Thorax 8 mm, contrast"
    data_set["ProtocolName"] = "Thorax and upper abdomen"
    data_set["AcquisitionNumber"] = "2"
    data_set["AcquisitionTime"] = f"0915{number:02d}"
    data_set["ContentTime"] = f"0915{number:02d}"
    data_set["SeriesTime"] = "091500"
    data_set["InstanceNumber"] = str(number + 1)
    data_set["ContrastBolusAgent"] = "Invented contrast medium"
    data_set["SliceThickness"] = _decimal(_THICKNESS)
    data_set["SpacingBetweenSlices"] = _decimal(_THICKNESS)
    data_set["SliceLocation"] = _decimal(-depth)
    data_set["ImagePositionPatient"] = (_decimal(corner), _decimal(corner), _decimal(-depth))
    data_set["ImageOrientationPatient"] = ("1", "0", "0", "0", "1", "0")
    data_set["PixelSpacing"] = (_decimal(_FIELD_OF_VIEW / size),) * 2
    data_set["WindowCenter"] = ("40", "-600")
    data_set["WindowWidth"] = ("400", "1600")
    data_set["WindowCenterWidthExplanation"] = ("MEDIASTINUM", "LUNG")
    return data_set


def _localizers(size: int) -> Iterator[DataSet]:
    """The two overviews a scan is planned on: seen from the front and from the left."""
    top, step = -30.0, _FIELD_OF_VIEW / _LOCALIZER_STEPS
    frontal, lateral = [], []
    for line in range(_LOCALIZER_STEPS):
        z = top + (line + 0.5) * step
        water = np.clip(hounsfield_slice(z, size=128) + 1000, 0, None) / 1000
        thickness = water * np.float32(_FIELD_OF_VIEW / 128)
        frontal.append(thickness.sum(axis=0))
        lateral.append(thickness.sum(axis=1))
    start = -(_FIELD_OF_VIEW - _FIELD_OF_VIEW / size) / 2
    views = (
        (frontal, "front", (start, 0.0, -top), ("1", "0", "0", "0", "0", "-1")),
        (lateral, "left", (0.0, start, -top), ("0", "1", "0", "0", "0", "-1")),
    )
    for number, (lines, name, position, orientation) in enumerate(views):
        shadow = _stretch(np.array(lines, dtype=np.float32), size) * 6 - 1000
        data_set = _image(f"localizer {name}", shadow, 1000 + number, 6.0)
        _common(data_set)
        data_set["ImageType"] = ("ORIGINAL", "PRIMARY", "LOCALIZER")
        data_set["RescaleType"] = "US"  # what was added up along a ray is no Hounsfield unit
        data_set["SeriesInstanceUID"] = _uid("series localizer")
        data_set["SeriesNumber"] = "1"
        data_set["SeriesDescription"] = "Localizer"
        data_set["ProtocolName"] = "Thorax and upper abdomen"
        data_set["AcquisitionNumber"] = "1"
        data_set["AcquisitionTime"] = f"09100{number}"
        data_set["ContentTime"] = f"09100{number}"
        data_set["SeriesTime"] = "091000"
        data_set["InstanceNumber"] = str(number + 1)
        data_set["SliceThickness"] = _decimal(_FIELD_OF_VIEW)
        data_set["ImagePositionPatient"] = tuple(_decimal(value) for value in position)
        data_set["ImageOrientationPatient"] = orientation
        data_set["PixelSpacing"] = (_decimal(_FIELD_OF_VIEW / size),) * 2
        data_set["WindowCenter"] = "50"
        data_set["WindowWidth"] = "1700"
        yield data_set


def _stretch(lines: Image, size: int) -> Image:
    """``lines`` interpolated to ``size`` rows and columns."""
    rows, columns = lines.shape
    down = np.linspace(0, rows - 1, size)
    across = np.linspace(0, columns - 1, size)
    wide = np.array([np.interp(across, np.arange(columns), line) for line in lines])
    tall = np.array([np.interp(down, np.arange(rows), line) for line in wide.T])
    return tall.T.astype(np.float32)


def _image(name: str, hounsfield: Image, seed: int, noise: float) -> DataSet:
    """The image's own attributes: SOP common, image pixel and rescale (PS3.3 §C.8.2.1)."""
    grain: NDArray[np.float32] = np.random.default_rng(seed).standard_normal(
        hounsfield.shape, dtype=np.float32
    )
    # A reconstruction kernel leaves neighbours alike: noise of single pixels looks wrong.
    blurred = grain + (np.roll(grain, 1, axis=0) + np.roll(grain, 1, axis=1)) / 2
    stored = np.clip(np.rint(hounsfield + blurred * noise) - _INTERCEPT, 0, 4095).astype("<i2")
    rows, columns = hounsfield.shape
    data_set = DataSet()
    data_set["SOPClassUID"] = _CT_IMAGE_STORAGE
    data_set["SOPInstanceUID"] = _uid(name)
    data_set["SamplesPerPixel"] = 1
    data_set["PhotometricInterpretation"] = "MONOCHROME2"
    data_set["Rows"] = rows
    data_set["Columns"] = columns
    data_set["BitsAllocated"] = 16
    data_set["BitsStored"] = 16
    data_set["HighBit"] = 15
    data_set["PixelRepresentation"] = 1
    data_set["RescaleIntercept"] = str(_INTERCEPT)
    data_set["RescaleSlope"] = "1"
    data_set["RescaleType"] = "HU"
    data_set.set(0x7FE00010, VR.OW, stored.tobytes())
    return data_set


def _common(data_set: DataSet) -> None:
    """What all images of the study share: patient, study, equipment, frame of reference."""
    data_set["SpecificCharacterSet"] = "ISO_IR 192"
    data_set["InstanceCreationDate"] = "20260105"
    data_set["StudyDate"] = "20260105"
    data_set["SeriesDate"] = "20260105"
    data_set["AcquisitionDate"] = "20260105"
    data_set["ContentDate"] = "20260105"
    data_set["StudyTime"] = "090500"
    data_set["AccessionNumber"] = "PHANTOM1"
    data_set["Modality"] = "CT"
    data_set["Manufacturer"] = "Filmroom"
    data_set["InstitutionName"] = "Filmroom sample data"
    data_set["ReferringPhysicianName"] = "Nobody^Real"
    data_set["StationName"] = "PHANTOM"
    data_set["StudyDescription"] = "CT of an invented thorax"
    data_set["ManufacturerModelName"] = "Phantom"
    data_set["PatientName"] = "PHANTOM^THORAX"
    data_set["PatientID"] = "FILMROOM-PHANTOM"
    data_set["PatientBirthDate"] = "19700101"
    data_set["PatientSex"] = "O"
    data_set["PatientAge"] = "056Y"
    data_set["PatientComments"] = "Computed; not a person"
    data_set["BodyPartExamined"] = "CHEST"
    data_set["KVP"] = "120"
    data_set["DeviceSerialNumber"] = "0"
    data_set["SoftwareVersions"] = "1"
    data_set["DataCollectionDiameter"] = "500"
    data_set["ReconstructionDiameter"] = _decimal(_FIELD_OF_VIEW)
    data_set["GantryDetectorTilt"] = "0"
    data_set["ExposureTime"] = "500"
    data_set["XRayTubeCurrent"] = "200"
    data_set["ConvolutionKernel"] = "SOFT"
    data_set["PatientPosition"] = "HFS"
    data_set["StudyInstanceUID"] = _uid("study")
    data_set["StudyID"] = "1"
    data_set["FrameOfReferenceUID"] = _uid("frame of reference")
    data_set["PositionReferenceIndicator"] = "SN"


def _decimal(value: float) -> str:
    """A DS of at most 16 characters (PS3.5 §6.2)."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
