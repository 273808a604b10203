"""``filmroom reindex``: make the index anew from the objects."""

from __future__ import annotations

from collections import Counter

import typer

from filmroom.archive.reindex import ReindexKind, reindex
from filmroom.cli.local import existing_archive, tracked
from filmroom.cli.options import Config, Data, Json
from filmroom.cli.remote import print_json, tell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("reindex", epilog="Example: filmroom reindex --data /srv/filmroom")(_reindex)


def _reindex(data: Data = None, as_json: Json = False, config: Config = None) -> None:
    """Bring the index in line with the objects, also while the server runs.

    Objects without a row are read and added, rows without an object removed.
    """
    counts: Counter[ReindexKind] = Counter()
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
