"""``filmroom export``: objects out of the archive into a folder, or as a file set on a medium."""

from __future__ import annotations

import errno
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from filmroom.archive import Archive, InstanceLocation, StoredObject
from filmroom.cli.keys import Keys, LevelOption, selection
from filmroom.cli.local import existing_archive, tracked
from filmroom.cli.options import Config, Data, Json
from filmroom.cli.remote import print_json, tell
from filmroom.dicom import read_data_set, transfer_syntax
from filmroom.dicom.dicomdir_writer import DirectoryWriter
from filmroom.dicom.file import write_pieces
from filmroom.dicom.file_set import is_file_set_id
from filmroom.errors import ConfigurationError, FilmroomError, OutOfResources

__all__ = ["register"]

_PIXEL_DATA_GROUP = 0x7FE00000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "export", epilog="Example: filmroom export -k PatientID=P1 --out ./disc --dicomdir"
    )(_export)


def _export(
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help="Folder to write to; made if need be.")
    ],
    key: Keys = None,
    level: LevelOption = "study",
    dicomdir: Annotated[
        bool, typer.Option("--dicomdir", help="Write a file set with a DICOMDIR.")
    ] = False,
    file_set_id: Annotated[
        str, typer.Option("--file-set-id", help="Its name: up to 16 capitals, digits and _.")
    ] = "",
    data: Data = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Write every object below what matches as a file; without keys, all that are kept.

    Files stand as they were received under STUDY/SERIES/OBJECT.dcm; with --dicomdir under short
    names in an empty folder, as media want them.
    """
    if not is_file_set_id(file_set_id):
        raise ConfigurationError(
            f"--file-set-id {file_set_id}: up to 16 capitals, digits and underscores",
            setting="file-set-id",
        )
    if dicomdir and out.is_dir() and any(out.iterdir()):
        raise ConfigurationError(
            f"--out {out}: the folder is not empty", setting="out", hint="a file set wants its own"
        )
    query = selection(level, key)
    with existing_archive(data, config) as archive:
        exporting = _Exporting(archive, out, DirectoryWriter(file_set_id=file_set_id))
        total = sum(1 for _ in archive.locate(query))
        for location in tracked(archive.locate(query), "export", total):
            exporting.export(location, dicomdir=dicomdir)
    if dicomdir and exporting.done:
        exporting.directory.write(out)
        for issue in exporting.directory.issues:
            tell(f"DICOMDIR: {issue}")
    if as_json:
        print_json(
            {
                "exported": exporting.done,
                "failed": len(exporting.faults),
                "faults": exporting.faults,
            }
        )
    else:
        print(f"{exporting.done} exported, {len(exporting.faults)} failed")  # noqa: T201
    raise typer.Exit(1 if exporting.faults or not exporting.done else 0)


class _Exporting:
    """Counts what is written and what is not."""

    def __init__(self, archive: Archive, out: Path, directory: DirectoryWriter) -> None:
        self.done = 0
        self.faults: list[dict[str, str]] = []
        self.directory = directory
        self._archive = archive
        self._out = out

    def export(self, location: InstanceLocation, *, dicomdir: bool) -> None:
        """Write one object; what fails is told, and counted."""
        try:
            with self._archive.open_object(location) as stored:
                if dicomdir:
                    self._write_to_file_set(stored)
                else:
                    folder = self._out / location.study_instance_uid / location.series_instance_uid
                    _write(stored, folder / f"{location.sop_instance_uid}.dcm")
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise OutOfResources(f"cannot write to {self._out}: {error.strerror}") from error
            self._fail(location.sop_instance_uid, str(error.strerror or error))
        except FilmroomError as error:
            self._fail(location.sop_instance_uid, str(error))
        else:
            self.done += 1

    def _fail(self, uid: str, fault: str) -> None:
        self.faults.append({"instance": uid, "fault": fault})
        tell(f"{uid}: {fault}")

    def _write_to_file_set(self, stored: StoredObject) -> None:
        syntax = transfer_syntax(stored.location.transfer_syntax_uid)
        view = stored.data_set_view()
        data_set = read_data_set(view, syntax, stop_before=_PIXEL_DATA_GROUP)
        file_id = self.directory.add(data_set, syntax.uid)
        try:
            _write(stored, self._out.joinpath(*file_id))
        except BaseException:
            self.directory.discard(file_id)
            raise


def _write(stored: StoredObject, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = stored.file_view()[: stored.location.data_set_offset]
    write_pieces(path, chain([header], stored.data_set_chunks()))
