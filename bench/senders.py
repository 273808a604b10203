"""The senders, alike for all servers, and the objects they send."""

import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from objects import ct_image, write

FILMROOM = str(Path(sys.executable).with_name("filmroom"))
SIDE = 512

Send = Callable[[int, Path], list[str]]
"""Port and folder to the command that sends the folder on one association."""


def storescu(port: int, folder: Path) -> list[str]:
    tool = shutil.which("storescu") or "storescu"
    options = ["-R", "--max-send-pdu", "131072", "--scan-directories"]
    return [tool, *options, "127.0.0.1", str(port), str(folder)]


def filmroom_store(port: int, folder: Path) -> list[str]:
    return [FILMROOM, "store", "127.0.0.1", str(port), str(folder), "--json"]


SENDERS: dict[str, Send] = {"storescu": storescu, "filmroom store": filmroom_store}


def make_objects(folder: Path, count: int, parts: int) -> list[Path]:
    """``count`` CT images of 512 KB of noise, dealt out over ``parts`` folders."""
    noise = random.Random(1895)
    folders = [folder / str(part) for part in range(parts)]
    for number in range(count):
        data_set = ct_image(1, 1, 1 + number // 500, number + 1)
        data_set.Rows = data_set.Columns = SIDE
        data_set.PixelData = noise.randbytes(SIDE * SIDE * 2)
        write(data_set, folders[number % parts] / f"{number:05}.dcm")
    return folders
