"""The servers that are measured: how each is started and where it keeps objects."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

FILMROOM = str(Path(sys.executable).with_name("filmroom"))

Start = Callable[[Path, int], list[str]]
"""Folder and port to the command that serves them."""


def filmroom(folder: Path, port: int) -> list[str]:
    """As it is started by default: every object synced and indexed before it is answered."""
    return [FILMROOM, "serve", "--data", str(folder), "--dicom-port", str(port)]


def filmroom_relaxed(folder: Path, port: int) -> list[str]:
    """Indexed, not synced: what the peers do about the disk."""
    return [*filmroom(folder, port), "--durability", "relaxed"]


def storescp(folder: Path, port: int) -> list[str]:
    """DCMTK, a process an association, data sets decoded and written again."""
    return [shutil.which("storescp") or "storescp", "--fork", "-od", str(folder), str(port)]


def storescp_bits(folder: Path, port: int) -> list[str]:
    """DCMTK at its fastest: bytes kept as they come, PDUs of 128 KB."""
    command = storescp(folder, port)
    return [*command[:-1], "+B", "--max-pdu", "131072", command[-1]]


def pynetdicom(folder: Path, port: int) -> list[str]:
    """pynetdicom's own storescp application."""
    return [sys.executable, "-m", "pynetdicom", "storescp", str(port), "-q", "-od", str(folder)]


SERVERS: dict[str, Start] = {
    "Filmroom": filmroom,
    "Filmroom, relaxed": filmroom_relaxed,
    "storescp --fork": storescp,
    "storescp --fork +B, 128 KB": storescp_bits,
    "pynetdicom storescp": pynetdicom,
}
