"""File sets: File IDs and the files they name in a folder, which is the only place looked in.

PS3.10 §8.1 and §8.2: a File ID has one to eight components of one to eight capitals, digits and
underscores. Media are read with more patience than they are written with.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = [
    "DICOMDIR",
    "FileSetFolder",
    "find_dicomdir",
    "is_dicomdir",
    "is_file_id",
    "is_file_set_id",
]

DICOMDIR = "DICOMDIR"
"""The one File ID that is reserved (PS3.10 §8.6)."""

_MOST_COMPONENTS = 8
_COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
_FILE_SET_ID = re.compile(r"[A-Z0-9_]{0,16}")
_MOST_FOLLOWED = 32
_OUTSIDE = re.compile(r"[/\\\0]|\.{1,2}\Z")


def is_file_id(components: Sequence[str]) -> bool:
    """Whether ``components`` are a File ID as PS3.10 §8.2 has them."""
    return 1 <= len(components) <= _MOST_COMPONENTS and all(
        _COMPONENT.fullmatch(component) for component in components
    )


def is_file_set_id(text: str) -> bool:
    """Whether ``text`` is a File-set ID: up to 16 of the same characters (PS3.10 §8.1)."""
    return _FILE_SET_ID.fullmatch(text) is not None


def is_dicomdir(name: str) -> bool:
    """Whether a file's name is that of a DICOMDIR, as media are copied."""
    return _key(name) == DICOMDIR.casefold()


def find_dicomdir(folder: Path) -> Path | None:
    """The DICOMDIR of the file set that ``folder`` may be, in whatever case it is written."""
    return FileSetFolder(folder).find([DICOMDIR])


class FileSetFolder:
    """The files of a file set below a folder; folders are listed once."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def find(self, file_id: Sequence[str]) -> Path | None:
        """The file that ``file_id`` names, or None where there is none below the folder.

        Letters may differ in case and names carry the version of ISO 9660 (``;1``), a final dot
        or ``.dcm``, as media are copied. What leads out of the folder, links included, is not
        followed.
        """
        if not 1 <= len(file_id) <= _MOST_FOLLOWED:
            return None
        path = self._root
        for component in file_id:
            if not component or _OUTSIDE.match(component):
                return None
            found = self._choose(path, component)
            if found is None:
                return None
            path = path / found
        if not path.is_file() or not path.resolve().is_relative_to(self._root.resolve()):
            return None
        return path

    def _choose(self, folder: Path, component: str) -> str | None:
        names = self._names(folder).get(_key(component), [])
        return component if component in names else next(iter(names), None)

    def _names(self, folder: Path) -> dict[str, list[str]]:
        listed = self._listed.get(folder)
        if listed is None:
            listed = self._listed[folder] = _by_key(_names_in(folder))
        return listed


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _by_key(names: Iterable[str]) -> dict[str, list[str]]:
    by_key: dict[str, list[str]] = {}
    for name in names:
        by_key.setdefault(_key(name), []).append(name)
    return by_key


def _key(name: str) -> str:
    # LENIENT: small letters, ";1" or a final dot of ISO 9660, ".dcm": as discs are copied.
    name = name.casefold().removesuffix(";1")
    return name.removesuffix(".dcm").removesuffix(".")
