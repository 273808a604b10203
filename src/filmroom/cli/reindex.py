"""``filmroom reindex``: make the index anew from the objects."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from filmroom.archive import Archive
from filmroom.archive.reindex import ReindexKind, reindex
from filmroom.cli.local import existing_archive, tracked
from filmroom.cli.options import Config, Data, Json, settings_of
from filmroom.cli.remote import print_json, tell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("reindex", epilog="Example: filmroom reindex --data /srv/filmroom")(_reindex)


def _reindex(
    data: Data = None,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Put the index file aside first: it is damaged or too old."),
    ] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Bring the index in line with the objects, also while the server runs.

    Objects without a row are read and added, rows without an object removed.
    """
    counts: Counter[ReindexKind] = Counter()
    if rebuild:
        settings = settings_of(config, data=data)
        aside = Archive.set_index_aside(settings.data, index_url=settings.index_url)
        if aside is not None:
            tell(f"the old index is kept as {aside}: remove it when all is well")
    with existing_archive(data, config) as archive:
        for step in tracked(reindex(archive), "reindex"):
            counts[step.kind] += 1
            if step.error is not None:
                tell(f"{step.blob_key}: {step.error}")
    if as_json:
        print_json({kind.value: counts[kind] for kind in ReindexKind})
    else:
        print(", ".join(f"{counts[kind]} {kind.value}" for kind in ReindexKind))  # noqa: T201
    raise typer.Exit(1 if counts[ReindexKind.UNREADABLE] else 0)
