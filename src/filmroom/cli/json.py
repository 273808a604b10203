"""``filmroom json``: a file as DICOM JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from filmroom.cli.dump import read_dicom
from filmroom.dicom import DicomFile, Element
from filmroom.dicom.bulk_data import INLINE_BINARY_VRS, BulkDataURI, ElementPath
from filmroom.dicom.json import encode_json
from filmroom.dicom.writer import Piece

__all__ = ["FileArgument", "WholeOption", "places_in", "print_pieces", "register"]

_INLINE = 1024

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A DICOM file.")]
WholeOption = Annotated[
    bool, typer.Option("--all", help="Write binary values over 1 KB too, not only where they are.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("json", epilog="Example: filmroom json image.dcm | jq .")(_json)


def _json(
    file: FileArgument,
    whole: WholeOption = False,
    compact: Annotated[
        bool, typer.Option("--compact", help="One line, instead of one an attribute.")
    ] = False,
) -> None:
    """Print a file as DICOM JSON (PS3.18 Annex F).

    In place of binary values over 1 KB stands a URI of the file with their offset and length.
    """
    dicom = read_dicom(file)
    bulk_data = None if whole else places_in(file, dicom)
    print_pieces(encode_json(dicom.data_set, bulk_data=bulk_data, indent=not compact))


def places_in(path: Path, file: DicomFile) -> BulkDataURI | None:
    """Names large binary values by where they stand in the file; None for a deflated one."""
    if file.transfer_syntax.deflated:
        return None
    address = path.resolve().as_uri()

    def uri(_: ElementPath, element: Element) -> str | None:
        record = element.record
        if record is None or element.effective_vr not in INLINE_BINARY_VRS:
            return None
        length = len(element.raw)
        return f"{address}?offset={record[2]}&length={length}" if length > _INLINE else None

    return uri


def print_pieces(pieces: Iterable[Piece]) -> None:
    """Print bytes as they come, then end the line."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
