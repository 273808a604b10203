"""Reading a DICOMDIR: the directory records of a file set as a tree (PS3.3 Annex F, PS3.10 §8.6).

Records are linked by byte offsets. Where offsets lead nowhere, in circles, or are all zero, what
they do not reach is put in its place by the order of the records, with an issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dicomdir_records import LEVELS
from filmroom.dicom.file import DicomFile, read_file
from filmroom.dicom.issue import Issue
from filmroom.errors import InvalidDicomFile

__all__ = ["MEDIA_STORAGE_DIRECTORY", "Directory", "DirectoryRecord", "read_directory"]

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
"""The SOP Class UID of a DICOMDIR."""

_FIRST_OFFSET = 0x00041200
_RECORDS = 0x00041220
_NEXT_OFFSET = 0x00041400
_IN_USE = 0x00041410
_LOWER_OFFSET = 0x00041420
_TYPE = 0x00041430
_FILE_ID = 0x00041500
_MRDR_OFFSET = 0x00041504
_LOWEST = 3


@dataclass(slots=True, eq=False)
class DirectoryRecord:
    """One directory record, and the records of the directory entity that it refers to."""

    keys: DataSet
    """All elements of the record: those of PS3.3 Table F.3-3 and the keys of its type."""
    file_id: tuple[str, ...] = ()
    """The components of Referenced File ID (0004,1500); none where it refers to no file."""
    children: list[DirectoryRecord] = field(default_factory=list)

    @property
    def record_type(self) -> str:
        """Directory Record Type (0004,1430): PATIENT, STUDY, SERIES, IMAGE or another."""
        return self.keys.text(_TYPE)

    @property
    def sop_class_uid(self) -> str:
        """Referenced SOP Class UID in File (0004,1510)."""
        return self.keys.text(0x00041510)

    @property
    def sop_instance_uid(self) -> str:
        """Referenced SOP Instance UID in File (0004,1511)."""
        return self.keys.text(0x00041511)

    @property
    def transfer_syntax_uid(self) -> str:
        """Referenced Transfer Syntax UID in File (0004,1512)."""
        return self.keys.text(0x00041512)

    def walk(self) -> Iterator[DirectoryRecord]:
        """This record and all below it, each before those below it."""
        return _walk([self])


@dataclass(frozen=True, slots=True)
class Directory:
    """What a DICOMDIR says; ``records`` are those of the root directory entity."""

    file_set_id: str
    file_set_uid: str
    records: tuple[DirectoryRecord, ...]
    issues: list[Issue]

    def walk(self) -> Iterator[DirectoryRecord]:
        """All records, each before those below it."""
        return _walk(self.records)


def _walk(records: Sequence[DirectoryRecord]) -> Iterator[DirectoryRecord]:
    pending = list(reversed(records))
    while pending:
        record = pending.pop()
        yield record
        pending.extend(reversed(record.children))


def read_directory(path: Path | str, *, strict: bool = False) -> Directory:
    """Read the DICOMDIR at ``path``; no file that it names is looked at.

    Raises :class:`DataError` of some kind where it is none, OSError where it cannot be read.
    Defects that were tolerated are in ``issues``; ``strict`` raises them.
    """
    return _Reading(read_file(path, strict=strict)).directory()


class _Reading:
    """The records of one file by their place in the sequence and by their offset."""

    def __init__(self, file: DicomFile) -> None:
        self._file = file
        self._data_set = file.data_set
        if file.meta.text(0x00020002) != MEDIA_STORAGE_DIRECTORY and _RECORDS not in self._data_set:
            raise InvalidDicomFile("no DICOMDIR: the file holds no directory records")
        items = self._data_set.sequence(_RECORDS)
        self._records = [DirectoryRecord(item, _file_id(item)) for item in items]
        self._by_offset = {_offset(item): n for n, item in enumerate(items) if len(item)}
        self._reached: set[int] = set()

    def directory(self) -> Directory:
        """The tree."""
        roots: list[DirectoryRecord] = []
        self._follow(_number(self._data_set, _FIRST_OFFSET), roots)
        self._place_by_order(roots)
        for record in self._records:
            if not record.file_id:
                record.file_id = self._indirect_file_id(record)
        return Directory(
            self._data_set.text(0x00041130),
            self._file.meta.text(0x00020003),
            tuple(roots),
            self._file.issues,
        )

    def _follow(self, first: int, roots: list[DirectoryRecord]) -> None:
        """Put the records that the offsets reach into the lists that they belong to."""
        parser = self._data_set.parser
        entities = [(first, roots)]
        while entities:
            offset, siblings = entities.pop()
            while offset:
                number = self._by_offset.get(offset)
                if number is None:
                    # LENIENT: offsets of another copy of the directory, from careless rewriting.
                    parser.tolerate("an offset that leads to no directory record", None, offset)
                    break
                if number in self._reached:
                    parser.tolerate("directory records in a circle", None, offset)
                    break
                self._reached.add(number)
                record = self._records[number]
                if _in_use(record):
                    siblings.append(record)
                # What is below a record that is not in use is reached, and goes with it.
                entities.append((_number(record.keys, _LOWER_OFFSET), record.children))
                offset = _number(record.keys, _NEXT_OFFSET)

    def _place_by_order(self, roots: list[DirectoryRecord]) -> None:
        """Put what no offset reaches below the last record before it that can hold it."""
        above: list[DirectoryRecord | None] = [None] * (_LOWEST + 1)
        lost = 0
        for number, record in enumerate(self._records):
            if not _in_use(record) or record.record_type == "MRDR":
                continue
            level = LEVELS.get(record.record_type, _LOWEST)
            if number not in self._reached:
                lost += 1
                parent = next((one for one in reversed(above[:level]) if one is not None), None)
                (roots if parent is None else parent.children).append(record)
            above[level:] = [record] + [None] * (_LOWEST - level)
        if lost:
            # LENIENT: offsets of zero, from writers that know no others.
            message = f"{lost} directory records that no offset leads to"
            self._data_set.parser.tolerate(message, _RECORDS, 0)

    def _indirect_file_id(self, record: DirectoryRecord) -> tuple[str, ...]:
        """The File ID of the multi-referenced file that ``record`` refers to (retired)."""
        number = self._by_offset.get(_number(record.keys, _MRDR_OFFSET))
        return () if number is None else _file_id(self._records[number].keys)


def _in_use(record: DirectoryRecord) -> bool:
    """Whether a record counts; zero, now retired, marked those that were deleted."""
    values = record.keys.values_of(_IN_USE)
    return not values or values[0] != 0


def _file_id(item: DataSet) -> tuple[str, ...]:
    element = item.element(_FILE_ID)
    parts = () if element is None else element.code_strings()
    if any("/" in part for part in parts):
        # LENIENT: components separated by slashes, from writers on UNIX.
        item.parser.tolerate("a File ID with slashes", _FILE_ID, None)
        parts = tuple("/".join(parts).split("/"))
    return tuple(part for part in parts if part)


def _number(data_set: DataSet, tag: int) -> int:
    """An offset; 0 where there is none."""
    values = data_set.values_of(tag)
    return values[0] if values and isinstance(values[0], int) else 0


def _offset(item: DataSet) -> int:
    """Where an item begins in its file: its header stands before its first element."""
    first = item.record(item.tags()[0])
    record = first if first is None or isinstance(first, tuple) else first.record
    assert record is not None  # every record was read
    return record[1] - 8
