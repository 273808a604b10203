"""Where rendered pictures go: names of files, none of them twice."""

from __future__ import annotations

import sys
from pathlib import Path

from filmroom.dicom.file import write_pieces
from filmroom.pixels.picture import FORMATS, PictureFormat

__all__ = ["PictureOutput", "format_of"]

_DICOM_SUFFIXES = frozenset({".dcm", ".dicom", ".dic", ".ima"})
_FORMATS = {facts.suffix: format for format, facts in FORMATS.items()} | {
    ".jpeg": PictureFormat.JPEG
}


def format_of(path: Path) -> PictureFormat | None:
    """The format that the name of a file asks for, None where it asks for none."""
    return _FORMATS.get(path.suffix.lower())


class PictureOutput:
    """A folder, one file, or standard output.

    ``target`` is ``-`` for standard output, a file where its name ends like a picture's, else a
    folder, which is made when the first picture is written; None is the current folder.
    """

    def __init__(self, target: Path | None, format: PictureFormat) -> None:
        self.is_standard_output = target == Path("-")
        self.is_file = target is not None and format_of(target) is not None and not target.is_dir()
        self._target = target or Path()
        self._suffix = FORMATS[format].suffix
        self._taken: set[Path] = set()

    def write(self, data: bytes, source: Path, frame: int | None = None) -> Path | None:
        """Write one picture of ``source``; its path, None for standard output.

        ``frame`` is its number, where there are several. A file of an earlier run is replaced,
        one of this run is not: the second of a name gets a number. Raises OSError.
        """
        if self.is_standard_output:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return None
        path = self._path(source, frame)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_pieces(path, [data])
        return path

    def _path(self, source: Path, frame: int | None) -> Path:
        if self.is_file:
            folder, stem = self._target.parent, self._target.stem
            suffix = self._target.suffix
        else:
            folder, suffix = self._target, self._suffix
            # The end of a UID is no suffix.
            stem = source.stem if source.suffix.lower() in _DICOM_SUFFIXES else source.name
        if frame is not None:
            stem = f"{stem}-{frame:04}"
        path, number = folder / f"{stem}{suffix}", 1
        while path in self._taken:
            number += 1
            path = folder / f"{stem}-{number}{suffix}"
        self._taken.add(path)
        return path
