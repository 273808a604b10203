"""Images made of NumPy arrays: data sets with pixels, palettes and overlays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, write_file

_FLOATS = {4: (0x7FE00008, VR.OF), 8: (0x7FE00009, VR.OD)}


def item(**attributes: Any) -> DataSet:
    """A data set of attributes by keyword."""
    found = DataSet()
    for keyword, value in attributes.items():
        found[keyword] = value
    return found


def image(
    pixels: Any,
    photometric: str = "MONOCHROME2",
    *,
    bits: int | None = None,
    high: int | None = None,
    **attributes: Any,
) -> DataSet:
    """An image of ``pixels``: ``(rows, columns)`` or ``(frames, rows, columns)``.

    In RGB and YBR_FULL one axis of 3 more. ``bits`` are those stored, ``high`` is the high bit.
    """
    pixels = np.asarray(pixels)
    colour = photometric in ("RGB", "YBR_FULL")
    shape = pixels.shape[:-1] if colour else pixels.shape
    size = pixels.dtype.itemsize
    data_set = item(
        SamplesPerPixel=3 if colour else 1,
        PhotometricInterpretation=photometric,
        Rows=shape[-2],
        Columns=shape[-1],
        BitsAllocated=8 * size,
        **attributes,
    )
    if len(shape) == 3:
        data_set["NumberOfFrames"] = str(shape[0])
    if colour:
        data_set["PlanarConfiguration"] = 0
    raw = pixels.tobytes()
    if pixels.dtype.kind == "f":
        data_set.set(*_FLOATS[size], raw)
        return data_set
    bits = 8 * size if bits is None else bits
    data_set["BitsStored"], data_set["HighBit"] = bits, bits - 1 if high is None else high
    data_set["PixelRepresentation"] = int(pixels.dtype.kind == "i")
    data_set.set(0x7FE00010, VR.OB if size == 1 else VR.OW, raw + b"\0" * (len(raw) & 1))
    return data_set


def add_palette(
    data_set: DataSet,
    first: int,
    reds: Sequence[int],
    greens: Sequence[int],
    blues: Sequence[int],
    bits: int = 8,
) -> DataSet:
    """A palette for stored values from ``first`` on, written in 16 bits an entry."""
    for number, table in enumerate((reds, greens, blues)):
        data_set.set(0x00281101 + number, VR.US, (len(table), first, bits))
        data_set.set(0x00281201 + number, VR.OW, np.array(table, "<u2").tobytes())
    return data_set


def add_overlay(
    data_set: DataSet,
    mask: NDArray[np.bool_],
    *,
    bit: int | None = None,
    origin: tuple[int, int] = (1, 1),
) -> DataSet:
    """An overlay in group 6000: data of its own, or said to be in a bit of the pixel data."""
    data_set.set(0x60000010, VR.US, mask.shape[0])
    data_set.set(0x60000011, VR.US, mask.shape[1])
    data_set.set(0x60000040, VR.CS, "G")
    data_set.set(0x60000050, VR.SS, origin)
    data_set.set(0x60000102, VR.US, bit or 0)
    if bit is None:
        packed = np.packbits(mask.ravel(), bitorder="little").tobytes()
        data_set.set(0x60003000, VR.OW, packed + b"\0" * (len(packed) & 1))
    return data_set


def write_image(path: Path, data_set: DataSet) -> Path:
    """``data_set`` as a file, with UIDs of its own where it has none."""
    for keyword, uid in (
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7"),
        ("SOPInstanceUID", "1.2.826.0.1.3680043.10.1234.9"),
    ):
        if keyword not in data_set:
            data_set[keyword] = uid
    write_file(path, data_set, ExplicitVRLittleEndian)
    return path
