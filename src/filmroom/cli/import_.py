"""``filmroom import``: take in files and folders without a network."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from filmroom.archive.import_ import import_paths
from filmroom.cli.local import open_archive, tracked
from filmroom.cli.options import Config, Data, Json, settings_of
from filmroom.cli.remote import print_json, tell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("import", epilog="Example: filmroom import --data /srv/filmroom ./cd-rom")(_import)


def _import(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files, or folders with all below them.")
    ],
    dicomdir: Annotated[
        bool, typer.Option("--dicomdir/--no-dicomdir", help="Take what a DICOMDIR names.")
    ] = True,
    data: Data = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Take files and folders into the archive, also while the server runs.

    Where a folder holds a DICOMDIR, what that names is taken, and nothing else of the folder;
    with --no-dicomdir every file is. What is no DICOM object is told and left out; the exit code
    is then 1.
    """
    counts: Counter[str] = Counter()
    failed = []
    with open_archive(settings_of(config, data=data)) as archive:
        steps = import_paths(archive, paths, follow_dicomdirs=dicomdir)
        for step in tracked(steps, "import"):
            if step.outcome is not None:
                counts[step.outcome.kind.value] += 1
            else:
                failed.append({"file": str(step.path), "fault": str(step.error)})
                tell(f"{step.path}: {step.error}")
    if as_json:
        print_json({**counts, "failed": len(failed), "faults": failed})
    else:
        parts = [f"{count} {kind}" for kind, count in counts.items()]
        print(", ".join([*parts, f"{len(failed)} failed"]))  # noqa: T201
    raise typer.Exit(1 if failed else 0)
