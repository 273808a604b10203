"""A look-up table as DICOM writes it: descriptor and data of a LUT (PS3.3 §C.11.1.1, §C.11.2.1.1).

Modality, VOI and Presentation LUTs and the three tables of a palette are all of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import InvalidValue, MissingRequiredTag, TruncatedData

__all__ = ["LUT_DATA", "LUT_DESCRIPTOR", "LookupTable", "LutDescriptor", "words"]

LUT_DESCRIPTOR = 0x00283002
LUT_EXPLANATION = 0x00283003
LUT_DATA = 0x00283006
_ALL = 1 << 16


@dataclass(frozen=True, slots=True)
class LutDescriptor:
    """The three values of a LUT Descriptor."""

    count: int
    """Entries of the table, 1 to 65536."""
    first: int
    """The input value that the first entry is for."""
    bits: int
    """Bits of each entry, 1 to 16."""

    @classmethod
    def of(cls, item: DataSet, tag: int = LUT_DESCRIPTOR, *, signed: bool = False) -> Self:
        """The descriptor ``tag`` of ``item``.

        ``signed`` says that inputs may be negative: the VR of a descriptor is written once for
        three values of which only the second may have a sign, and is often the wrong one.
        Raises MissingRequiredTag without it, InvalidValue for one that describes no table.
        """
        if tag not in item:
            raise MissingRequiredTag("a look-up table without its descriptor", tag=tag)
        values = item.values_of(tag)
        if len(values) != 3 or not all(isinstance(value, int) for value in values):
            raise InvalidValue("a LUT descriptor is three integers", tag=tag)
        count, first, bits = values[0] & 0xFFFF or _ALL, values[1], values[2] & 0xFFFF
        if signed and first > 0x7FFF:
            first -= _ALL
        if not 1 <= bits <= 16:
            raise InvalidValue("entries of a look-up table have 1 to 16 bits", tag=tag)
        return cls(count, first, bits)


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A table from input values to entries; inputs before it and beyond it take its ends."""

    first: int
    """The input value of ``entries[0]``."""
    entries: NDArray[np.uint16]
    """Shape ``(count,)``."""
    bits: int
    """Entries range from 0 to ``2 ** bits - 1``."""
    explanation: str = ""

    @classmethod
    def of(
        cls,
        item: DataSet,
        descriptor: int = LUT_DESCRIPTOR,
        data: int = LUT_DATA,
        *,
        signed: bool = False,
    ) -> Self:
        """The table of two elements of ``item``; ``signed`` as for :meth:`LutDescriptor.of`.

        Raises MissingRequiredTag, InvalidValue, or TruncatedData for fewer entries than declared.
        """
        described = LutDescriptor.of(item, descriptor, signed=signed)
        element = item.element(data)
        if element is None:
            raise MissingRequiredTag("a look-up table without its data", tag=data)
        entries = words(item, element, described.count, described.bits)
        bits = described.bits
        if int(entries.max()) >> bits:
            # LENIENT: entries wider than declared, "8" written for tables of 16-bit intensities.
            item.parser.tolerate("entries of a look-up table exceed their bits", data, 0)
            bits = 16
        return cls(described.first, entries, bits, item.text(LUT_EXPLANATION))

    def apply(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """The entry of each of ``values``, in their shape; numbers between take the nearest's."""
        index = np.rint(values) if values.dtype.kind == "f" else values.astype(np.int64)
        index = np.clip(index - self.first, 0, len(self.entries) - 1)
        return np.asarray(self.entries[np.nan_to_num(index).astype(np.intp)])

    def levels(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """As :meth:`apply`, with the range of the entries scaled to 0 to 1."""
        return self.apply(values) / float((1 << self.bits) - 1)


def words(item: DataSet, element: Element, count: int, bits: int) -> NDArray[np.uint16]:
    """``count`` entries of the LUT data ``element`` of ``item``, which take 8 or 16 bits each.

    How wide they are is told by the length: tables of 8-bit entries are written both ways (PS3.3
    §C.11.1.1, note). Raises TruncatedData where there are fewer.
    """
    raw = np.frombuffer(element.raw, np.uint8)
    little = element.byte_order_is_little or element.vr is VR.UN
    if raw.size >= 2 * count:
        return raw[: 2 * count].view("<u2" if little else ">u2").astype(np.uint16)
    if raw.size < count or (bits > 8 and raw.size > count + 1):
        raise TruncatedData("fewer entries than the LUT descriptor declares", tag=element.tag)
    if not little and element.vr is not VR.OB and raw.size % 2 == 0:
        raw = raw.reshape(-1, 2)[:, ::-1].reshape(-1)
    entries = raw[:count].astype(np.uint16)
    if bits <= 8:
        return entries
    # LENIENT: "16" written for tables of 8-bit entries; scaled to the range that was declared.
    item.parser.tolerate("entries of a look-up table are narrower than declared", element.tag, 0)
    full = np.uint16((1 << bits) - 1)
    return (entries.astype(np.uint32) * full // 255).astype(np.uint16)
