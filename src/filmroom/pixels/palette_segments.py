"""Segmented palette data: a look-up table written as runs and slopes (PS3.3 §C.7.9.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, Element
from filmroom.errors import InvalidValue, LengthOutOfBounds, TruncatedData

__all__ = ["expanded"]

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_MOST_BYTES = 1 << 20
"""More than segments of 65536 entries in all can take."""


def expanded(element: Element, count: int, bits: int) -> NDArray[np.uint16]:
    """The ``count`` entries that the segments of ``element`` stand for.

    Segments are numbers of 8 bits where entries have 8, else of 16. Raises TruncatedData where
    they end too early, LengthOutOfBounds for more entries than ``count``, InvalidValue for a
    segment that cannot be.
    """
    raw = np.frombuffer(element.raw, np.uint8)
    if raw.size > _MOST_BYTES:
        raise LengthOutOfBounds("palette segments of over a megabyte", tag=element.tag)
    little = element.byte_order_is_little or element.vr is VR.UN
    if bits > 8:
        data = raw[: raw.size & ~1].view("<u2" if little else ">u2").tolist()
    else:
        swapped = not little and element.vr is VR.OW and raw.size % 2 == 0
        data = (raw.reshape(-1, 2)[:, ::-1].reshape(-1) if swapped else raw).tolist()
    expansion = _Expansion(data, count, bits, element.tag)
    expansion.run(0, None)
    if len(expansion.entries) < count:
        raise TruncatedData(
            "segments give fewer entries than the descriptor declares", tag=element.tag
        )
    return np.array(expansion.entries, np.uint16)


class _Expansion:
    """Segments being turned into entries."""

    def __init__(self, data: list[int], count: int, bits: int, tag: int) -> None:
        self.entries: list[int] = []
        self._data = data
        self._count = count
        self._tag = tag
        # A byte offset takes 32 bits: two numbers of 16, or four of 8.
        self._offset_size, self._unit = (2, 2) if bits > 8 else (4, 1)

    def run(self, position: int, segments: int | None) -> None:
        """Expand ``segments`` segments from ``position`` on; None: until the table is full.

        Padding may follow the last segment.
        """
        indirect_allowed = segments is None
        while len(self.entries) < self._count and position < len(self._data):
            if segments is not None:
                if not segments:
                    return
                segments -= 1
            opcode, length = self._read(position, 2)
            position += 2
            if not length:  # every segment adds entries, so that their number is bounded
                raise InvalidValue("a palette segment of no length", tag=self._tag)
            if opcode == _DISCRETE:
                self._append(self._read(position, length))
                position += length
            elif opcode == _LINEAR:
                self._line(self._read(position, 1)[0], length)
                position += 1
            elif opcode == _INDIRECT and indirect_allowed:
                self.run(self._offset(position), length)
                position += self._offset_size
            else:
                raise InvalidValue(f"no palette segment of type {opcode} here", tag=self._tag)

    def _read(self, position: int, length: int) -> list[int]:
        numbers = self._data[position : position + length]
        if len(numbers) < length:
            raise TruncatedData("a palette segment ends too early", tag=self._tag)
        return numbers

    def _offset(self, position: int) -> int:
        """Where an indirect segment points to: least significant number first."""
        bits = 8 * self._unit
        parts = self._read(position, self._offset_size)
        offset = sum(part << bits * place for place, part in enumerate(parts))
        if offset % self._unit or offset // self._unit >= len(self._data):
            raise InvalidValue("an indirect segment points outside the palette", tag=self._tag)
        return offset // self._unit

    def _append(self, numbers: list[int]) -> None:
        if len(self.entries) + len(numbers) > self._count:
            raise LengthOutOfBounds(
                "segments give more entries than the descriptor declares", tag=self._tag
            )
        self.entries += numbers

    def _line(self, end: int, length: int) -> None:
        """A slope from the entry before, which is not repeated, to ``end``."""
        if not self.entries:
            raise InvalidValue("a palette cannot begin with a linear segment", tag=self._tag)
        line = np.linspace(self.entries[-1], end, length + 1)[1:]
        self._append(np.rint(line).astype(int).tolist())
