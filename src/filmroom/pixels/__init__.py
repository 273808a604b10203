"""Pixels: where frames stand, how they are decoded and encoded, what colours they have.

::

    file = read_file("image.dcm")
    frames = Frames(file.data_set, file.transfer_syntax)
    frames[0]            # (rows, columns) or (rows, columns, samples), stored values
    frames.array()       # all frames, decoded in parallel
"""

from filmroom.pixels.codecs import CODECS, Codec, decode, encode
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind
from filmroom.pixels.encapsulation import (
    EncapsulatedFrames,
    basic_offset_table,
    encapsulate,
    extended_offset_table,
)
from filmroom.pixels.frames import Frames
from filmroom.pixels.transcoding import can_transcode, transcode

__all__ = [
    "CODECS",
    "Codec",
    "EncapsulatedFrames",
    "Frames",
    "ImageDescription",
    "PixelArray",
    "PixelKind",
    "basic_offset_table",
    "can_transcode",
    "decode",
    "encapsulate",
    "encode",
    "extended_offset_table",
    "transcode",
]
