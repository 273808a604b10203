"""An image into another transfer syntax: pixels decoded and encoded again (PS3.5 §8.2, §A.4).

Frame after frame, so that memory holds a few of them whatever their number. What the image says
about its pixels follows them; whatever else it says stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, DataSet, Element, ExplicitVRLittleEndian, TransferSyntax
from filmroom.dicom.writer import swapped
from filmroom.errors import DataError, InvalidTransferSyntax
from filmroom.pixels import native
from filmroom.pixels.codecs import CODECS, encode
from filmroom.pixels.colour import FULL, to_ybr_full
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind
from filmroom.pixels.encapsulation import encapsulate, extended_offset_table
from filmroom.pixels.frames import Frames
from filmroom.pixels.lossy import mark_as_derived
from filmroom.pixels.overlay import overlays
from filmroom.pixels.parallel import in_order, workers_for
from filmroom.pixels.pixel_cells import pixel_cells
from filmroom.pixels.scratch import mapped

__all__ = ["COLOUR_TRANSFORMS", "can_transcode", "transcode"]

_PREFIX = "1.2.840.10008.1.2.4."
_ICONS = 0x00880200
_PIXEL_DATA = 0x7FE00010
_BITS_ALLOCATED = 0x00280100
_EXTENDED_OFFSETS, _EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
_PHOTOMETRIC, _PLANAR, _HIGH_BIT = 0x00280004, 0x00280006, 0x00280102
_LONGEST_BASIC = 0xFFFFFFFF
_ITEM_HEADER = 8
_SUBSAMPLED = "YBR_FULL_422"

_PIXELS_ELSEWHERE = frozenset(
    {
        *(f"{_PREFIX}{number}" for number in (94, 95, 204, 205)),  # JPIP: at an address
        *(f"1.2.840.10008.1.2.7.{number}" for number in (1, 2, 3)),  # SMPTE: in a stream beside it
    }
)
"""Transfer syntaxes of data sets without pixels of their own (PS3.5 Annex A)."""

COLOUR_TRANSFORMS: dict[str, str] = {
    f"{_PREFIX}50": _SUBSAMPLED,
    f"{_PREFIX}51": _SUBSAMPLED,
    f"{_PREFIX}90": "YBR_RCT",
    f"{_PREFIX}91": "YBR_ICT",
    f"{_PREFIX}112": "XYB",
    f"{_PREFIX}201": "YBR_RCT",
    f"{_PREFIX}202": "YBR_RCT",
    f"{_PREFIX}203": "YBR_ICT",
}
"""Photometric Interpretation of colour by transfer syntax; in others it stays (PS3.5 §8.2)."""


def can_transcode(stored: TransferSyntax, wanted: TransferSyntax) -> bool:
    """Whether pixels can be brought from one transfer syntax into the other without loss.

    Bits and colours that an encoder does not take show only in the attempt.
    """
    if stored.uid in _PIXELS_ELSEWHERE or wanted.uid in _PIXELS_ELSEWHERE:
        return False
    if stored.encapsulated and stored.uid not in CODECS:
        return False
    if not wanted.encapsulated:
        return True
    codec = CODECS.get(wanted.uid)
    return codec is not None and codec.encode is not None and not codec.is_lossy


def transcode(
    data_set: DataSet,
    stored: TransferSyntax,
    wanted: TransferSyntax,
    *,
    quality: float | None = None,
    workers: int | None = None,
    scratch: Path | None = None,
) -> DataSet:
    """``data_set``, read in ``stored``, with its pixels as ``wanted`` asks; to be encoded in it.

    The data set itself where nothing has to change, else a copy whose pixel data lies in a file
    without a name in ``scratch``. Where ``wanted`` loses, the copy is a new instance with a new
    SOP Instance UID that says what was lost; ``quality`` is in the unit that the codec names.
    Raises :class:`InvalidTransferSyntax` where one of the two cannot be decoded or encoded, other
    DataErrors for pixels that are not as described, OSError where the disk is full.
    """
    kind = next((kind for kind in PixelKind if kind.value in data_set), None)
    if kind is None or stored.uid == wanted.uid:
        return data_set
    if not stored.encapsulated and not wanted.encapsulated:
        return _in_true_words(data_set, stored, scratch)
    if kind is not PixelKind.INTEGER:
        raise InvalidTransferSyntax("float pixel data is never compressed", tag=kind.value)
    plan = _Plan.of(data_set, stored, wanted, quality)
    out = data_set.copy()
    _separate_overlays(out, plan.frames)
    _decode_icons(out, stored)
    out.set(_PHOTOMETRIC, VR.CS, plan.description.photometric_interpretation)
    if plan.description.samples_per_pixel > 1:
        out.set(_PLANAR, VR.US, 0)
    out.set(_HIGH_BIT, VR.US, plan.description.high_bit)
    for tag in (_EXTENDED_OFFSETS, _EXTENDED_LENGTHS):
        if tag in out:
            del out[tag]
    threads = workers_for(workers)
    if wanted.encapsulated:
        _put_encapsulated(out, plan, threads, scratch)
    else:
        _put_native(out, plan, threads, scratch)
    return out


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is done with each frame."""

    frames: Frames
    wanted: TransferSyntax
    description: ImageDescription
    """Of the frames as they will be."""
    quality: float | None
    to_ybr: bool
    """Whether RGB has to become YBR_FULL before it is encoded."""

    @classmethod
    def of(
        cls,
        data_set: DataSet,
        stored: TransferSyntax,
        wanted: TransferSyntax,
        quality: float | None,
    ) -> _Plan:
        into = COLOUR_TRANSFORMS.get(wanted.uid)
        codec = CODECS.get(stored.uid)
        if wanted.encapsulated:
            # These transforms are the codec's own, and lossy ones: they begin with RGB.
            as_rgb = into in ("YBR_ICT", "XYB")
        else:
            as_rgb = codec is not None and codec.is_lossy
        frames = Frames(data_set, stored, colour="rgb" if as_rgb else "stored")
        found = frames.description
        photometric = frames.photometric_interpretation
        to_ybr = False
        if found.samples_per_pixel == 3 and wanted.encapsulated and into is not None:
            to_ybr = into == _SUBSAMPLED and photometric == "RGB"
            if to_ybr or photometric == "RGB" or (into == _SUBSAMPLED and photometric in FULL):
                photometric = into
        lossy = wanted.encapsulated and wanted.uid in CODECS and CODECS[wanted.uid].is_lossy
        if lossy and photometric == "PALETTE COLOR":
            raise InvalidTransferSyntax(
                "indices into a palette cannot be compressed with loss", tag=_PHOTOMETRIC
            )
        description = replace(
            found,
            photometric_interpretation=photometric,
            planar_configuration=0,
            high_bit=found.bits_stored - 1,
        )
        return cls(frames, wanted, description, quality, to_ybr)

    def encoded(self, index: int) -> bytes:
        """Frame ``index``, compressed as wanted."""
        array: PixelArray = self.frames[index]
        if self.to_ybr:
            array = to_ybr_full(array, self.description.bits_stored)
        return encode(self.wanted, array, self.description, quality=self.quality)

    def packed(self, indices: range) -> bytes:
        """Frames as native pixel data."""
        return native.pack(np.stack(self.frames[indices.start : indices.stop]), self.description)


def _put_encapsulated(out: DataSet, plan: _Plan, workers: int, scratch: Path | None) -> None:
    count = len(plan.frames)
    lengths: list[int] = []

    def compressed() -> Iterator[bytes]:
        for frame in in_order(plan.encoded, range(count), workers=workers):
            lengths.append(len(frame))
            yield frame

    def table_in_front(file: BinaryIO) -> None:
        if _end_of(lengths) <= _LONGEST_BASIC:
            file.seek(0)
            file.write(next(encapsulate((), lengths)))

    # The offset table stands before the frames and is known after them: room is left for it, and
    # behind that room encapsulate() puts an empty one.
    room = bytes(4 * count)
    value = mapped(chain((room,), encapsulate(compressed())), scratch, finish=table_in_front)
    if _end_of(lengths) > _LONGEST_BASIC:
        value = value[len(room) :]
        offsets, sizes = extended_offset_table(lengths)
        out.set(_EXTENDED_OFFSETS, VR.OV, offsets)
        out.set(_EXTENDED_LENGTHS, VR.OV, sizes)
    out.add(Element(_PIXEL_DATA, VR.OB, value, undefined_length=True))
    if CODECS[plan.wanted.uid].is_lossy:
        before = plan.description.samples * plan.description.bits_allocated / 8 * count
        mark_as_derived(out, plan.wanted, before / sum(lengths))


def _end_of(lengths: list[int]) -> int:
    return sum(length + length % 2 + _ITEM_HEADER for length in lengths)


def _put_native(out: DataSet, plan: _Plan, workers: int, scratch: Path | None) -> None:
    description, count = plan.description, len(plan.frames)
    # Frames of single bits go together in groups that end at a whole byte.
    together = 8 // math.gcd(description.samples * description.bits_allocated, 8)
    groups = [range(at, min(at + together, count)) for at in range(0, count, together)]
    value = mapped(in_order(plan.packed, groups, workers=workers), scratch)
    vr = VR.OB if description.bits_allocated == 8 else VR.OW
    out.add(Element(_PIXEL_DATA, vr, value))


def _in_true_words(data_set: DataSet, stored: TransferSyntax, scratch: Path | None) -> DataSet:
    """The data set, its 32-bit samples as two words each where they stood as whole numbers.

    See :attr:`Frames.are_whole_numbers`: as words, which a writer turns round one by one, they
    would become other samples.
    """
    element = data_set.element(_PIXEL_DATA)
    bits = data_set.values_of(_BITS_ALLOCATED)
    if stored.little_endian or element is None or element.vr is not VR.OW or bits != (32,):
        return data_set
    try:
        frames = Frames(data_set, stored, colour="stored")
    except DataError:  # what is no image goes as it stands
        return data_set
    if not frames.are_whole_numbers:
        return data_set
    out = data_set.copy()
    out.add(Element(_PIXEL_DATA, VR.OW, mapped(swapped(element.raw, 4), scratch)))
    return out


def _decode_icons(out: DataSet, stored: TransferSyntax) -> None:
    """Icons may stay native whatever the transfer syntax, but not compressed in another one."""
    for icon in out.sequence(_ICONS):
        element = icon.element(_PIXEL_DATA)
        if element is not None and element.undefined_length:
            plan = _Plan.of(icon, stored, ExplicitVRLittleEndian, None)
            icon.set(_PHOTOMETRIC, VR.CS, plan.description.photometric_interpretation)
            _put_native(icon, plan, 1, None)


def _separate_overlays(out: DataSet, frames: Frames) -> None:
    """Give overlays that stand in bits of the pixel data a value of their own (PS3.3 §C.9.2)."""
    embedded = [overlay for overlay in overlays(out) if overlay.bit is not None]
    if not embedded:
        return
    bits: dict[int, list[NDArray[np.bool_]]] = {overlay.group: [] for overlay in embedded}
    for number in range(len(frames)):
        cells = pixel_cells(out, frames, number)
        for overlay in embedded:
            bits[overlay.group].append(overlay.mask(number, cells).reshape(-1))
    for overlay in embedded:
        base = overlay.group << 16
        packed = np.packbits(np.concatenate(bits[overlay.group]), bitorder="little").tobytes()
        out.set(base | 0x0010, VR.US, overlay.rows)
        out.set(base | 0x0011, VR.US, overlay.columns)
        if len(frames) > 1:
            out.set(base | 0x0015, VR.IS, len(frames))
            out.set(base | 0x0051, VR.US, 1)
        out.set(base | 0x0050, VR.SS, [1, 1])
        out.set(base | 0x0100, VR.US, 1)
        out.set(base | 0x0102, VR.US, 0)
        out.set(base | 0x3000, VR.OW, packed)
