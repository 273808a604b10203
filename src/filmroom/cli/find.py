"""``filmroom find``: ask a peer what it holds (C-FIND)."""

from __future__ import annotations

from typing import Annotated

import typer

from filmroom.cli.keys import Keys, LevelOption, RootOption, as_record, identifier, sop_class
from filmroom.cli.options import Called, Calling, Config, Host, Json, Port, Timeout
from filmroom.cli.remote import entities, print_json, run
from filmroom.client import LocalEntity, ProposedContext, RemoteEntity, associate, find
from filmroom.client.contexts import UNCOMPRESSED
from filmroom.dicom import DataSet
from filmroom.net import QueryRetrieveExtension

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "find",
        epilog="Example: filmroom find 127.0.0.1 11112 -k PatientName='DOE*' -k StudyID",
    )(_find)


def _find(
    host: Host,
    port: Port,
    key: Keys = None,
    level: LevelOption = "study",
    root: RootOption = "study",
    relational: Annotated[
        bool, typer.Option("--relational", help="Ask for relational queries.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Cancel the query after this many matches.")
    ] = None,
    called: Called = "ANY-SCP",
    calling: Calling = None,
    timeout: Timeout = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Ask a peer for patients, studies, series or images (C-FIND).

    Each match is printed as it comes; with --json as one line.
    """
    remote, local = entities(host, port, called, calling, timeout, config)
    model = sop_class(root, "FIND")
    asked = identifier(level, key)
    count = run(_ask(remote, local, model, asked, relational, limit, as_json))
    if not as_json:
        print("1 match" if count == 1 else f"{count} matches")  # noqa: T201
    raise typer.Exit(0)


async def _ask(
    remote: RemoteEntity,
    local: LocalEntity,
    model: str,
    asked: DataSet,
    relational: bool,
    limit: int | None,
    as_json: bool,
) -> int:
    extension = QueryRetrieveExtension(relational=True).encode_find() if relational else b""
    context = ProposedContext(model, UNCOMPRESSED, extended_negotiation=extension)
    count = 0
    async with associate(remote, local, [context]) as connection:
        async for match in find(
            connection, model, asked, timeout=local.dimse_timeout, cancel_after=limit
        ):
            count += 1
            if as_json:
                print_json(as_record(match))
            else:
                _show(match)
    return count


def _show(match: DataSet) -> None:
    for element in match:
        if element.tag in (0x00080005, 0x00080052):
            continue
        name = element.keyword or str(element.tag)
        text = f"{len(element.values)} items" if element.vr == "SQ" else element.text
        print(f"{name:>32}  {text}")  # noqa: T201
    print()  # noqa: T201
