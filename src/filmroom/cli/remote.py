"""What the SCU commands share: who calls whom, and running the conversation."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from filmroom.cli.options import check_ae_title, settings_of
from filmroom.client import LocalEntity, RemoteEntity
from filmroom.errors import FilmroomError
from filmroom.ops.logging import configure_logging

__all__ = ["entities", "print_json", "run", "tell"]

Result = TypeVar("Result")


def entities(
    host: str,
    port: int,
    called: str,
    calling: str | None,
    timeout: float | None = None,
    config: Path | None = None,
) -> tuple[RemoteEntity, LocalEntity]:
    """The peer and we, from a command's options and the settings."""
    settings = settings_of(config, aet=calling, dimse_timeout=timeout)
    check_ae_title("--called", called)
    local = LocalEntity.from_settings(settings)
    if timeout is not None:
        local = replace(local, connect_timeout=min(timeout, local.connect_timeout))
    return RemoteEntity(host, port, called), local


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run ``work`` in an event loop; Ctrl-C ends the association with an abort.

    Warnings of the protocol go to standard error: standard output is the command's own.
    """
    logs = configure_logging("warning", "console")
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        tell("interrupted")
        sys.exit(128 + signal.SIGINT)
    finally:
        logs.stop()


def print_json(value: object) -> None:
    """Print ``value`` as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201


def tell(message: str | FilmroomError) -> None:
    """Say something to the person, apart from the command's output."""
    print(f"filmroom: {message}", file=sys.stderr, flush=True)  # noqa: T201
