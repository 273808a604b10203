"""``filmroom echo``: ask a peer whether it is there (C-ECHO)."""

from __future__ import annotations

import time

import typer

from filmroom.cli.options import Called, Calling, Config, Host, Json, Port, Timeout
from filmroom.cli.remote import entities, print_json, run
from filmroom.client import VERIFICATION_CONTEXT, LocalEntity, RemoteEntity, associate, echo

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("echo", epilog="Example: filmroom echo 127.0.0.1 11112 --called FILMROOM")(_echo)


def _echo(
    host: Host,
    port: Port,
    called: Called = "ANY-SCP",
    calling: Calling = None,
    timeout: Timeout = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Ask a peer whether it is there and talks DICOM (C-ECHO)."""
    remote, local = entities(host, port, called, calling, timeout, config)
    start = time.perf_counter()
    status = run(_ask(remote, local))
    milliseconds = round((time.perf_counter() - start) * 1000, 1)
    if as_json:
        print_json({"peer": str(remote), "status": status, "milliseconds": milliseconds})
    else:
        print(f"{remote} answered with status {status:04X} in {milliseconds} ms")  # noqa: T201
    raise typer.Exit(0 if status == 0 else 1)


async def _ask(remote: RemoteEntity, local: LocalEntity) -> int:
    async with associate(remote, local, [VERIFICATION_CONTEXT]) as connection:
        return await echo(connection, timeout=local.dimse_timeout)
