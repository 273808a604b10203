"""What the data layer is measured on, written by pydicom: a CT image, and many frames of it."""

import copy
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, generate_uid

ELEMENTS = 150
FRAMES = 24
VALUES = (
    "SpecificCharacterSet", "ImageType", "SOPClassUID", "SOPInstanceUID", "StudyDate", "StudyTime",
    "AccessionNumber", "Modality", "Manufacturer", "StudyDescription", "SeriesDescription",
    "PatientName", "PatientID", "PatientSex", "PatientAge", "SliceThickness", "KVP",
    "StudyInstanceUID", "SeriesInstanceUID", "StudyID", "SeriesNumber", "InstanceNumber",
    "ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID", "Rows", "Columns",
    "PixelSpacing", "BitsStored", "RescaleIntercept", "RescaleSlope",
)  # fmt: skip
"""What both sides read of a header: 31 values of 12 VRs."""


def _data_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


def ct_image() -> FileDataset:
    """A CT image of 150 elements, 512 by 512 of 16 bits: a GE header and pixels, both real.

    The header is that of pydicom's CT_small.dcm with as many of its private elements as make 150,
    the pixels are those of 693_UNCR.dcm of pydicom-data.
    """
    ds = pydicom.dcmread(_data_of("pydicom") / "test_files" / "CT_small.dcm")
    image = pydicom.dcmread(_data_of("data_store") / "693_UNCR.dcm")
    for tag in [tag for tag in ds.keys() if tag.element == 0]:  # noqa: SIM118
        del ds[tag]
    if "DataSetTrailingPadding" in ds:
        del ds.DataSetTrailingPadding
    ds.PixelData = image.PixelData
    for keyword in ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit",
                    "PixelRepresentation"):  # fmt: skip
        setattr(ds, keyword, getattr(image, keyword))
    for keyword in VALUES:
        if keyword not in ds:
            setattr(ds, keyword, getattr(image, keyword, "") or f"bench {keyword}"[:16])
    private = [tag for tag in ds.keys() if tag.is_private and not tag.is_private_creator]  # noqa: SIM118
    for tag in reversed(private):
        if len(ds) <= ELEMENTS + 1:
            break
        del ds[tag]
    assert len(ds) == ELEMENTS + 1, "150 elements before the pixel data"
    ds.ensure_file_meta()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def write(ds: Dataset, path: Path) -> Path:
    ds.save_as(path, enforce_file_format=True)
    return path


def compressed(ds: FileDataset) -> FileDataset:
    """The image in RLE Lossless, by pydicom."""
    other = copy.deepcopy(ds)
    other.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return other


def multi_frame(ds: FileDataset, encode_frame, syntax: str) -> FileDataset:
    """The image ``FRAMES`` times over, each turned and shifted a little, compressed."""
    other = copy.deepcopy(ds)
    array = ds.pixel_array
    frames = [np.roll(array, 7 * number, axis=number % 2) for number in range(FRAMES)]
    other.NumberOfFrames = FRAMES
    other.SOPInstanceUID = generate_uid()
    other.PixelData = encapsulate([encode_frame(frame) for frame in frames])
    other["PixelData"].VR = "OB"
    other["PixelData"].is_undefined_length = True
    other.file_meta.TransferSyntaxUID = syntax
    return other


def sparse(ds: FileDataset, path: Path, size: int) -> Path:
    """A multi-frame image of ``size`` bytes whose pixels are a hole in the file."""
    other = copy.deepcopy(ds)
    frame = len(ds.PixelData)
    count = (size - 65536) // frame
    other.NumberOfFrames = count
    other.PixelData = b"\0\0"
    write(other, path)
    data = bytearray(path.read_bytes())
    assert data[-6:] == b"\2\0\0\0\0\0", "pixel data of two bytes stands last"
    data[-6:] = (count * frame).to_bytes(4, "little") + b"\0\0"
    with path.open("wb") as file:
        file.write(data)
        file.truncate(len(data) - 2 + count * frame)
    return path
