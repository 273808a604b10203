"""Images for tests: arrays with something in them, and data sets around pixel data."""

from __future__ import annotations

from typing import Any

import numpy as np

from filmroom.dicom import VR, DataSet, Element, ExplicitVRLittleEndian, TransferSyntax
from filmroom.pixels import ImageDescription, PixelArray

PIXEL_DATA = 0x7FE00010


def described(**attributes: Any) -> ImageDescription:
    """A description of 16 rows and 18 columns, Bits Stored all those allocated, unless told."""
    allocated = attributes.setdefault("bits_allocated", 16)
    stored = attributes.setdefault("bits_stored", allocated)
    attributes.setdefault("high_bit", stored - 1)
    if attributes.get("samples_per_pixel", 1) == 3:
        attributes.setdefault("photometric_interpretation", "RGB")
    return ImageDescription(attributes.pop("rows", 16), attributes.pop("columns", 18), **attributes)


def smooth(description: ImageDescription, frame: int = 0) -> PixelArray:
    """A frame of stored values over the whole range, smooth as images are, with a little noise."""
    rows, columns = np.mgrid[: description.rows, : description.columns]
    bits = description.bits_stored
    wave = (np.sin(columns / 9 + frame) + np.cos(rows / 7) + 2) / 4
    noise = np.random.default_rng(frame).random(wave.shape) * 2
    values = np.clip(wave * ((1 << bits) - 1) + noise, 0, (1 << bits) - 1)
    if description.is_signed:
        values = values - (1 << (bits - 1))
    if description.samples_per_pixel > 1:
        turned = [values, values[::-1], values[:, ::-1], values[::-1, ::-1]]
        values = np.stack(turned[: description.samples_per_pixel], axis=-1)
    return np.ascontiguousarray(np.floor(values).astype(description.dtype))


def data_set_of(
    description: ImageDescription,
    value: bytes,
    *,
    syntax: TransferSyntax = ExplicitVRLittleEndian,
    vr: VR = VR.OW,
    encapsulated: bool | None = None,
    strict: bool = False,
    little_endian: bool = True,
) -> DataSet:
    """A data set with the image pixel module of ``description`` and ``value`` as its pixel data."""
    ds = DataSet(syntax)
    ds.parser.strict = strict
    ds["SamplesPerPixel"] = description.samples_per_pixel
    ds["PhotometricInterpretation"] = description.photometric_interpretation
    if description.samples_per_pixel > 1:
        ds["PlanarConfiguration"] = description.planar_configuration
    ds["NumberOfFrames"] = description.number_of_frames
    ds["Rows"] = description.rows
    ds["Columns"] = description.columns
    ds["BitsAllocated"] = description.bits_allocated
    ds["BitsStored"] = description.bits_stored
    ds["HighBit"] = description.high_bit
    ds["PixelRepresentation"] = description.pixel_representation
    fragments = syntax.encapsulated if encapsulated is None else encapsulated
    ds.add(
        Element(
            description.kind.value,
            vr,
            memoryview(value),
            undefined_length=fragments,
            little_endian=little_endian,
        )
    )
    return ds
