"""Every image that pydicom and pydicom-data bundle decodes to the pixels that pydicom gives.

pydicom decodes with pylibjpeg, its OpenJPEG and libjpeg plugins and CharLS: other builds than ours,
and for JPEG another library altogether. Lossy images may be off by one grey level; where more is
justified the table says why. Without the plugins the images that need them are skipped; in CI that
fails.
"""

import logging
import os
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import get_decoder, pixel_array

from corpus import FILES, content, name_of
from filmroom.dicom import TRANSFER_SYNTAXES, read_data_set, read_preamble_and_meta
from filmroom.errors import DataError, MissingRequiredTag, TruncatedData
from filmroom.pixels import Frames

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_FEW = 3

OFF_BY_MORE = {
    # pylibjpeg's libjpeg repeats the samples of subsampled chrominance, libjpeg-turbo
    # interpolates them; both are allowed (ISO/IEC 10918-1 §A.1.1 leaves it open).
    "pydicom-data/color3d_jpeg_baseline.dcm": 3,
}
"""Grey levels by which a lossy image may be off."""

NOT_READ_BY_PYDICOM = {
    # pydicom takes the missing Transfer Syntax UID for an error; the bytes leave no doubt.
    "pydicom-data/OT-PAL-8-face.dcm": (480, 640),
    # pylibjpeg refuses wrong numbers in the scan header that libjpeg-turbo and DCMTK pass over.
    "test_files/JPEG-lossy.dcm": (1024, 256),
}
"""Images that only we read, with their shape."""

REFUSED = {
    # Made to test a parser: a sequence delimiter stands where the codestream has its width.
    "test_files/JPEG2000-embedded-sequence-delimiter.dcm": DataError,
    "test_files/MR_truncated.dcm": TruncatedData,
    # Number of Frames is "1A".
    "test_files/badVR.dcm": DataError,
    # Without Bits Allocated.
    "test_files/nested_priv_SQ.dcm": MissingRequiredTag,
    # A transfer syntax that the bytes do not tell.
    "test_files/meta_missing_tsyntax.dcm": DataError,
}
"""Images that neither reads."""


def is_image(path):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = pydicom.dcmread(path, force=True, specific_tags=list(_PIXELS), defer_size=64)
    except Exception:
        return False
    return any(keyword in header for keyword in _PIXELS)


IMAGES = [path for path in FILES if path.suffix != ".gz" and is_image(path)]


def read(path):
    data = content(path)
    _, offset, syntax = read_preamble_and_meta(data)
    return Frames(read_data_set(data, syntax, offset=offset), syntax, colour="stored")


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(logging.getLogger("pydicom"), "disabled", True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def require_decoder(uid):
    if get_decoder(uid).is_available:
        return
    missing = f"pydicom has no decoder for {uid}: pylibjpeg or one of its plugins is missing"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def test_the_corpus_holds_images_of_many_kinds():
    assert len(IMAGES) > 150


@pytest.mark.parametrize(
    "path",
    [path for path in IMAGES if name_of(path) not in NOT_READ_BY_PYDICOM | REFUSED.keys()],
    ids=name_of,
)
def test_pixels_are_those_of_pydicom(path, quiet):
    theirs = pydicom.dcmread(path)
    uid = theirs.file_meta.TransferSyntaxUID
    require_decoder(uid)
    frames = read(path)
    assert len(frames) == int(theirs.get("NumberOfFrames") or 1)
    allowed = 0
    if uid in ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"):
        allowed = OFF_BY_MORE.get(name_of(path), 1)
    few = sorted({*range(min(_FEW, len(frames))), len(frames) - 1})
    for number, ours in zip(few, frames.decoded(few), strict=True):
        expected = pixel_array(theirs, raw=True, index=number)
        assert ours.shape == expected.shape
        assert ours.dtype == expected.dtype.newbyteorder("=")
        difference = np.abs(ours.astype(np.float64) - expected).max()
        assert difference <= allowed, f"frame {number + 1}"


@pytest.mark.parametrize(("name", "shape"), NOT_READ_BY_PYDICOM.items())
def test_images_that_pydicom_does_not_read(name, shape, quiet):
    path = next(path for path in IMAGES if name_of(path) == name)
    with pytest.raises(Exception):  # noqa: B017, PT011  # of many kinds
        pixel_array(pydicom.dcmread(path, force=True))
    assert read(path)[0].shape == shape


@pytest.mark.parametrize(("name", "kind"), REFUSED.items())
def test_images_that_nobody_reads_are_refused_by_name(name, kind, quiet):
    path = next(path for path in IMAGES if name_of(path) == name)
    with pytest.raises(Exception):  # noqa: B017, PT011  # of many kinds
        pixel_array(pydicom.dcmread(path, force=True))
    with pytest.raises(kind):
        read(path)[0]


def test_the_corpus_covers_what_is_decoded():
    """Transfer syntaxes of which at least one image was compared."""
    seen = set()
    for path in IMAGES:
        try:
            seen.add(read_preamble_and_meta(content(path))[2].uid)
        except DataError:
            continue
    names = {TRANSFER_SYNTAXES[uid].name for uid in seen if TRANSFER_SYNTAXES[uid].encapsulated}
    assert len(names) >= 8, names
