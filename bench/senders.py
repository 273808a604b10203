"""The senders, alike for all servers, and the objects they send."""

import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from objects import ct_image, write

FILMROOM = str(Path(sys.executable).with_name("filmroom"))

Send = Callable[[int, list[Path]], list[list[str]]]
"""Port and folders, one an association, to the commands that send them, run side by side."""


def storescu(port: int, folders: list[Path]) -> list[list[str]]:
    tool = shutil.which("storescu") or "storescu"
    options = ["-R", "--max-send-pdu", "131072", "--scan-directories"]
    return [[tool, *options, "127.0.0.1", str(port), str(folder)] for folder in folders]


def filmroom_store(port: int, folders: list[Path]) -> list[list[str]]:
    return [
        [FILMROOM, "store", "127.0.0.1", str(port), str(folder), "--json"] for folder in folders
    ]


def fast(port: int, folders: list[Path]) -> list[list[str]]:
    """Ours, which costs least: one process, a thread an association."""
    program = str(Path(__file__).with_name("fast_sender.py"))
    return [[sys.executable, program, str(port), *map(str, folders)]]


SENDERS: dict[str, Send] = {
    "fast sender": fast,
    "storescu": storescu,
    "filmroom store": filmroom_store,
}


@dataclass(frozen=True)
class ObjectSet:
    """Objects that are sent: how many, and how long one is."""

    name: str
    count: int
    pixels: int
    """Bytes of pixel data."""


SETS = {
    "ct": ObjectSet("2,000 CT objects of 512 KB", 2_000, 512 * 1024),
    "small": ObjectSet("5,000 objects of 10 KB", 5_000, 9 * 1024),
    "large": ObjectSet("4 objects of 1 GB", 4, 1_000_000_000),
}


def make_objects(folder: Path, objects: ObjectSet, parts: int) -> list[Path]:
    """Objects of noise, dealt out over ``parts`` folders."""
    noise = random.Random(1895)
    folders = [folder / str(part) for part in range(parts)]
    for part in folders:
        part.mkdir(parents=True, exist_ok=True)
    block = noise.randbytes(min(objects.pixels, 1 << 20))
    for number in range(objects.count):
        data_set = ct_image(1, 1, 1 + number // 500, number + 1)
        rows, columns = _shape(objects.pixels)
        data_set.Rows, data_set.Columns = rows, columns
        whole = rows * columns * 2
        if objects.pixels > len(block):
            data_set.NumberOfFrames = objects.pixels // whole
            data_set.PixelData = block * (objects.pixels // len(block) + 1)
            data_set.PixelData = data_set.PixelData[: objects.pixels // whole * whole]
        else:
            data_set.PixelData = noise.randbytes(whole)
        write(data_set, folders[number % parts] / f"{number:05}.dcm")
    return folders


def _shape(pixels: int) -> tuple[int, int]:
    side = min(512, int((pixels / 2) ** 0.5))
    return side, side
