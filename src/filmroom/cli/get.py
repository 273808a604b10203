"""``filmroom get``: fetch from a peer into a folder (C-GET)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from filmroom import net
from filmroom.cli.keys import Keys, LevelOption, RootOption, identifier, sop_class, uid_of
from filmroom.cli.options import Called, Calling, Config, Host, Json, Port, Timeout
from filmroom.cli.remote import entities, run, tell
from filmroom.cli.retrieval import follow, report
from filmroom.client import (
    LocalEntity,
    Progress,
    ProposedContext,
    RemoteEntity,
    StoreReceiver,
    associate,
    get,
    kinds_held,
    retrieve_contexts,
)
from filmroom.client.contexts import UNCOMPRESSED
from filmroom.dicom import DataSet, file_meta
from filmroom.errors import DimseError, NoPresentationContext
from filmroom.transport import Operation

__all__ = ["register"]

_SAFE_UID = re.compile(r"[0-9][0-9.]{0,63}")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "get",
        epilog="Example: filmroom get 127.0.0.1 11112 --out ./study -k StudyInstanceUID=1.2.3",
    )(_get)


def _get(
    host: Host,
    port: Port,
    out: Annotated[Path, typer.Option(help="Folder for the files; made where it is not.")],
    key: Keys = None,
    level: LevelOption = "study",
    root: RootOption = "study",
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--sop-class",
            help="Storage SOP class to take, UID or keyword; default: the usual ones.",
        ),
    ] = None,
    syntax: Annotated[
        list[str] | None,
        typer.Option(
            "--syntax",
            help="Transfer syntax to take as it is kept, UID or keyword; with --sop-class.",
        ),
    ] = None,
    called: Called = "ANY-SCP",
    calling: Calling = None,
    timeout: Timeout = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Fetch studies, series or images from a peer into a folder (C-GET).

    The files are named after their SOP Instance UID and hold what was sent, byte for byte.
    """
    remote, local = entities(host, port, called, calling, timeout, config)
    syntaxes = [uid_of("syntax", text) for text in syntax or ()]
    kinds = [(uid_of("sop-class", text), one) for text in take or () for one in syntaxes or [""]]
    out.mkdir(parents=True, exist_ok=True)
    final = run(_ask(remote, local, root, identifier(level, key), kinds, out))
    report("C-GET", "fetched", final, as_json)


async def _ask(
    remote: RemoteEntity,
    local: LocalEntity,
    root: str,
    asked: DataSet,
    kinds: list[tuple[str, str]],
    out: Path,
) -> Progress:
    model = sop_class(root, "GET")
    contexts = retrieve_contexts(model, kinds or await _held(remote, local, root, asked))
    handler = StoreReceiver(lambda operation: _FileSink(operation, out))
    async with associate(remote, local, contexts, handler=handler) as connection:
        return await follow(get(connection, model, asked, timeout=local.dimse_timeout), "get")


async def _held(
    remote: RemoteEntity, local: LocalEntity, root: str, asked: DataSet
) -> list[tuple[str, str]]:
    """What the peer says it holds; nothing where it cannot be asked."""
    model = sop_class(root, "FIND")
    try:
        async with associate(remote, local, [ProposedContext(model, UNCOMPRESSED)]) as connection:
            return await kinds_held(connection, model, asked, timeout=local.dimse_timeout)
    except (NoPresentationContext, DimseError) as error:
        tell(f"the peer does not say what it holds, the usual is asked for: {error}")
        return []


class _FileSink:
    """Writes one received instance to a file, which appears when it is whole."""

    def __init__(self, operation: Operation, out: Path) -> None:
        message = operation.message
        assert isinstance(message, net.CStoreRQ)
        self._operation = operation
        self._fault = ""
        self._file: BinaryIO | None = None
        uid = message.affected_sop_instance_uid
        if not _SAFE_UID.fullmatch(uid):
            self._fault = "SOP Instance UID is no UID"
            return
        self._target = out / f"{uid}.dcm"
        self._partial = out / f".{uid}.part"
        try:
            self._file = self._partial.open("wb")
        except OSError as error:
            self._fault = f"cannot write: {error.strerror}"
            return
        header = file_meta(
            message.affected_sop_class_uid,
            uid,
            operation.context.transfer_syntax,
            operation.connection.negotiated.called_ae_title,
        )
        self.write(memoryview(header))

    def write(self, data: memoryview) -> None:
        """Take a fragment."""
        if self._file is not None:
            try:
                self._file.write(data)
            except OSError as error:
                self._fault = f"cannot write: {error.strerror}"
                self.abandon()

    def complete(self) -> None:
        """Give the file its name and answer."""
        if self._file is not None:
            try:
                self._file.close()
                os.replace(self._partial, self._target)
            except OSError as error:
                self._fault = f"cannot write: {error.strerror}"
                self._partial.unlink(missing_ok=True)
        response = net.response_to(
            self._operation.message, 0xA700 if self._fault else 0x0000, comment=self._fault
        )
        self._operation.connection.run(self._operation, self._operation.respond(response))

    def abandon(self) -> None:
        """Leave nothing of a half-received instance."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._partial.unlink(missing_ok=True)
