"""Compressed images that DCMTK, pydicom and CharLS write are read, and they read ours.

DCMTK compresses JPEG with its own libjpeg and JPEG-LS with an old CharLS; pydicom JPEG 2000 through
OpenJPEG, and JPEG-LS through pyjpegls. What peers and we make of the same pixels must be the same
where nothing is lost, and within one grey level where both decode the same lossy stream.
"""

from importlib.util import find_spec

import numpy as np
import pydicom
import pytest
from pixel_arrays import PIXEL_DATA, data_set_of, described, smooth
from processes import require, run
from pydicom.pixels import pixel_array
from pydicom.uid import UID

from filmroom.dicom import (
    VR,
    Element,
    ExplicitVRLittleEndian,
    generate_uid,
    read_file,
    transfer_syntax,
    write_file,
)
from filmroom.pixels import Frames, decode, encapsulate, encode
from filmroom.pixels.native import pack

PREFIX = "1.2.840.10008.1.2"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
GREY_8 = described(rows=70, columns=67, bits_allocated=8)
GREY_12 = described(rows=70, columns=67, bits_stored=12)
GREY_16 = described(rows=70, columns=67)
SIGNED_12 = described(rows=70, columns=67, bits_stored=12, pixel_representation=1)
SIGNED_16 = described(rows=70, columns=67, pixel_representation=1)
RGB = described(rows=70, columns=64, bits_allocated=8, samples_per_pixel=3)
SEVERAL = described(rows=70, columns=67, bits_stored=12, number_of_frames=3)


def frames_of(description):
    return np.stack([smooth(description, n) for n in range(description.number_of_frames)])


def write(path, description, syntax=ExplicitVRLittleEndian, frames=()):
    """A Secondary Capture of smooth pixels, native or of the compressed ``frames``."""
    if syntax.encapsulated:
        value = b"".join(encapsulate(frames, [len(frame) for frame in frames]))
        ds = data_set_of(description, value, syntax=syntax, vr=VR.OB)
    else:
        vr = VR.OB if description.bits_allocated == 8 else VR.OW
        value = pack(frames_of(description), description)
        ds = data_set_of(description, value + b"\0" * (len(value) % 2), vr=vr)
    ds["SOPClassUID"], ds["SOPInstanceUID"] = SECONDARY_CAPTURE, generate_uid()
    ds["StudyInstanceUID"], ds["SeriesInstanceUID"] = generate_uid(), generate_uid()
    ds["PatientID"] = "CODECS"
    write_file(path, ds, syntax)
    return path


def pixels(path, colour="stored"):
    file = read_file(path)
    found = Frames(file.data_set, file.transfer_syntax, colour=colour).array()
    assert file.data_set.issues == []
    return found


def named(description):
    colour = description.photometric_interpretation
    sign = "signed" if description.is_signed else "unsigned"
    return f"{colour}-{description.bits_stored}-{sign}-{description.number_of_frames}"


ALL = [GREY_8, GREY_12, GREY_16, SIGNED_12, SIGNED_16, RGB, SEVERAL]
LOSSLESS_OF_DCMTK = [
    ("dcmcjpeg", ("+e1",), ALL),
    *(("dcmcjpeg", ("+el", "+sv", str(n)), [GREY_8, GREY_16]) for n in range(1, 8)),
    ("dcmcjpls", ("+el",), ALL),
    ("dcmcjpls", ("+el", "+pc"), [GREY_12]),
    ("dcmcjpls", ("+el", "+is"), [RGB]),
    ("dcmcjpls", ("+el", "+il"), [RGB]),
    ("dcmcjpls", ("+el", "+in"), [RGB]),
    ("dcmcjpls", ("+el", "+fs", "1"), [GREY_8]),
    ("dcmcrle", (), ALL),
    ("dcmcrle", ("+fs", "1"), [SEVERAL]),
    ("dcmcrle", ("-ot",), [SEVERAL]),
]


@pytest.mark.parametrize(
    ("tool", "options", "description"),
    [(tool, options, one) for tool, options, several in LOSSLESS_OF_DCMTK for one in several],
    ids=lambda value: value if isinstance(value, str) else
    " ".join(value) if isinstance(value, tuple) else named(value),
)  # fmt: skip
def test_what_dcmtk_compresses_without_loss_is_read(tool, options, description, tmp_path):
    native = write(tmp_path / "native.dcm", description)
    run(require(tool), *options, native, tmp_path / "out.dcm")
    assert np.array_equal(pixels(tmp_path / "out.dcm"), frames_of(description))


@pytest.mark.parametrize(
    ("tool", "options", "undo", "description"),
    [
        ("dcmcjpeg", ("+eb",), ("dcmdjpeg",), GREY_8),
        ("dcmcjpeg", ("+eb", "+cr"), ("dcmdjpeg", "+cn"), RGB),
        ("dcmcjpeg", ("+eb", "+cy", "+s4"), ("dcmdjpeg", "+cn"), RGB),
        ("dcmcjpeg", ("+ee",), ("dcmdjpeg",), GREY_8),
        ("dcmcjpeg", ("+ee",), ("dcmdjpeg",), GREY_12),
        ("dcmcjpls", ("+en", "+md", "3"), ("dcmdjpls",), GREY_8),
        ("dcmcjpls", ("+en", "+md", "3"), ("dcmdjpls",), GREY_16),
        ("dcmcjpls", ("+en", "+md", "3"), ("dcmdjpls",), RGB),
    ],
)
def test_what_dcmtk_compresses_with_loss_is_read_as_it_does(
    tool, options, undo, description, tmp_path
):
    native = write(tmp_path / "native.dcm", description)
    run(require(tool), *options, native, tmp_path / "lossy.dcm")
    run(require(undo[0]), *undo[1:], tmp_path / "lossy.dcm", tmp_path / "theirs.dcm")
    ours, theirs = pixels(tmp_path / "lossy.dcm"), pixels(tmp_path / "theirs.dcm")
    assert not np.array_equal(ours, frames_of(description))
    assert np.abs(ours.astype(int) - theirs).max() <= (1 if tool == "dcmcjpeg" else 0)


OURS_BY_DCMTK = [
    (70, "dcmdjpeg", ALL),
    (57, "dcmdjpeg", ALL),
    (80, "dcmdjpls", ALL),
    (50, "dcmdjpeg", [GREY_8]),
    (51, "dcmdjpeg", [GREY_12]),
    (81, "dcmdjpls", [GREY_8, GREY_12, GREY_16, RGB]),
    (None, "dcmdrle", ALL),
]


@pytest.mark.parametrize(
    ("number", "tool", "description"),
    [(number, tool, one) for number, tool, several in OURS_BY_DCMTK for one in several],
    ids=lambda value: named(value) if hasattr(value, "rows") else str(value),
)
def test_dcmtk_reads_what_is_encoded_here(number, tool, description, tmp_path):
    syntax = transfer_syntax(f"{PREFIX}.4.{number}" if number else f"{PREFIX}.5")
    encoded = [encode(syntax, frame, description) for frame in frames_of(description)]
    path = write(tmp_path / "ours.dcm", description, syntax, encoded)
    run(require(tool), path, tmp_path / "theirs.dcm")
    ours, theirs = pixels(path), pixels(tmp_path / "theirs.dcm")
    if not syntax.lossy:
        assert np.array_equal(ours, frames_of(description))
    assert np.abs(ours.astype(int) - theirs).max() <= (1 if number in (50, 51) else 0)


# ------------------------------------------------------------------ pydicom


def needs(*modules):
    return pytest.mark.skipif(
        not all(map(find_spec, modules)), reason=f"without {' and '.join(modules)}"
    )


@needs("openjpeg")
@pytest.mark.parametrize("number", [90, 91, 201, 202, 203])
@pytest.mark.parametrize("description", ALL, ids=named)
def test_pydicom_reads_what_is_encoded_as_jpeg_2000_here(number, description, tmp_path):
    syntax = transfer_syntax(f"{PREFIX}.4.{number}")
    encoded = [encode(syntax, frame, description) for frame in frames_of(description)]
    path = write(tmp_path / "ours.dcm", description, syntax, encoded)
    theirs = pixel_array(pydicom.dcmread(path), raw=True).reshape(pixels(path).shape)
    bits = description.bits_stored
    lowest = -(1 << (bits - 1)) if description.is_signed else 0
    # Errors of lossy codecs that lead out of Bits Stored are clipped here, and not by pydicom.
    clipped = theirs.clip(lowest, lowest + (1 << bits) - 1) if syntax.lossy else theirs
    assert np.abs(pixels(path).astype(int) - clipped).max() <= (1 if syntax.lossy else 0)


@needs("openjpeg", "jpeg_ls")
@pytest.mark.parametrize("number", [80, 90])
@pytest.mark.parametrize("description", ALL, ids=named)
def test_what_pydicom_compresses_is_read(number, description, tmp_path):
    native = write(tmp_path / "native.dcm", description)
    ds = pydicom.dcmread(native)
    ds.compress(UID(f"{PREFIX}.4.{number}"), encoding_plugin="pylibjpeg" if number == 90 else "")
    ds.save_as(tmp_path / "theirs.dcm")
    assert np.array_equal(pixels(tmp_path / "theirs.dcm"), frames_of(description))


@needs("jpeg_ls")
@pytest.mark.parametrize("bits", range(2, 17))
@pytest.mark.parametrize("signed", [0, 1])
def test_jpeg_ls_of_every_precision_is_read(bits, signed):
    import jpeg_ls

    description = described(
        bits_allocated=8 if bits <= 8 else 16, bits_stored=bits, pixel_representation=signed
    )
    array = smooth(description)
    raw = array.astype(np.int32) & ((1 << bits) - 1)
    encoded = jpeg_ls.encode_pixel_data(
        raw.astype(f"u{array.itemsize}").tobytes(), rows=16, columns=18, samples_per_pixel=1,
        bits_allocated=description.bits_allocated, bits_stored=bits,
        pixel_representation=0, planar_configuration=0, photometric_interpretation="MONOCHROME2",
    )  # fmt: skip
    assert np.array_equal(decode(f"{PREFIX}.4.80", bytes(encoded), description), array)


@needs("jpeg_ls")
@pytest.mark.parametrize("interleave", [0, 1, 2])
@pytest.mark.parametrize("lossy_error", [0, 2])
def test_every_interleaving_of_jpeg_ls_is_read(interleave, lossy_error):
    import jpeg_ls

    array = smooth(RGB)
    planes = np.ascontiguousarray(array.transpose(2, 0, 1)) if interleave == 0 else array
    encoded = jpeg_ls.encode_array(planes, lossy_error=lossy_error, interleave_mode=interleave)
    found = decode(f"{PREFIX}.4.{81 if lossy_error else 80}", bytes(encoded), RGB)
    assert np.abs(found.astype(int) - array).max() <= lossy_error


def test_a_file_written_here_holds_what_its_pixel_data_says(tmp_path):
    """The element of DCMTK's dump, so that the files above are what they seem to be."""
    syntax = transfer_syntax(f"{PREFIX}.5")
    encoded = [encode(syntax, frame, SEVERAL) for frame in frames_of(SEVERAL)]
    path = write(tmp_path / "ours.dcm", SEVERAL, syntax, encoded)
    dump = run(require("dcmdump"), "+P", "7fe0,0010", path).stdout
    assert "PixelSequence #=4" in dump
    element = read_file(path).data_set.element(PIXEL_DATA)
    assert isinstance(element, Element)
    assert element.undefined_length
