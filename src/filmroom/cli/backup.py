"""``filmroom backup``: copy the archive to another folder while it is served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from filmroom.archive.backup import backup
from filmroom.archive.backup_copy import CopyKind, CopyStep
from filmroom.cli.local import existing_archive, tracked
from filmroom.cli.options import Config, Data, Json, settings_of
from filmroom.cli.remote import print_json, tell
from filmroom.errors import ConfigurationError

__all__ = ["finish", "register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "backup", epilog="Example: filmroom backup /mnt/backup/filmroom --data /srv/filmroom"
    )(_backup)


def _backup(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Where the backup is, or will be: a folder of its own."
        ),
    ],
    data: Data = None,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove from the backup what was deleted in the archive."),
    ] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Make a backup of the archive, or bring one up to date, also while the server runs.

    The backup is a data folder: the index as it was at one moment, and every object that it names,
    each checked while it is copied. Exit code 1 when an object was missing or damaged; the rest is
    backed up then.
    """
    kept = settings_of(config, data=data).data
    if folder.resolve().is_relative_to(kept.resolve()):
        message = f"{folder} lies inside the archive"
        raise ConfigurationError(message, setting="folder", hint="give a folder on another disk")
    with existing_archive(data, config) as archive:
        total = archive.stats().instances
        steps = tracked(backup(archive, folder, prune=prune), "backup", total)
        finish(steps, tuple(CopyKind), as_json=as_json)


def finish(steps: Iterator[CopyStep], kinds: tuple[CopyKind, ...], *, as_json: bool) -> None:
    """Carry ``steps`` out, say what became of them, and exit: 1 where an object is not there."""
    counts: Counter[CopyKind] = Counter()
    copied = 0
    faults = []
    for step in steps:
        counts[step.kind] += 1
        copied += step.size
        if step.kind.is_fault:
            faults.append(step)
            if not as_json:
                tell(f"{step.kind.value}: {step.sop_instance_uid or step.blob_key}")
    if as_json:
        print_json(
            {
                **{kind.value: counts[kind] for kind in kinds},
                "bytes": copied,
                "faults": [
                    {
                        "kind": step.kind.value,
                        "file": step.blob_key,
                        "sop_instance_uid": step.sop_instance_uid,
                    }
                    for step in faults
                ],
            }
        )
    else:
        print(", ".join(f"{counts[kind]} {kind.value}" for kind in kinds))  # noqa: T201
    raise typer.Exit(1 if faults else 0)
