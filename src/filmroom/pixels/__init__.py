"""Pixels: where frames stand, how they are decoded and encoded, and what they look like.

::

    file = read_file("image.dcm")
    frames = Frames(file.data_set, file.transfer_syntax)
    frames[0]            # (rows, columns) or (rows, columns, samples), stored values
    frames.array()       # all frames, decoded in parallel
    picture = Renderer(file.data_set, file.transfer_syntax)[0]   # what a person sees of it
"""

from filmroom.pixels.animation import encode_animation
from filmroom.pixels.codecs import CODECS, Codec, decode, encode
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind
from filmroom.pixels.encapsulation import (
    EncapsulatedFrames,
    basic_offset_table,
    encapsulate,
    extended_offset_table,
)
from filmroom.pixels.frames import Frames
from filmroom.pixels.picture import PictureFormat, encode_picture
from filmroom.pixels.render import Renderer
from filmroom.pixels.transcoding import can_transcode, transcode
from filmroom.pixels.view import View
from filmroom.pixels.window import Window

__all__ = [
    "CODECS",
    "Codec",
    "EncapsulatedFrames",
    "Frames",
    "ImageDescription",
    "PictureFormat",
    "PixelArray",
    "PixelKind",
    "Renderer",
    "View",
    "Window",
    "basic_offset_table",
    "can_transcode",
    "decode",
    "encapsulate",
    "encode",
    "encode_animation",
    "encode_picture",
    "extended_offset_table",
    "transcode",
]
