"""``filmroom dump``: what stands in a file, for a person to read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from filmroom.cli.remote import tell
from filmroom.dicom import DicomFile, read_file, uid_name
from filmroom.dicom.dump import DumpLine, dump
from filmroom.errors import DataError, InvalidDicomFile

__all__ = ["read_dicom", "register"]

_NAME_WIDTH = 32


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("dump", epilog="Example: filmroom dump image.dcm")(_dump)


def read_dicom(path: Path) -> DicomFile:
    """The file at ``path``; raises DataError, also where it cannot be opened."""
    try:
        return read_file(path)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise InvalidDicomFile(f"cannot read the file: {reason}") from error


def _dump(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="DICOM files.")],
    whole: Annotated[
        bool, typer.Option("--all", help="Show values whole; binary ones up to 64 KB.")
    ] = False,
) -> None:
    """Show every data element of files: tag, VR, length, name and value.

    Sequences are indented. Defects that were tolerated are listed at the end.
    """
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    failed = 0
    for path in files:
        try:
            _show(path, read_dicom(path), whole, console)
        except DataError as error:
            tell(f"{path}: {error}")
            failed += 1
    if failed:
        if len(files) > 1:
            tell(f"{failed} of {len(files)} files failed")
        raise typer.Exit(1)


def _show(path: Path, file: DicomFile, whole: bool, console: Console) -> None:
    _print(console, _title(path, file))
    for data_set in (file.meta, file.data_set):
        for line in dump(data_set, whole=whole):
            _print(console, _line(line))
    if file.issues:
        count = len(file.issues)
        _print(console, Text(f"{count} {'issue' if count == 1 else 'issues'}:", "bold yellow"))
        for issue in file.issues:
            _print(console, Text(f"  {issue}", "yellow"))


def _title(path: Path, file: DicomFile) -> Text:
    kind = uid_name(file.data_set.text("SOPClassUID") or file.meta.text("MediaStorageSOPClassUID"))
    told = [kind] if kind else []
    told += [file.transfer_syntax.name, f"{path.stat().st_size:,} bytes"]
    return Text.assemble((str(path), "bold"), ": ", ", ".join(told))


def _line(line: DumpLine) -> Text:
    indent = "  " * line.depth
    if not line.tag:
        return Text(f"{indent}{line.name}", "dim")
    length = "" if line.length is None else f"{line.length}"
    width = max(_NAME_WIDTH - len(indent), 1)
    return Text.assemble(
        indent,
        (line.tag, "cyan"),
        " ",
        (line.vr, "magenta"),
        (f"{length:>9}  ", "dim"),
        (f"{line.name:<{width}}", "green"),
        "  " if line.value else "",
        line.value,
    )


def _print(console: Console, text: Text) -> None:
    if console.is_terminal:
        console.print(text)
    else:
        print(text.plain.rstrip())  # noqa: T201
