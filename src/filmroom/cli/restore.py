"""``filmroom restore``: bring a backup back into a new data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmroom.archive.backup_copy import CopyKind
from filmroom.archive.restore import restore
from filmroom.cli.backup import finish
from filmroom.cli.local import tracked
from filmroom.cli.options import Config, Data, Json, settings_of
from filmroom.cli.remote import tell
from filmroom.errors import ConfigurationError

__all__ = ["register"]

_KINDS = tuple(kind for kind in CopyKind if kind is not CopyKind.REMOVED)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "restore", epilog="Example: filmroom restore /mnt/backup/filmroom --data /srv/filmroom"
    )(_restore)


def _restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of the backup.")],
    data: Data = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Bring a backup into a data folder that is new or empty, and check every object on the way.

    Exit code 1 when the backup lacks an object or has a damaged one; the rest is restored then.
    """
    settings = settings_of(config, data=data)
    for name in ("index_url", "blob_url"):
        if getattr(settings, name) is not None:
            message = f"{name} is set, and a restore puts everything into the data folder"
            hint = f"restore without {name}, then move the files to where it says"
            raise ConfigurationError(message, setting=name, hint=hint)
    steps = restore(
        backup,
        settings.data,
        index_lost=lambda: tell("the backup has no sound index: it is made anew from the objects"),
    )
    finish(tracked(steps, "restore"), _KINDS, as_json=as_json)
