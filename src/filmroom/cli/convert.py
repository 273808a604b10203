"""``filmroom convert``: files from one form into another, DICOM, JSON and XML."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from filmroom.archive.import_ import walk
from filmroom.cli.convert_syntax import syntax_named
from filmroom.cli.dump import read_dicom
from filmroom.cli.local import tracked
from filmroom.cli.options import Json
from filmroom.cli.remote import print_json, tell
from filmroom.dicom import (
    VR,
    DataSet,
    ExplicitVRLittleEndian,
    TransferSyntax,
    transfer_syntax,
    write_file,
)
from filmroom.dicom.file import write_pieces
from filmroom.dicom.json import encode_json
from filmroom.dicom.json_reader import read_json
from filmroom.dicom.xml import encode_xml
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import (
    ConfigurationError,
    DataError,
    InvalidDicomFile,
    InvalidTransferSyntax,
    StorageFailed,
)

__all__ = ["Form", "in_syntax", "register"]

_TRANSFER_SYNTAX_UID = 0x00020010
_SOURCE_AE_TITLE = 0x00020016
_DIRECTORY_RECORDS = 0x00041220
_PIXEL_DATA = 0x7FE00010


class Form(StrEnum):
    """What a file is written as; also its suffix."""

    DCM = "dcm"
    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class _Object:
    """A data set on its way from one form to another."""

    data_set: DataSet
    syntax: TransferSyntax | None
    """How its pixel data is encoded; None where it is compressed and nothing says how."""
    source_ae: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("convert", epilog="Example: filmroom convert image.dcm image.json")(_convert)


def _convert(
    sources: Annotated[
        list[Path],
        typer.Argument(exists=True, help="Files (.json, .xml, else DICOM), or folders of them."),
    ],
    target: Annotated[Path, typer.Argument(help="File to write, or folder to write into.")],
    syntax: Annotated[
        str | None,
        typer.Option("--syntax", help="Transfer syntax to write: UID, keyword or short name."),
    ] = None,
    quality: Annotated[
        float | None,
        typer.Option(
            help="Of lossy compression: JPEG 1 to 100, JPEG-LS error in grey levels, JPEG 2000 and"
            " HTJ2K decibels, JPEG XL distance.",
        ),
    ] = None,
    to: Annotated[
        Form | None, typer.Option("--to", help="Form of what is written; default: by the suffix.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Convert DICOM files, DICOM JSON and Native DICOM Model XML into one another.

    With --syntax images are decompressed or compressed; with loss they become new instances.
    One file is converted into one; several, or folders, into a folder, under their own names.
    Nothing that is read is ever written over, and a file appears whole or not at all.
    """
    wanted = None if syntax is None else syntax_named(syntax)
    if quality is not None and not _loses(wanted):
        raise ConfigurationError(
            "--quality is of lossy compression, and nothing is to be lost",
            setting="quality",
            hint="name a lossy transfer syntax with --syntax",
        )
    jobs = list(_jobs(sources, target, to))
    known = {_identity(source) for source, _, _ in jobs}
    done, faults, written = 0, [], set()
    for source, path, form in tracked(jobs, "convert", len(jobs)):
        try:
            if path in written or (path.exists() and _identity(path) in known):
                raise StorageFailed(f"{path} is read from, or was written already")
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(_read(source), path, form, wanted, quality)
        except (DataError, StorageFailed, OSError) as error:
            fault = (error.strerror if isinstance(error, OSError) else None) or error
            faults.append({"file": str(source), "fault": str(fault)})
            tell(f"{source}: {fault}")
        else:
            written.add(path)
            done += 1
    if as_json:
        print_json({"converted": done, "failed": len(faults), "faults": faults})
    else:
        print(f"{done} converted, {len(faults)} failed")  # noqa: T201
    raise typer.Exit(1 if faults or not done else 0)


def _jobs(
    sources: Sequence[Path], target: Path, to: Form | None
) -> Iterator[tuple[Path, Path, Form]]:
    """What is read, where it goes and as what."""
    if len(sources) == 1 and not sources[0].is_dir() and not target.is_dir():
        form = to or _form_of(target)
        if form is None:
            raise ConfigurationError(
                f"{target}: neither .dcm nor .json nor .xml",
                setting="to",
                hint="give the form with --to dcm",
            )
        yield sources[0], target, form
        return
    if target.exists() and not target.is_dir():
        raise ConfigurationError(f"{target} is no folder", setting="target")
    form = to or Form.DCM
    for source in sources:
        for path in walk([source]):
            name = path.relative_to(source) if source.is_dir() else Path(path.name)
            yield path, target / _renamed(name, form), form


def _form_of(path: Path) -> Form | None:
    suffix = path.suffix.lower().removeprefix(".")
    return Form(suffix) if suffix in tuple(Form) else None


def _renamed(name: Path, form: Form) -> Path:
    """``name`` with the suffix of ``form``; DICOM files keep names without one."""
    if _form_of(name) is not None:
        return name.with_suffix(f".{form}")
    return name if form is Form.DCM else name.with_name(f"{name.name}.{form}")


def _loses(wanted: TransferSyntax | None) -> bool:
    if wanted is None or not wanted.encapsulated:
        return False
    # Only where it is needed: codecs and NumPy take a while to load.
    from filmroom.pixels import CODECS

    return wanted.uid in CODECS and CODECS[wanted.uid].is_lossy


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


# ---------------------------------------------------------------------- reading and writing


def _read(path: Path) -> _Object:
    form = _form_of(path)
    if form is Form.JSON or form is Form.XML:
        return _read_model(path, read_json if form is Form.JSON else read_xml)
    file = read_dicom(path)
    return _Object(file.data_set, file.transfer_syntax, file.meta.text(_SOURCE_AE_TITLE))


def _read_model(path: Path, read: Callable[[bytes], DataSet]) -> _Object:
    try:
        data_set = read(path.read_bytes())
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise InvalidDicomFile(f"cannot read the file: {reason}") from error
    uid, source_ae = data_set.text(_TRANSFER_SYNTAX_UID), data_set.text(_SOURCE_AE_TITLE)
    for tag in data_set.tags():
        if tag.group == 2:
            del data_set[tag]
    if uid:
        return _Object(data_set, transfer_syntax(uid), source_ae)
    pixel_data = data_set.element(_PIXEL_DATA)
    compressed = pixel_data is not None and pixel_data.undefined_length
    return _Object(data_set, None if compressed else ExplicitVRLittleEndian, source_ae)


def _write(
    found: _Object,
    path: Path,
    form: Form,
    wanted: TransferSyntax | None,
    quality: float | None,
) -> None:
    syntax = wanted or found.syntax
    if syntax is None:
        raise InvalidTransferSyntax(
            "pixel data is compressed, and nothing says how",
            tag=_PIXEL_DATA,
            hint="name its transfer syntax with --syntax",
        )
    data_set = in_syntax(found, syntax, quality)
    if form is Form.DCM:
        if _DIRECTORY_RECORDS in data_set:
            raise InvalidDicomFile("a DICOMDIR: its offsets would not lead to its records")
        write_file(path, data_set, syntax, source_ae=found.source_ae)
        return
    if syntax.encapsulated and _PIXEL_DATA in data_set:
        # A model does not say how its pixel data is compressed; without this nobody could tell.
        data_set.set(_TRANSFER_SYNTAX_UID, VR.UI, syntax.uid)
    known = len(data_set.issues)
    pieces = encode_json(data_set, indent=True) if form is Form.JSON else encode_xml(data_set)
    write_pieces(path, pieces)
    for issue in data_set.issues[known:]:
        tell(f"{path}: {issue}")


def in_syntax(found: _Object, wanted: TransferSyntax, quality: float | None = None) -> DataSet:
    """The data set with its pixel data encoded as ``wanted`` asks: the one place for that.

    Raises InvalidTransferSyntax where it cannot be decoded or encoded, other DataErrors for pixels
    that are not as described.
    """
    if found.syntax is None:
        return found.data_set
    # Only where it is needed: codecs and NumPy take a while to load.
    from filmroom.pixels import transcode

    return transcode(found.data_set, found.syntax, wanted, quality=quality)
