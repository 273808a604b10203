"""One file de-identified: read, cleaned, written under a name that tells nothing (PS3.10 §7)."""

from __future__ import annotations

import filecmp
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath

from filmroom.deidentification.deidentifier import Deidentified, Deidentifier
from filmroom.deidentification.mapped import in_stretches
from filmroom.dicom import DataSet, encode, file_meta, is_valid_uid, read_file
from filmroom.dicom.file import write_pieces
from filmroom.dicom.writer import Piece
from filmroom.errors import (
    DuplicateSopInstance,
    FilmroomError,
    MissingRequiredTag,
    StorageFailed,
)

__all__ = ["Outcome", "OutcomeKind", "Replaced", "deidentify_file"]

_DIRECTORY_RECORDS = 0x00041220
_STUDY = 0x0020000D
_SERIES = 0x0020000E
_SOP_CLASS = 0x00080016
_INSTANCE = 0x00080018
_PATIENT_ID = 0x00100020


class OutcomeKind(Enum):
    """What became of a file."""

    WRITTEN = "written"
    """A new file lies in the folder; or would, in a dry run."""
    ALREADY_THERE = "already there"
    """The folder held that very file: from another run, or the same object came twice."""
    SKIPPED = "skipped"
    """A DICOMDIR: it describes files by names that no longer hold."""
    FAILED = "failed"
    """Nothing was written."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Identifiers before and after: the way back, for those who may know it."""

    patient_id: tuple[str, str]
    study: tuple[str, str]
    series: tuple[str, str]
    instance: tuple[str, str]
    days: int
    """By how many days dates went back."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; nothing of it but ``path`` and ``replaced`` tells who it is of."""

    path: Path = field(repr=False)
    kind: OutcomeKind
    output: str = ""
    """The new file below the folder, named by its UIDs."""
    actions: Mapping[str, int] = field(default_factory=dict)
    regions: int = 0
    """How many regions were blanked."""
    warnings: tuple[str, ...] = ()
    error: str = ""
    replaced: Replaced | None = field(default=None, repr=False)


def deidentify_file(
    deidentifier: Deidentifier, path: Path, folder: Path, *, write: bool = True
) -> Outcome:
    """De-identify the file at ``path`` into ``folder``; never raises for what is in the file.

    The new file is ``<study>/<series>/<instance>.dcm`` by the new UIDs. It appears whole or not at
    all, and never takes the place of another. Without ``write`` everything is done but writing.
    """
    try:
        return _deidentify(deidentifier, path, folder, write)
    except FilmroomError as error:
        reason = str(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except Exception as error:
        # A fault of ours must not end a run over a hundred thousand files; its text may hold
        # anything of the file.
        reason = f"unexpected {type(error).__name__}"
    return Outcome(path, OutcomeKind.FAILED, error=reason)


def _deidentify(deidentifier: Deidentifier, path: Path, folder: Path, write: bool) -> Outcome:
    file = read_file(path)
    if _DIRECTORY_RECORDS in file.data_set:
        return Outcome(path, OutcomeKind.SKIPPED)
    made = deidentifier.apply(
        file.data_set, file.transfer_syntax, scratch=folder if write else None, pixels=write
    )
    output = _name(made.data_set, deidentifier)
    kind = OutcomeKind.WRITTEN
    if write:
        kind = _write(made, folder, output)
    return Outcome(
        path,
        kind,
        output=str(output),
        actions=made.actions,
        regions=len(made.regions),
        warnings=made.warnings,
        replaced=_replaced(file.data_set, made),
    )


def _name(data_set: DataSet, deidentifier: Deidentifier) -> PurePosixPath:
    """A name of UIDs only; what stands in the place of one without being one is hashed."""
    parts = []
    for tag, without in ((_STUDY, "study"), (_SERIES, "series"), (_INSTANCE, "instance")):
        uid = data_set.text(tag)
        if uid and not is_valid_uid(uid):
            uid = deidentifier.pseudonyms.uid(uid)
        parts.append(uid or f"no-{without}")
    return PurePosixPath(parts[0], parts[1], f"{parts[2]}.dcm")


def _write(made: Deidentified, folder: Path, output: PurePosixPath) -> OutcomeKind:
    """Write beside, then link: the link fails where the name is taken."""
    partial = folder / f".{secrets.token_hex(8)}.part"
    try:
        write_pieces(partial, _pieces(made))
        target = folder / output
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(partial, target)
        except FileExistsError:
            if filecmp.cmp(partial, target, shallow=False):
                return OutcomeKind.ALREADY_THERE
            raise DuplicateSopInstance(
                "another file of this SOP Instance UID is there already",
                uid=made.data_set.text(_INSTANCE),
                hint="take an empty folder, or look which of the originals is the right one",
            ) from None
        except OSError as error:
            raise StorageFailed(
                f"the folder cannot hold the file: {error.strerror}",
                hint="its file system must know hard links",
            ) from error
    finally:
        partial.unlink(missing_ok=True)
    return OutcomeKind.WRITTEN


def _pieces(made: Deidentified) -> Iterator[Piece]:
    """The bytes of the new file; its meta information tells of nothing but itself."""
    uids = []
    for tag in (_SOP_CLASS, _INSTANCE):
        uid = made.data_set.text(tag)
        if not uid:
            raise MissingRequiredTag("a file needs SOP Class UID and SOP Instance UID", tag=tag)
        uids.append(uid)
    yield file_meta(uids[0], uids[1], made.transfer_syntax.uid)
    yield from in_stretches(encode(made.data_set, made.transfer_syntax))


def _replaced(before: DataSet, made: Deidentified) -> Replaced:
    def pair(tag: int) -> tuple[str, str]:
        return before.text(tag), made.data_set.text(tag)

    return Replaced(pair(_PATIENT_ID), pair(_STUDY), pair(_SERIES), pair(_INSTANCE), made.days)
