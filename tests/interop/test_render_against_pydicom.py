"""Rendering against pydicom's processing functions and DCMTK's dcmj2pnm, on all files of pydicom.

Where decoders may differ (lossy compression, YBR) the comparison begins at our own stored values:
this is about what is made of them.
"""

import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from processes import require
from pydicom.pixels import processing

from corpus import FILES, PYDICOM
from filmroom.dicom import read_file
from filmroom.errors import DataError
from filmroom.pixels import Frames
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.modality import modality_lut
from filmroom.pixels.palette import palette
from filmroom.pixels.render import Renderer
from filmroom.pixels.view import View
from filmroom.pixels.window import windows

PALETTE_FOLDER = PYDICOM / "palettes"
WINDOW, VOI_LUT, PALETTE, OVERLAY = 0x00281050, 0x00283010, 0x00281101, 0x60003000


@dataclass(frozen=True)
class Image:
    path: Path
    kind: str
    syntax: str
    holds: frozenset[int]


def images():
    """Files with an image of a sound description, by name; the first of those named alike."""
    found = {}
    for path in FILES:
        if path.suffix == ".gz" or path.name in found:
            continue
        try:
            file = read_file(path)
            kind = Frames(file.data_set, file.transfer_syntax).photometric_interpretation
        except DataError:
            continue
        tags = {tag for tag in (WINDOW, VOI_LUT, PALETTE, OVERLAY) if tag in file.data_set}
        found[path.name] = Image(path, kind, file.transfer_syntax.uid, frozenset(tags))
    return found


IMAGES = images()
MONOCHROME = [name for name, image in IMAGES.items() if image.kind.startswith("MONOCHROME")]
PALETTES = [name for name, image in IMAGES.items() if image.kind == "PALETTE COLOR"]


def load(name):
    path = IMAGES[name].path
    file = read_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pydicom.dcmread(path, force=True)
        list(theirs.iterall())
    return file.data_set, file.transfer_syntax, theirs


def first_frame(name, data_set, syntax):
    try:
        return np.asarray(Frames(data_set, syntax)[0])
    except DataError as error:
        pytest.skip(f"{name} cannot be decoded: {error}")


def test_there_are_many():
    assert len(MONOCHROME) > 60
    assert len(PALETTES) >= 5
    assert len(IMAGES) > 130


@pytest.mark.parametrize("name", MONOCHROME)
def test_modality_lut(name):
    data_set, syntax, theirs = load(name)
    stored = first_frame(name, data_set, syntax)
    expected = processing.apply_modality_lut(stored, theirs)
    ours = modality_lut(data_set, signed=stored.dtype.kind == "i")
    if "PerFrameFunctionalGroupsSequence" in theirs:
        return  # pydicom looks at the top level only
    assert np.array_equal(ours.apply(stored), expected)


@pytest.mark.parametrize("name", MONOCHROME)
def test_windows(name):
    data_set, syntax, theirs = load(name)
    stored = first_frame(name, data_set, syntax)
    values = processing.apply_modality_lut(stored, theirs)
    for number, window in enumerate(windows(data_set)):
        expected = processing.apply_windowing(values.astype(np.float64), theirs, number)
        low, high = _range_of(theirs)
        assert np.allclose(window.levels(values) * (high - low) + low, expected, atol=1e-6)


def _range_of(theirs):
    """The output range that pydicom gives a window, PS3.3 §C.11.2.1.2: that of its input."""
    bits, signed = theirs.BitsStored, theirs.PixelRepresentation
    low = -(2 ** (bits - 1)) if signed else 0
    high = low + 2**bits - 1
    if "RescaleSlope" in theirs:
        slope, intercept = float(theirs.RescaleSlope), float(theirs.RescaleIntercept)
        return low * slope + intercept, high * slope + intercept
    return low, high


@pytest.mark.parametrize("name", ["vlut_04.dcm"])
def test_voi_lut(name):
    data_set, syntax, theirs = load(name)
    stored = first_frame(name, data_set, syntax)
    (table,) = Renderer(data_set, syntax).voi_luts()
    assert isinstance(table, LookupTable)
    assert np.array_equal(table.apply(stored), processing.apply_voi(stored, theirs))


@pytest.mark.parametrize("name", [name for name in PALETTES if "_expb" not in name])
def test_palettes(name):
    """But those in big endian, whose tables pydicom takes for little endian; DCMTK's are ours."""
    data_set, syntax, theirs = load(name)
    stored = first_frame(name, data_set, syntax)
    expected = processing.apply_color_lut(stored, theirs)
    if expected.dtype == np.uint16:
        expected = (expected >> 8).astype(np.uint8)
    ours = palette(data_set, signed=stored.dtype.kind == "i")
    difference = np.abs(ours.apply(stored).astype(int) - expected)
    assert difference.max() <= 1


@pytest.mark.parametrize("uid", [f"1.2.840.10008.1.5.{n}" for n in range(1, 9)])
def test_well_known_palettes(uid):
    """Four of the eight of PS3.6 Annex B are segmented."""
    (path,) = (
        path for path in PALETTE_FOLDER.glob("*.dcm") if pydicom.dcmread(path).SOPInstanceUID == uid
    )
    stored = np.arange(256, dtype=np.uint8)
    expected = processing.apply_color_lut(stored, palette=uid)
    difference = np.abs(palette(read_file(path).data_set).apply(stored).astype(int) - expected)
    assert difference.max() <= 1


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_is_rendered_or_raises_a_data_error(name):
    data_set, syntax, _ = load(name)
    try:
        renderer = Renderer(data_set, syntax)
        pictures = [renderer.frame(index) for index in {0, len(renderer) - 1}]
    except DataError:
        return
    description = renderer.description
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert picture.shape[:2] == (description.rows, description.columns)


def dcmtk_can(name):
    """Whether dcmj2pnm shows the same of it: it neither measures windows nor reads all of this."""
    image = IMAGES[name]
    if name in ("eCT_Supplemental.dcm", "gdcm-US-ALOKA-16.dcm", "gdcm-US-ALOKA-16_big.dcm"):
        return False
    if image.syntax.startswith(("1.2.840.10008.1.2.4.8", "1.2.840.10008.1.2.4.9")):
        return False
    return bool(image.holds & {WINDOW, VOI_LUT}) or image.kind == "PALETTE COLOR"


DCMTK = [name for name in [*MONOCHROME, *PALETTES] if dcmtk_can(name)]
WITH_OVERLAYS = [name for name in DCMTK if OVERLAY in IMAGES[name].holds]


@pytest.mark.parametrize(
    ("name", "overlays"),
    [*((name, False) for name in DCMTK), *((name, True) for name in WITH_OVERLAYS)],
)
def test_pictures_are_those_of_dcmtk(name, overlays, tmp_path):
    path = IMAGES[name].path
    file = read_file(path)
    renderer = Renderer(file.data_set, file.transfer_syntax, View(overlays=overlays))
    try:
        ours = renderer.frame(0)
    except DataError as error:
        pytest.skip(f"{name} cannot be decoded: {error}")
    options = ["+op"] if overlays else ["+op", "-O"]
    if renderer.is_monochrome:
        table = isinstance(renderer.pipeline().voi, LookupTable)
        options += ["+Wl", "1"] if table else ["+Wi", "1"]
    out = tmp_path / "out.pnm"
    tool = require("dcmj2pnm")
    done = subprocess.run([tool, *options, path, out], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs = _netpbm(out.read_bytes())
    assert theirs.shape == ours.shape
    assert np.abs(theirs.astype(int) - ours).max() <= 1


def test_dcmtk_was_asked_about_many():
    assert len(DCMTK) > 40
    assert len(WITH_OVERLAYS) == 2


def _netpbm(data):
    """A picture of netpbm's binary kinds: magic, columns, rows, largest value, one white space."""
    magic, position, numbers = data[:2], 2, []
    while len(numbers) < 3:
        while data[position : position + 1].isspace():
            position += 1
        if data[position : position + 1] == b"#":
            position = data.index(b"\n", position)
            continue
        end = position
        while not data[end : end + 1].isspace():
            end += 1
        numbers.append(int(data[position:end]))
        position = end
    columns, rows, most = numbers
    assert most == 255
    shape = (rows, columns, 3) if magic == b"P6" else (rows, columns)
    pixels = data[position + 1 :]
    return np.frombuffer(pixels, np.uint8, int(np.prod(shape))).reshape(shape)
