"""``filmroom xml``: a file as Native DICOM Model XML."""

from __future__ import annotations

import typer

from filmroom.cli.dump import read_dicom
from filmroom.cli.json import FileArgument, WholeOption, places_in, print_pieces
from filmroom.cli.remote import tell
from filmroom.dicom.xml import encode_xml

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("xml", epilog="Example: filmroom xml image.dcm > image.xml")(_xml)


def _xml(file: FileArgument, whole: WholeOption = False) -> None:
    """Print a file as Native DICOM Model XML (PS3.19 §A.1).

    In place of binary values over 1 KB stands a URI of the file with their offset and length.
    """
    dicom = read_dicom(file)
    known = len(dicom.issues)
    print_pieces(encode_xml(dicom.data_set, bulk_data=None if whole else places_in(file, dicom)))
    for issue in dicom.issues[known:]:
        tell(f"{file}: {issue}")
