"""Import of files and folders, many at a time; a file that fails does not stop the others."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from filmroom.archive.archive import Archive
from filmroom.archive.incoming import StoreOutcome
from filmroom.errors import FilmroomError

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


def import_paths(archive: Archive, paths: Iterable[Path]) -> Iterator[ImportStep]:
    """Import every file of ``paths``, in their order; a step for each."""
    pending: deque[tuple[Path, Future[StoreOutcome]]] = deque()
    for path in walk(paths):
        try:
            future = archive.import_file(path)
        except FilmroomError as error:
            yield ImportStep(path, error=error)
            continue
        pending.append((path, future))
        if len(pending) >= _AT_ONCE:
            yield _step(*pending.popleft())
    while pending:
        yield _step(*pending.popleft())


def _step(path: Path, future: Future[StoreOutcome]) -> ImportStep:
    try:
        return ImportStep(path, outcome=future.result())
    except FilmroomError as error:
        return ImportStep(path, error=error)
