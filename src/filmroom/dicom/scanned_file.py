"""Named attributes of a file, without a data set: what an index of many files needs (PS3.10 §7).

::

    found = scan_file("image.dcm", frozenset({0x00100020, 0x0020000D}))
    found.data_set().text("PatientID")
"""

from __future__ import annotations

import os
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.file import read_preamble_and_meta
from filmroom.dicom.issue import Issue
from filmroom.dicom.scanner import Scanner
from filmroom.dicom.uid import TransferSyntax
from filmroom.errors import DataError, InvalidDicomFile

__all__ = ["ScannedFile", "scan_file"]

_HEAD = 16 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """What was found in a file."""

    meta: DataSet
    transfer_syntax: TransferSyntax
    data_set_offset: int
    """Bytes of the file before its data set."""
    scanner: Scanner

    @property
    def values(self) -> dict[int, bytes]:
        """The bytes of each wanted value that was found."""
        return self.scanner.values

    @property
    def issues(self) -> list[Issue]:
        """The defects tolerated; offsets count from the start of file or of data set."""
        return [*self.meta.issues, *self.scanner.issues]

    def data_set(self) -> DataSet:
        """The wanted elements that were found, as a data set."""
        return self.scanner.data_set()


def scan_file(path: Path | str, wanted: Set[int], *, strict: bool = False) -> ScannedFile:
    """Pick ``wanted`` attributes of the top level out of a file, reading no more than it takes.

    Raises :class:`DataError` of some kind where it is no DICOM file, OSError where it cannot be
    read. Tolerated defects are in ``issues``; ``strict`` raises them.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        head = os.read(fd, _HEAD)
        if not head:
            raise InvalidDicomFile("the file is empty", offset=0)
        meta, offset, syntax, head = _meta(fd, head, strict)
        scanner = Scanner(syntax, wanted, strict=strict)
        chunk = memoryview(head)[offset:]
        while chunk and not scanner.feed(chunk):
            chunk = memoryview(os.read(fd, _CHUNK))
    finally:
        os.close(fd)
    scanner.finish()
    return ScannedFile(meta, syntax, offset, scanner)


def _meta(fd: int, head: bytes, strict: bool) -> tuple[DataSet, int, TransferSyntax, bytes]:
    """File meta information out of the head of a file, of which more is read where it must be."""
    try:
        meta, offset, syntax = read_preamble_and_meta(head, strict=strict)
        if offset + 8 <= len(head) or len(head) < _HEAD:
            return meta, offset, syntax, head
    except DataError:
        if len(head) < _HEAD:
            raise
    head += os.read(fd, _CHUNK)
    return *read_preamble_and_meta(head, strict=strict), head
