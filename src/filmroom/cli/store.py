"""``filmroom store``: send files to a peer (C-STORE)."""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from filmroom import net
from filmroom.archive.import_ import walk
from filmroom.cli.local import progress, tracked
from filmroom.cli.options import Called, Calling, Config, Host, Json, Port, Timeout
from filmroom.cli.remote import entities, print_json, run, tell
from filmroom.client import (
    LocalEntity,
    OutgoingInstance,
    RemoteEntity,
    associate,
    storage_contexts,
    store,
)
from filmroom.dicom import read_file
from filmroom.errors import (
    AssociationError,
    DataError,
    FilmroomError,
    InvalidDicomFile,
    MissingRequiredTag,
    NoPresentationContext,
)
from filmroom.transport import Connection

__all__ = ["register"]

_CHUNK = 256 * 1024


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "store", epilog="Example: filmroom store 127.0.0.1 11112 ./study --called FILMROOM"
    )(_store)


def _store(
    host: Host,
    port: Port,
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files, or folders with all below them.")
    ],
    called: Called = "ANY-SCP",
    calling: Calling = None,
    timeout: Timeout = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Send DICOM files to a peer (C-STORE).

    What the peer does not take is told; the exit code is then 1.
    """
    remote, local = entities(host, port, called, calling, timeout, config)
    sending = _Sending()
    read = (sending.read(path) for path in tracked(walk(paths), "read"))
    files = [file for file in read if file is not None]
    run(sending.send(remote, local, files))
    if as_json:
        print_json(
            {
                "sent": sending.counts["success"],
                "warned": sending.counts["warning"],
                "failed": len(sending.faults),
                "faults": sending.faults,
            }
        )
    else:
        warned = (
            f", {sending.counts['warning']} with a warning" if sending.counts["warning"] else ""
        )
        print(  # noqa: T201
            f"{sending.counts['success'] + sending.counts['warning']} sent{warned},"
            f" {len(sending.faults)} failed"
        )
    raise typer.Exit(1 if sending.faults or not sum(sending.counts.values()) else 0)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to send; opened anew for it, so that a thousand files take no thousand descriptors."""

    path: Path
    data_set_offset: int
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str

    def instance(self) -> OutgoingInstance:
        return OutgoingInstance(
            self.sop_class_uid, self.sop_instance_uid, self.transfer_syntax_uid, self
        )

    @property
    def data_set_size(self) -> int:
        return self.path.stat().st_size - self.data_set_offset

    def data_set_view(self) -> memoryview:
        with self.path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(mapped)[self.data_set_offset :]

    def data_set_chunks(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.data_set_offset)
            while chunk := file.read(_CHUNK):
                yield chunk


class _Sending:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[dict[str, str]] = []

    def read(self, path: Path) -> _File | None:
        try:
            file = read_file(path)
            uids = []
            for tag in (0x00080016, 0x00080018):
                uid = file.data_set.text(tag)
                if not uid:
                    raise MissingRequiredTag("no UID that a store needs", tag=tag)
                uids.append(uid)
        except (DataError, OSError) as error:
            self.fail(path, error if isinstance(error, DataError) else InvalidDicomFile(str(error)))
            return None
        return _File(path, file.data_set_offset, uids[0], uids[1], file.transfer_syntax.uid)

    def fail(self, path: Path, error: FilmroomError | str) -> None:
        self.faults.append({"file": str(path), "fault": str(error)})
        tell(f"{path}: {error}")

    async def send(self, remote: RemoteEntity, local: LocalEntity, files: Sequence[_File]) -> None:
        kinds = [(file.sop_class_uid, file.transfer_syntax_uid) for file in files]
        with progress() as bar:
            task = bar.add_task("store", total=len(files))
            for contexts in storage_contexts(kinds):
                classes = {context.abstract_syntax for context in contexts}
                share = [file for file in files if file.sop_class_uid in classes]
                done = 0
                try:
                    async with associate(remote, local, contexts) as connection:
                        for file in share:
                            await self._one(file, connection, local, bar, task)
                            done += 1
                except AssociationError as error:
                    for file in share[done:]:
                        self.fail(file.path, error)

    async def _one(
        self,
        file: _File,
        connection: Connection,
        local: LocalEntity,
        bar: Progress,
        task: TaskID,
    ) -> None:
        try:
            response = await store(connection, file.instance(), timeout=local.dimse_timeout)
        except (DataError, NoPresentationContext) as error:
            self.fail(file.path, error)
        else:
            status = response.message.status
            kind = net.category(status)
            if kind in (net.Category.SUCCESS, net.Category.WARNING):
                self.counts[kind.value] += 1
            comment = getattr(response.message, "error_comment", None) or ""
            if kind is not net.Category.SUCCESS:
                meaning = net.meaning(status, "C-STORE")
                text = f"status {status:04X}, {meaning} {comment}".strip()
                if kind is net.Category.WARNING:
                    tell(f"{file.path}: {text}")
                else:
                    self.fail(file.path, text)
        bar.advance(task)
