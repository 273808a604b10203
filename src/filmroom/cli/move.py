"""``filmroom move``: ask a peer to send to a third one (C-MOVE)."""

from __future__ import annotations

from typing import Annotated

import typer

from filmroom.cli.keys import Keys, LevelOption, RootOption, identifier, sop_class
from filmroom.cli.options import (
    Called,
    Calling,
    Config,
    Host,
    Json,
    Port,
    Timeout,
    check_ae_title,
)
from filmroom.cli.remote import entities, run
from filmroom.cli.retrieval import follow, report
from filmroom.client import LocalEntity, Progress, ProposedContext, RemoteEntity, associate, move
from filmroom.client.contexts import UNCOMPRESSED
from filmroom.dicom import DataSet

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "move",
        epilog="Example: filmroom move 127.0.0.1 11112 --destination WS1 -k StudyInstanceUID=1.2.3",
    )(_move)


def _move(
    host: Host,
    port: Port,
    destination: Annotated[str, typer.Option(help="AE title that the peer is to send to.")],
    key: Keys = None,
    level: LevelOption = "study",
    root: RootOption = "study",
    called: Called = "ANY-SCP",
    calling: Calling = None,
    timeout: Timeout = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Ask a peer to send studies, series or images to a destination that it knows (C-MOVE)."""
    remote, local = entities(host, port, called, calling, timeout, config)
    check_ae_title("--destination", destination)
    asked = identifier(level, key)
    final = run(_ask(remote, local, sop_class(root, "MOVE"), asked, destination))
    report("C-MOVE", "moved", final, as_json)


async def _ask(
    remote: RemoteEntity, local: LocalEntity, model: str, asked: DataSet, destination: str
) -> Progress:
    async with associate(remote, local, [ProposedContext(model, UNCOMPRESSED)]) as connection:
        return await follow(
            move(connection, model, asked, destination, timeout=local.dimse_timeout), "move"
        )
