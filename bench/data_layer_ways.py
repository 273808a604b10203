"""What is compared: the same work on the same file by Filmroom and by pydicom."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.pixels import get_decoder, get_encoder
from pydicom.tag import BaseTag
from pydicom.uid import ImplicitVRLittleEndian as TheirImplicit
from pydicom.uid import JPEG2000Lossless, RLELossless

from data_layer_objects import VALUES, compressed, ct_image, multi_frame, write
from filmroom.archive.record import WANTED_TAGS
from filmroom.dicom import (
    DataSet,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ScannedFile,
    Scanner,
    read_file,
    scan_file,
    write_file,
)
from filmroom.dicom.json import encode_json
from filmroom.dicom.json_reader import read_json
from filmroom.pixels import Frames, ImageDescription, encode

PIXEL_DATA = 0x7FE00010
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Way:
    """One comparison; ``target`` is the ratio that issue 3 asks for."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    target: float | None = None
    threads: bool = False
    note: str = ""


def ways(folder: Path) -> list[Way]:
    """All comparisons, on files that are written into ``folder``."""
    ct = ct_image()
    path = write(ct, folder / "ct.dcm")
    return [
        *header_ways(path),
        *write_ways(path, folder),
        *rle_ways(write(compressed(ct), folder / "rle.dcm"), path),
        *json_ways(path),
        *multi_frame_ways(ct, folder),
    ]


def header_ways(path: Path) -> list[Way]:
    named = sorted(WANTED_TAGS)
    tags = [BaseTag(tag) for tag in named]

    def read() -> object:
        return read_file(path, stop_before=PIXEL_DATA)

    def read_values() -> object:
        data_set = read_file(path, stop_before=PIXEL_DATA).data_set
        return [data_set[keyword] for keyword in VALUES]

    def scan() -> ScannedFile:
        return scan_file(path, WANTED_TAGS)

    whole = path.read_bytes()
    offset = read_file(path).data_set_offset
    chunks = [memoryview(whole)[at : at + CHUNK] for at in range(offset, len(whole), CHUNK)]

    def scan_stream() -> Scanner:
        scanner = Scanner(ExplicitVRLittleEndian, WANTED_TAGS)
        for chunk in chunks:
            if scanner.feed(chunk):
                break
        return scanner

    def their_scan_of_stream() -> object:
        stream = io.BytesIO(whole)
        stream.seek(offset)
        return read_dataset(stream, False, True, stop_when=is_pixel_data, specific_tags=tags)

    def scan_values() -> object:
        return [element.text for element in scan().data_set()]

    their_read = partial(pydicom.dcmread, path, stop_before_pixels=True)
    their_scan = partial(their_read, specific_tags=named)

    def their_values() -> object:
        ds = their_read()
        return [ds[keyword].value for keyword in VALUES]

    def their_scan_values() -> object:
        return [str(element.value) for element in their_scan()]

    assert scan().scanner.done
    assert scan().values == scan_stream().values
    return [
        Way("header, nothing looked at", read, their_read),
        Way(f"header, {len(VALUES)} values looked at", read_values, their_values, 5),
        Way("header, every element looked at", partial(every, read), partial(every, their_read)),
        Way("index scan of a file, against its whole header", scan, their_read, 10),
        Way(
            "index scan of what arrives in chunks, against the header of the file in memory",
            scan_stream,
            lambda: pydicom.dcmread(io.BytesIO(whole), stop_before_pixels=True),
            10,
        ),
        Way("index scan of a file, against `specific_tags`", scan, their_scan),
        Way(
            "index scan of a data set that arrives in chunks, against `read_dataset` of the same",
            scan_stream,
            their_scan_of_stream,
        ),
        Way(
            "index scan of a file with all its texts, against `specific_tags`",
            scan_values,
            their_scan_values,
        ),
    ]


def is_pixel_data(tag: int, vr: str | None, length: int) -> bool:
    return tag == PIXEL_DATA


def every(read: Callable[[], object]) -> int:
    """Decode all elements of what ``read`` gives."""
    data_set = getattr(read(), "data_set", None) or read()
    return len([element.value for element in data_set])  # type: ignore[attr-defined]


def write_ways(path: Path, folder: Path) -> list[Way]:
    out, their_out = folder / "out.dcm", folder / "their-out.dcm"
    looked_at = read_file(path).data_set
    made = DataSet()
    for element in looked_at:
        made.set(element.tag, element.vr, [copied(value) for value in element.values])
    theirs = pydicom.dcmread(path)
    assert len([element.value for element in theirs]) == len(made)

    def changed() -> None:
        data_set = read_file(path).data_set
        data_set["PatientName"], data_set["PatientID"] = "Nobody^Nothing", "0"
        write_file(out, data_set, ExplicitVRLittleEndian)

    def their_changed() -> None:
        ds = pydicom.dcmread(path)
        ds.PatientName, ds.PatientID = "Nobody^Nothing", "0"
        ds.save_as(their_out, enforce_file_format=True)

    plainly = partial(theirs.save_as, their_out, enforce_file_format=True)
    implicitly = Dataset()
    implicitly.update(theirs)
    implicitly.file_meta = pydicom.dataset.FileMetaDataset(theirs.file_meta)
    implicitly.file_meta.TransferSyntaxUID = TheirImplicit
    return [
        Way("write, as it was read", partial(write_file, out, looked_at, ExplicitVRLittleEndian),
            plainly, 3),
        Way("write, every element made of values",
            partial(write_file, out, made, ExplicitVRLittleEndian), plainly, 3),
        Way("write in implicit VR, read in explicit",
            partial(write_file, out, looked_at, ImplicitVRLittleEndian),
            partial(implicitly.save_as, their_out, enforce_file_format=True), 3),
        Way("read, change two values, write", changed, their_changed),
    ]  # fmt: skip


def copied(value: object) -> object:
    """A value that refers to no file any more; items lose what they were read from."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, DataSet):
        item = DataSet()
        for element in value:
            item.set(element.tag, element.vr, [copied(inner) for inner in element.values])
        return item
    return value


def rle_ways(rle: Path, native: Path) -> list[Way]:
    ours, theirs = read_file(rle), pydicom.dcmread(rle)
    frame = Frames(read_file(native).data_set)[0]
    description = ImageDescription.of(ours.data_set)
    their_decode = partial(get_decoder(RLELossless).as_array, theirs, decoding_plugin="pydicom")
    source = pydicom.dcmread(native)
    their_encode = partial(
        get_encoder(RLELossless).encode, source.pixel_array, encoding_plugin="pydicom",
        rows=source.Rows, columns=source.Columns, number_of_frames=1, samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2", bits_allocated=16, bits_stored=source.BitsStored,
        pixel_representation=source.PixelRepresentation,
    )  # fmt: skip
    decoded = Frames(ours.data_set, ours.transfer_syntax)[0]
    assert (decoded == their_decode()[0]).all()
    assert (decoded == frame).all()
    return [
        Way("RLE decode, 512 x 512 of 16 bits",
            lambda: Frames(ours.data_set, ours.transfer_syntax)[0], their_decode, 20),
        Way("RLE encode, 512 x 512 of 16 bits",
            partial(encode, str(RLELossless), frame, description), their_encode, 20),
    ]  # fmt: skip


def json_ways(path: Path) -> list[Way]:
    text = pydicom.dcmread(path, stop_before_pixels=True).to_json()

    def to_json() -> bytes:
        return b"".join(encode_json(read_file(path, stop_before=PIXEL_DATA).data_set))

    def their_to_json() -> str:
        return pydicom.dcmread(path, stop_before_pixels=True).to_json()

    return [
        Way("header of a file to JSON", to_json, their_to_json),
        Way("JSON to a data set, every value looked at", partial(every, partial(read_json, text)),
            partial(every, partial(Dataset.from_json, text))),
    ]  # fmt: skip


def multi_frame_ways(ct: Dataset, folder: Path) -> list[Way]:
    found = []
    for name, syntax, plugin in (
        ("RLE", RLELossless, "pydicom"),
        ("JPEG 2000", JPEG2000Lossless, "pylibjpeg"),
    ):
        description = ImageDescription(
            ct.Rows, ct.Columns, bits_stored=ct.BitsStored, high_bit=ct.HighBit,
            pixel_representation=ct.PixelRepresentation,
        )  # fmt: skip
        many = multi_frame(ct, partial(encode, str(syntax), description=description), syntax)
        path = write(many, folder / f"{plugin}.dcm")
        ours, theirs = read_file(path), pydicom.dcmread(path)
        frames = Frames(ours.data_set, ours.transfer_syntax)
        one, all_at_once = partial(frames.array, 1), frames.array
        their_all = partial(get_decoder(syntax).as_array, theirs, decoding_plugin=plugin)
        count = len(frames)
        assert (all_at_once() == their_all()[0]).all()
        found += [
            Way(f"{count} frames of {name}, one thread, pydicom with {plugin}", one, their_all,
                threads=True),
            Way(f"{count} frames of {name}, threads as there are cores, pydicom with {plugin}",
                all_at_once, their_all, threads=True),
        ]  # fmt: skip
    return found
