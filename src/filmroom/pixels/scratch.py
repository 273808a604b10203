"""Values too large for memory: written to a file without a name, used as a view of it."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

__all__ = ["mapped"]


def mapped(
    pieces: Iterable[bytes | bytearray | memoryview],
    folder: Path | None = None,
    *,
    finish: Callable[[BinaryIO], None] | None = None,
) -> memoryview:
    """``pieces`` one behind the other in a temporary file in ``folder``, mapped read-only.

    ``finish`` may write over the beginning, once all is known. The file has no name and ends with
    the last view of it. Raises OSError where it cannot be written.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        for piece in pieces:
            file.write(piece)
        size = file.tell()
        if finish is not None:
            finish(file)
        file.flush()
        if not size:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
