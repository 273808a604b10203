"""Memory of mapped files given back while they are read, so that it does not grow with them."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator

from filmroom.dicom.writer import Piece

__all__ = ["STRETCH", "in_stretches", "release"]

STRETCH = 16 << 20
"""Bytes of a mapped file that are looked at before their memory is given back."""

_GIVE_BACK = getattr(mmap, "MADV_DONTNEED", None)


def release(view: Piece) -> None:
    """Give back the memory of the map that ``view`` is of; what is looked at again is read again.

    Of other bytes, and where the system cannot do so, nothing happens.
    """
    mapped = view.obj if isinstance(view, memoryview) else None
    if isinstance(mapped, mmap.mmap) and _GIVE_BACK is not None:
        mapped.madvise(_GIVE_BACK)


def in_stretches(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """``pieces``, the long ones cut, each given back when the next one is asked for."""
    for piece in pieces:
        for start in range(0, len(piece), STRETCH):
            yield piece[start : start + STRETCH]
            if len(piece) > STRETCH:
                release(piece)
