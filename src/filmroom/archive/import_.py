"""Import of files and folders, many at a time; a file that fails does not stop the others.

Where a folder holds a DICOMDIR, what that names is imported, and nothing else of the folder.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from filmroom.archive.archive import Archive
from filmroom.archive.incoming import StoreOutcome
from filmroom.dicom.dicomdir import read_directory
from filmroom.dicom.file_set import FileSetFolder, find_dicomdir, is_dicomdir
from filmroom.errors import DataError, FilmroomError, InvalidDicomFile, ObjectNotFound

__all__ = ["ImportStep", "import_paths", "walk"]

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class ImportStep:
    """One file: either its outcome or why it was not taken."""

    path: Path
    outcome: StoreOutcome | None = None
    error: FilmroomError | None = None


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among ``paths`` and in the folders below them, each folder's in order of name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(files))


def import_paths(
    archive: Archive, paths: Iterable[Path], *, follow_dicomdirs: bool = True
) -> Iterator[ImportStep]:
    """Import every file of ``paths``, in their order; a step for each.

    ``follow_dicomdirs`` takes a DICOMDIR for the list of its folder's files; else they are passed
    over, and every file is imported.
    """
    pending: deque[tuple[Path, Future[StoreOutcome]]] = deque()
    for found in _found(paths, follow_dicomdirs):
        if isinstance(found, ImportStep):
            yield found
            continue
        try:
            future = archive.import_file(found)
        except FilmroomError as error:
            yield ImportStep(found, error=error)
            continue
        pending.append((found, future))
        if len(pending) >= _AT_ONCE:
            yield _step(*pending.popleft())
    while pending:
        yield _step(*pending.popleft())


def _found(paths: Iterable[Path], follow: bool) -> Iterator[Path | ImportStep]:
    """The files to import; of those that a DICOMDIR names in vain, a step."""
    if not follow:
        yield from (path for path in walk(paths) if not is_dicomdir(path.name))
        return
    for path in paths:
        if not path.is_dir():
            yield from _file_set(path) if is_dicomdir(path.name) else [path]
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            dicomdir = find_dicomdir(Path(folder)) if any(map(is_dicomdir, files)) else None
            named = [] if dicomdir is None else list(_file_set(dicomdir))
            yield from named
            if any(isinstance(one, Path) for one in named):
                folders.clear()
            else:
                # A directory may be empty, or past reading: its files are still there.
                yield from (Path(folder, f) for f in sorted(files) if not is_dicomdir(f))


def _file_set(dicomdir: Path) -> Iterator[Path | ImportStep]:
    """The files that a DICOMDIR names, each once, and what it names in vain."""
    try:
        directory = read_directory(dicomdir)
    except OSError as error:
        reason = f"cannot read the file: {os.strerror(error.errno or 0)}"
        yield ImportStep(dicomdir, error=InvalidDicomFile(reason))
        return
    except DataError as error:
        yield ImportStep(dicomdir, error=error)
        return
    folder = FileSetFolder(dicomdir.parent)
    known = set()
    for record in directory.walk():
        if not record.file_id or record.file_id in known:
            continue
        known.add(record.file_id)
        path = folder.find(record.file_id)
        if path is None:
            missing = ObjectNotFound(
                "the DICOMDIR names a file that is not there", uid=record.sop_instance_uid
            )
            yield ImportStep(dicomdir.parent.joinpath(*record.file_id), error=missing)
        else:
            yield path


def _step(path: Path, future: Future[StoreOutcome]) -> ImportStep:
    try:
        return ImportStep(path, outcome=future.result())
    except FilmroomError as error:
        return ImportStep(path, error=error)
