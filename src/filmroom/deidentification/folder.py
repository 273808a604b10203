"""Files one after the other, or several at a time in processes, into one folder."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from filmroom.deidentification.deidentifier import Deidentifier
from filmroom.deidentification.file import Outcome, deidentify_file
from filmroom.errors import ConfigurationError

__all__ = ["check_apart", "deidentify_files"]

_AHEAD = 8
"""Files that each process has waiting for it."""


def check_apart(inputs: Iterable[Path], place: Path) -> None:
    """Raise :class:`ConfigurationError` where results at ``place`` could get among originals."""
    target = place.resolve()
    for path in inputs:
        source = path.resolve()
        if source == target or source in target.parents or target in source.parents:
            raise ConfigurationError(
                f"{place} and the originals in {path} lie in one another",
                setting="out",
                hint="write to a place apart from them",
            )


def deidentify_files(
    deidentifier: Deidentifier,
    paths: Iterable[Path],
    folder: Path,
    *,
    write: bool = True,
    workers: int = 1,
) -> Iterator[Outcome]:
    """De-identify every file of ``paths`` into ``folder``; an outcome for each, in their order.

    A file that fails leaves nothing behind and does not stop the others. With ``workers`` above 1
    so many processes share the work; the result is the same.
    """
    if write:
        folder.mkdir(parents=True, exist_ok=True)
    if workers <= 1:
        for path in paths:
            yield deidentify_file(deidentifier, path, folder, write=write)
        return
    # Not forked: the caller may run threads, and a fork copies locks that they hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        pending: deque[Future[Outcome]] = deque()
        try:
            for path in paths:
                pending.append(
                    pool.submit(deidentify_file, deidentifier, path, folder, write=write)
                )
                if len(pending) >= workers * _AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
