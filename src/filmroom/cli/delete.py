"""``filmroom delete``: remove what matches from the archive."""

from __future__ import annotations

from typing import Annotated

import typer

from filmroom.cli.keys import Keys, LevelOption, selection
from filmroom.cli.local import existing_archive, progress
from filmroom.cli.options import Config, Data, Json
from filmroom.cli.remote import print_json
from filmroom.errors import ConfigurationError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("delete", epilog="Example: filmroom delete -k StudyInstanceUID=1.2.3 --yes")(
        _delete
    )


def _delete(
    key: Keys = None,
    level: LevelOption = "study",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Delete every instance below what matches, rows and files, for good."""
    if not key:
        raise ConfigurationError(
            "delete needs at least one -k KEY=VALUE",
            setting="key",
            hint="-k PatientID=* deletes everything",
        )
    query = selection(level, key)
    with existing_archive(data, config) as archive:
        total = sum(1 for _ in archive.locate(query))
        if total and not yes:
            typer.confirm(f"Delete {total} instances for good?", abort=True)
        with progress() as bar:
            task = bar.add_task("delete", total=total)
            deleted = archive.delete(
                query, progress=lambda count: bar.update(task, completed=count)
            )
    if as_json:
        print_json({"deleted": deleted})
    else:
        print("1 instance deleted" if deleted == 1 else f"{deleted} instances deleted")  # noqa: T201
    raise typer.Exit(0 if deleted else 1)
