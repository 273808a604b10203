"""What the commands on the archive itself share: opening it, and showing how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from filmroom.archive import Archive
from filmroom.cli.options import settings_of
from filmroom.config import Settings
from filmroom.errors import StorageFailed

__all__ = ["existing_archive", "open_archive", "progress", "tracked"]

Step = TypeVar("Step")


def open_archive(settings: Settings, *, exclusive: bool = False) -> Archive:
    """The archive that ``settings`` describe."""
    return Archive.open(
        settings.data,
        index_url=settings.index_url,
        blob_url=settings.blob_url,
        durability=settings.durability,
        on_duplicate=settings.on_duplicate,
        exclusive=exclusive,
    )


def existing_archive(data: Path | None, config: Path | None) -> Archive:
    """The archive beside a server that may run; raises StorageFailed where there is none."""
    settings = settings_of(config, data=data)
    if not settings.data.is_dir():
        raise StorageFailed(
            f"no archive in {settings.data}", hint="name its folder with --data DIR"
        )
    return open_archive(settings)


def progress() -> Progress:
    """A progress bar on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def tracked(steps: Iterable[Step], description: str, total: int | None = None) -> Iterator[Step]:
    """``steps``, with a progress bar."""
    with progress() as bar:
        task = bar.add_task(description, total=total)
        for step in steps:
            bar.advance(task)
            yield step
