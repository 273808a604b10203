"""Reading the header of a CT object, side by side with pydicom: ``python bench/dicom_header.py``.

One object in memory, 150 elements before 512 KB of pixels. pydicom reads up to the pixel data,
with all elements or only with those that the archive's index asks for; Filmroom's reader does the
same on the same bytes, its scanner gets the data set in chunks as they come from the network. Both
sides decode values lazily, so a third comparison reads twelve values of each. The ways take turns,
so that whatever else the machine does hits them alike; the figures are medians of rounds, with the
lowest and highest round.
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from filmroom.archive.record import WANTED_TAGS
from filmroom.dicom import Scanner, read_data_set, read_preamble_and_meta

ELEMENTS = 150
PIXELS = 512 * 1024
CHUNK = 64 * 1024
LOOKED_AT = (
    "PatientName", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
    "Modality", "StudyDate", "Rows", "Columns", "PixelSpacing", "RescaleSlope", "ImageType",
)  # fmt: skip


def ct_object() -> bytes:
    """A CT image as modalities write it: public and private elements, two sequences."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"]
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.FrameOfReferenceUID = generate_uid()
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Buc^Jérôme", "0123456", "19700101"
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(ds, keyword, "20230102")
        setattr(ds, keyword.replace("Date", "Time"), "101112.123456")
    for keyword in (
        "AccessionNumber", "Manufacturer", "InstitutionName", "StationName", "StudyDescription",
        "SeriesDescription", "ManufacturerModelName", "ProtocolName", "DeviceSerialNumber",
        "StudyID", "SoftwareVersions", "ReferringPhysicianName", "PerformingPhysicianName",
        "PatientComments",
    ):  # fmt: skip
        setattr(ds, keyword, keyword[:16])
    ds.Modality, ds.PatientSex, ds.PatientAge, ds.PatientPosition = "CT", "M", "053Y", "HFS"
    ds.SliceThickness, ds.KVP, ds.PixelSpacing = "1.5", "120", ["0.78125", "0.78125"]
    ds.ImagePositionPatient = ["-200.0", "-200.0", "-1234.5"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.SeriesNumber, ds.InstanceNumber, ds.AcquisitionNumber = 2, 117, 1
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = 512
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CTImageStorage, generate_uid()
    ds.ReferencedImageSequence = [item, item]
    request = Dataset()
    request.ScheduledProcedureStepID = request.RequestedProcedureID = "RP1"
    ds.RequestAttributesSequence = [request]
    ds.add_new(0x00190010, "LO", "FILMROOM BENCH")
    number = 0
    while len(ds) < ELEMENTS:
        vr, value = (("DS", "12.5"), ("LO", "some text"), ("IS", "17"), ("UL", 3))[number % 4]
        ds.add_new(0x00191000 + number, vr, value)
        number += 1
    ds.PixelData = bytes(PIXELS)
    ds["PixelData"].VR = "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def ways(file: bytes) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    _, offset, syntax = read_preamble_and_meta(file)
    chunks = [memoryview(file)[at : at + CHUNK] for at in range(offset, len(file), CHUNK)]
    named = sorted(WANTED_TAGS)

    def pydicom_all() -> object:
        return pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True)

    def pydicom_named() -> object:
        return pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True, specific_tags=named)

    def reader() -> object:
        _, start, found = read_preamble_and_meta(file)
        return read_data_set(file, found, offset=start, stop_before=0x7FE00010)

    def scanner() -> object:
        scan = Scanner(syntax, WANTED_TAGS)
        for chunk in chunks:
            if scan.feed(chunk):
                break
        scan.finish()
        return scan

    def pydicom_values() -> object:
        ds = pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True)
        return [ds[keyword].value for keyword in LOOKED_AT]

    def reader_values() -> object:
        _, start, found = read_preamble_and_meta(file)
        ds = read_data_set(file, found, offset=start, stop_before=0x7FE00010)
        return [ds[keyword] for keyword in LOOKED_AT]

    return {
        "pydicom, all": pydicom_all,
        "pydicom, specific_tags": pydicom_named,
        "pydicom, all, 12 values": pydicom_values,
        "reader": reader,
        "reader, 12 values": reader_values,
        "scanner": scanner,
    }


RATIOS = (
    ("reader", "pydicom, all"),
    ("reader, 12 values", "pydicom, all, 12 values"),
    ("scanner", "pydicom, all"),
    ("scanner", "pydicom, specific_tags"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--repeats", type=int, default=100, help="readings in a round")
    chosen = parser.parse_args()
    measured = ways(ct_object())
    seconds: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(chosen.rounds):
        for name, run in measured.items():
            start = time.process_time()
            for _ in range(chosen.repeats):
                run()
            seconds[name].append((time.process_time() - start) / chosen.repeats)
    for name, taken in seconds.items():
        print(f"{name:26} {statistics.median(taken) * 1e6:7.0f} µs {spread(taken, 1e6, 0)}")
    for ours, theirs in RATIOS:
        ratios = [b / a for a, b in zip(seconds[ours], seconds[theirs], strict=True)]
        print(f"{ours} is {statistics.median(ratios):.1f} times {theirs} {spread(ratios, 1, 1)}")


def spread(values: list[float], unit: float, digits: int) -> str:
    return f"({min(values) * unit:.{digits}f} to {max(values) * unit:.{digits}f})"


if __name__ == "__main__":
    main()
