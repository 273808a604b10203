"""``filmroom stats``: how much the archive holds."""

from __future__ import annotations

from dataclasses import asdict

import typer

from filmroom.cli.local import existing_archive
from filmroom.cli.options import Config, Data, Json
from filmroom.cli.remote import print_json

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("stats", epilog="Example: filmroom stats --data /srv/filmroom")(_stats)


def _stats(data: Data = None, as_json: Json = False, config: Config = None) -> None:
    """Tell how many patients, studies, series and instances are kept."""
    with existing_archive(data, config) as archive:
        held = archive.stats()
    if as_json:
        print_json(asdict(held))
        return
    for name, count in asdict(held).items():
        unit = " bytes" if name == "size" else ""
        print(f"{name:>10}  {count:,}{unit}")  # noqa: T201
