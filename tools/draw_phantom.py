"""Draw the sample study as one PNG for the README: ``python tools/draw_phantom.py [OUT.png]``."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filmroom.cli.phantom import HEIGHT, hounsfield_slice


def window(hounsfield: NDArray[np.float32], centre: float, width: float) -> NDArray[np.uint8]:
    """Linear window to grey levels 0 to 255."""
    grey = np.clip((hounsfield - (centre - width / 2)) / width, 0, 1) * 255
    return np.asarray(grey, dtype=np.uint8)


def png(grey: NDArray[np.uint8]) -> bytes:
    """An 8-bit greyscale PNG of ``grey``."""
    rows, columns = grey.shape
    lines = b"".join(b"\x00" + line.tobytes() for line in grey)

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )


def main() -> None:
    """Write the picture."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/phantom.png")
    heights = [HEIGHT * step / 11 for step in range(12)]
    random = np.random.default_rng(7)
    tiles = []
    for z in heights:
        slice_ = hounsfield_slice(z, size=320)
        slice_ += random.normal(0, 9, slice_.shape).astype(np.float32)
        tiles.append(window(slice_[36:308, 8:312], *((-70, 950) if z < 200 else (40, 420))))
    rows = [np.hstack(tiles[row * 4 : row * 4 + 4]) for row in range(3)]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(png(np.vstack(rows)))
    print(out)


if __name__ == "__main__":
    main()
