"""Options that several commands share, each with its one name and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from filmroom.config import AETitle, Destination, Settings, load_settings
from filmroom.errors import ConfigurationError

__all__ = [
    "Called",
    "Calling",
    "Config",
    "Data",
    "Destinations",
    "Host",
    "Json",
    "Port",
    "Timeout",
    "check_ae_title",
    "parse_destinations",
    "settings_of",
]

Host = Annotated[str, typer.Argument(help="Host name or address of the peer.")]
Port = Annotated[int, typer.Argument(min=1, max=65_535, help="DICOM port of the peer.")]
Called = Annotated[str, typer.Option("--called", help="AE title of the peer.")]
Calling = Annotated[
    str | None, typer.Option("--calling", help="AE title that we call from; default: setting aet.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", min=0.1, help="Seconds to wait for a response of the peer."),
]
Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the archive; default: ./filmroom-data.")
]
Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file; default: ./filmroom.toml where it exists."),
]
Destinations = Annotated[
    list[str] | None,
    typer.Option(
        "--destination", metavar="AET=HOST:PORT", help="C-MOVE destination; may be repeated."
    ),
]


def check_ae_title(option: str, text: str) -> None:
    """Raises ConfigurationError for an ``option`` whose text is no AE title."""
    try:
        TypeAdapter(AETitle).validate_python(text)
    except ValidationError:
        raise ConfigurationError(
            f"{option} {text!r} is no AE title",
            setting=option.removeprefix("--"),
            hint="1 to 16 ASCII characters without a backslash",
        ) from None


def parse_destinations(texts: list[str] | None) -> dict[str, Destination] | None:
    """Destinations from ``AET=HOST:PORT`` texts; None where there are none."""
    if not texts:
        return None
    destinations = {}
    for text in texts:
        ae_title, _, address = text.partition("=")
        host, _, port = address.rpartition(":")
        if not (ae_title and host and port.isdigit() and 0 < int(port) < 65_536):
            raise ConfigurationError(
                f"--destination {text} is not AET=HOST:PORT",
                setting="destinations",
                hint="for example --destination WORKSTATION=10.0.0.5:104",
            )
        destinations[ae_title] = Destination(host=host, port=int(port))
    return destinations


def settings_of(config: Path | None, **flags: object) -> Settings:
    """The settings with ``flags`` that were given."""
    return load_settings(config, **flags)
