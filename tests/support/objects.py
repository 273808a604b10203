"""DICOM objects for tests, made and read by pydicom: a second opinion on what we do ourselves."""

import io
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_partial
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

ROOT = "1.2.826.0.1.3680043.10.1234"
"""Root of the UIDs that tests make."""


def ct_image(
    patient: int = 1, study: int = 1, series: int = 1, instance: int = 1, **attributes: Any
) -> Dataset:
    """A small CT image of the numbered place in the tree; ``attributes`` replace its own."""
    data_set = Dataset()
    data_set.SpecificCharacterSet = "ISO_IR 100"
    data_set.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data_set.SOPClassUID = CTImageStorage
    data_set.StudyDate = f"202301{study % 28:02d}"
    data_set.StudyTime = f"{8 + study % 10:02d}3000"
    data_set.AccessionNumber = f"A{patient}{study}"
    data_set.Modality = "CT"
    data_set.Manufacturer = "Nobody"
    data_set.ReferringPhysicianName = "Referrer^Rita"
    data_set.StudyDescription = f"Study {study}"
    data_set.SeriesDescription = f"Series {series}"
    data_set.PatientName = f"Patient^Number{patient}"
    data_set.PatientID = f"P{patient}"
    data_set.PatientBirthDate = f"19{50 + patient % 50}0101"
    data_set.PatientSex = "F" if patient % 2 else "M"
    data_set.StudyInstanceUID = f"{ROOT}.{patient}.{study}"
    data_set.SeriesInstanceUID = f"{ROOT}.{patient}.{study}.{series}"
    data_set.SOPInstanceUID = f"{ROOT}.{patient}.{study}.{series}.{instance}"
    data_set.StudyID = str(study)
    data_set.SeriesNumber = series
    data_set.InstanceNumber = instance
    data_set.SamplesPerPixel = 1
    data_set.PhotometricInterpretation = "MONOCHROME2"
    data_set.Rows = data_set.Columns = 16
    data_set.BitsAllocated = data_set.BitsStored = 16
    data_set.HighBit = 15
    data_set.PixelRepresentation = 1
    data_set.RescaleIntercept = "-1024"
    data_set.RescaleSlope = "1"
    data_set.PixelData = bytes(range(256)) * 2
    data_set["PixelData"].VR = "OW"
    for keyword, value in attributes.items():
        setattr(data_set, keyword, value)
    return data_set


def write(data_set: Dataset, path: Path, syntax: UID = ExplicitVRLittleEndian) -> Path:
    """Write ``data_set`` as a Part 10 file."""
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = syntax
    data_set.file_meta.MediaStorageSOPClassUID = data_set.SOPClassUID
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    path.parent.mkdir(parents=True, exist_ok=True)
    data_set.save_as(
        path,
        enforce_file_format=True,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
    )
    return path


def encoded(data_set: Dataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """The bytes of ``data_set`` alone."""
    buffer = io.BytesIO()
    write_to = Dataset(data_set)
    from pydicom.filebase import DicomFileLike
    from pydicom.filewriter import write_dataset

    file = DicomFileLike(buffer)
    file.is_little_endian = syntax.is_little_endian
    file.is_implicit_VR = syntax.is_implicit_VR
    write_dataset(file, write_to)
    return buffer.getvalue()


def data_set_bytes(path: Path) -> bytes:
    """What follows preamble and meta group in a Part 10 file."""
    with path.open("rb") as file:
        if file.seek(128) and file.read(4) != b"DICM":
            file.seek(0)
            return file.read()
        group = file.read(12)
        if group[:6] == b"\x02\x00\x00\x00UL":
            file.seek(int.from_bytes(group[8:12], "little"), io.SEEK_CUR)
            return file.read()
        file.seek(0)
        read_partial(file, stop_when=lambda tag, vr, length: tag.group != 2)
        return file.read()


def by_instance(paths: list[Path]) -> dict[str, bytes]:
    """The data set bytes of Part 10 files by SOP Instance UID."""
    return {
        str(dcmread(path, stop_before_pixels=True, force=True).SOPInstanceUID): data_set_bytes(path)
        for path in paths
    }
