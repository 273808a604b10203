"""``filmroom serve``: run the archive."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated

import typer

from filmroom import __version__
from filmroom.archive import Archive
from filmroom.cli.local import open_archive
from filmroom.cli.options import Config, Data, Destinations, parse_destinations, settings_of
from filmroom.config import Settings
from filmroom.ops.logging import configure_logging
from filmroom.server import DicomServer, run_server

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "serve",
        epilog="Example: filmroom serve --data /srv/filmroom --destination WS1=10.0.0.5:104",
    )(_serve)


def _serve(
    data: Data = None,
    aet: Annotated[str | None, typer.Option(help="Our AE title; default: FILMROOM.")] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default: 127.0.0.1.")
    ] = None,
    dicom_port: Annotated[
        int | None,
        typer.Option("--dicom-port", help="DICOM port; 0 takes a free one; default: 11112."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes that serve associations; default: one a processor core."),
    ] = None,
    destination: Destinations = None,
    on_duplicate: Annotated[
        str | None,
        typer.Option(help="keep, replace or reject other bytes under a known UID; default: keep."),
    ] = None,
    durability: Annotated[str | None, typer.Option(help="full or relaxed; default: full.")] = None,
    index_url: Annotated[str | None, typer.Option(help="sqlite:///PATH of the index.")] = None,
    blob_url: Annotated[str | None, typer.Option(help="file:///PATH of the objects.")] = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error; default: info.")
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(help="auto, console or json; default: auto.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Put a sample study into an empty archive.")
    ] = False,
    config: Config = None,
) -> None:
    """Run the archive until it is stopped by Ctrl-C or SIGTERM.

    Every other setting can be given in filmroom.toml or as FILMROOM_… variable: see
    `filmroom config show`.
    """
    settings = settings_of(
        config,
        data=data,
        aet=aet,
        host=host,
        dicom_port=dicom_port,
        workers=workers,
        destinations=parse_destinations(destination),
        on_duplicate=on_duplicate,
        durability=durability,
        index_url=index_url,
        blob_url=blob_url,
        log_level=log_level,
        log_format=log_format,
    )
    logs = configure_logging(settings.log_level, settings.log_format)
    try:
        with open_archive(settings, exclusive=True) as archive:
            if sample and not archive.stats().instances:
                # NumPy draws the study; a server without it starts faster.
                from filmroom.cli.sample_study import import_sample_study

                import_sample_study(archive)
            run_server(settings, archive, lambda server: _announce(settings, archive, server))
    finally:
        logs.stop()


def _announce(settings: Settings, archive: Archive, server: DicomServer) -> None:
    held = archive.stats()
    studies = "1 study" if held.studies == 1 else f"{held.studies} studies"
    instances = "1 instance" if held.instances == 1 else f"{held.instances} instances"
    address = f"{settings.host} {server.port}"
    program = _program()
    lines = [
        f"Filmroom {__version__} · AE title {settings.aet} · dicom://{settings.host}:{server.port}",
        f"  {studies}, {instances} in {settings.data}",
        f"  send:   storescu -aec {settings.aet} {address} IMAGE.dcm"
        f"   or  {program} store {address} FOLDER",
        f"  query:  findscu -S -aec {settings.aet} -k QueryRetrieveLevel=STUDY -k PatientName"
        f" -k StudyInstanceUID {address}",
        f"     or   {program} find {address} -k PatientName -k StudyDescription",
        "  stop:   Ctrl-C",
    ]
    print("\n".join(lines), flush=True)  # noqa: T201


def _program() -> str:
    """What a person types to run this program in another terminal of the same folder."""
    return "filmroom" if shutil.which("filmroom") else os.path.relpath(sys.argv[0])
