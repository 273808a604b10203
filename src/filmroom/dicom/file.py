"""DICOM files: preamble, prefix, file meta information, data set (PS3.10 §7)."""

from __future__ import annotations

import errno
import mmap
import os
import stat
import struct
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import NO_PRIVATE_DICTIONARY, PrivateDictionary
from filmroom.dicom.issue import Issue
from filmroom.dicom.parser import Parser
from filmroom.dicom.reader import actual_syntax, read_data_set, syntax_told_by
from filmroom.dicom.uid import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    ExplicitVRLittleEndian,
    TransferSyntax,
    transfer_syntax,
)
from filmroom.dicom.writer import Piece, encode
from filmroom.errors import DataError, InvalidDicomFile, MissingRequiredTag

__all__ = [
    "DicomFile",
    "file_meta",
    "read_file",
    "read_preamble_and_meta",
    "write_file",
    "write_pieces",
]

_PREAMBLE = 128
_PREFIX = b"DICM"
_AFTER_META = 0x00030000
_GROUP_OF_META = 0x0002
_GROUP_LENGTH = b"\2\0\0\0UL\4\0"
_META_BEGINS = (b"\2\0", b"\0\2")
_TRANSFER_SYNTAX_UID = 0x00020010
_SOP_CLASS_UID = 0x00080016
_SOP_INSTANCE_UID = 0x00080018
_SHORT = struct.Struct("<HH2sH")
_LONG = struct.Struct("<HH2sxxI")
_FIRST_GROUPS = frozenset(range(0x0001, 0x0011))
"""Groups that the first element of a data set without file meta information may be of."""


@dataclass(frozen=True, slots=True)
class DicomFile:
    """A file that was read; its data set refers to the file's bytes, mapped or in memory."""

    preamble: bytes
    meta: DataSet
    data_set: DataSet
    transfer_syntax: TransferSyntax
    data_set_offset: int
    """Bytes of the file before its data set."""

    @property
    def issues(self) -> list[Issue]:
        """The defects tolerated so far, in file meta information and data set."""
        return [*self.meta.issues, *self.data_set.issues]


def file_meta(
    sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str, source_ae: str = ""
) -> bytes:
    """Preamble, prefix and file meta information to put before a data set (PS3.10 §7.1).

    ``source_ae`` becomes the Source Application Entity Title where it is not empty.
    """
    elements = [
        _LONG.pack(0x0002, 0x0001, b"OB", 2) + b"\0\1",
        _text_element(0x0002, b"UI", sop_class_uid),
        _text_element(0x0003, b"UI", sop_instance_uid),
        _text_element(0x0010, b"UI", transfer_syntax_uid),
        _text_element(0x0012, b"UI", IMPLEMENTATION_CLASS_UID),
        _text_element(0x0013, b"SH", IMPLEMENTATION_VERSION_NAME),
    ]
    if source_ae:
        elements.append(_text_element(0x0016, b"AE", source_ae))
    body = b"".join(elements)
    group_length = _SHORT.pack(0x0002, 0x0000, b"UL", 4) + struct.pack("<I", len(body))
    return bytes(_PREAMBLE) + _PREFIX + group_length + body


def _text_element(element: int, vr: bytes, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    return _SHORT.pack(0x0002, element, vr, len(value)) + value


def read_preamble_and_meta(
    buffer: bytes | memoryview | mmap.mmap, *, strict: bool = False
) -> tuple[DataSet, int, TransferSyntax]:
    """File meta information, offset of the data set and its transfer syntax.

    A file without preamble, or without file meta information, is understood where the bytes leave
    no doubt, with an issue in the returned data set; so is a data set that is laid out otherwise
    than declared. Raises InvalidDicomFile where nothing of DICOM is found, InvalidTransferSyntax
    for one that is unknown.
    """
    view = memoryview(buffer)
    offset, missing = _start(view)
    meta = _read_meta(view, offset, strict)
    if missing:
        meta.parser.tolerate(missing, None, 0, InvalidDicomFile)
    end = meta.end_offset
    head = bytes(view[end : end + 8])
    if _TRANSFER_SYNTAX_UID in meta:
        syntax = transfer_syntax(meta.text(_TRANSFER_SYNTAX_UID))
    else:
        # LENIENT: no Transfer Syntax UID; old archives kept bare data sets. The bytes tell it.
        if len(head) < 8:
            raise InvalidDicomFile("no data set after the file meta information", offset=end)
        if len(meta) or not missing:
            meta.parser.tolerate(
                "no Transfer Syntax UID", _TRANSFER_SYNTAX_UID, offset, MissingRequiredTag
            )
        syntax = syntax_told_by(head)
    if not syntax.deflated and len(head) == 8:
        syntax = actual_syntax(head, syntax, meta.parser, end)
    return meta, end, syntax


def _start(view: memoryview) -> tuple[int, str]:
    """Where group 0002 or else the data set begins, and what is missing before it."""
    if view[_PREAMBLE : _PREAMBLE + 4] == _PREFIX:
        return _PREAMBLE + 4, ""
    if view[:4] == _PREFIX:
        # LENIENT: the prefix without the 128 bytes before it.
        return 4, "no preamble before the prefix DICM"
    for start in (0, _PREAMBLE):
        head = bytes(view[start : start + 8])
        if len(head) == 8 and _begins(head, meta_only=start > 0):
            # LENIENT: a data set alone, as written by tools before PS3.10 and by storescp -B, or
            # file meta information after 128 bytes without the prefix.
            return start, "no prefix DICM" if start else "no preamble and no prefix DICM"
    raise InvalidDicomFile(
        "no DICOM file: the prefix DICM is missing, and no data set stands in its place",
        offset=0,
        hint="check that the file is DICOM and whole",
    )


def _begins(head: bytes, *, meta_only: bool) -> bool:
    """Whether file meta information, or else a data set, begins with these eight bytes."""
    little, big = int.from_bytes(head[:2], "little"), int.from_bytes(head[:2], "big")
    if little == _GROUP_OF_META:
        return True
    return not meta_only and (little in _FIRST_GROUPS or big in _FIRST_GROUPS)


def _read_meta(view: memoryview, offset: int, strict: bool) -> DataSet:
    """File meta information; of no elements where none stands at ``offset``."""
    if bytes(view[offset : offset + 2]) not in _META_BEGINS:
        parser = Parser(strict)
        return DataSet.from_buffer(view, {}, ExplicitVRLittleEndian, parser, end_offset=offset)
    end = _counted_end(view, offset)
    if end is not None:
        # The data set behind may begin with a tag that is no higher, and bytes of a deflated one
        # may look like an element of group 0002: where the group length is true, it decides.
        parser = Parser()
        try:
            records, stop = parser.elements(
                view, offset, end, implicit=False, little=True, stop_before=_AFTER_META
            )
        except DataError:
            stop = -1  # a group length that is wrong ends in the middle of an element
        if stop == end and not parser.issues:
            parser.strict = strict
            return DataSet.from_buffer(
                view, records, ExplicitVRLittleEndian, parser, end_offset=end
            )
    return read_data_set(
        view, ExplicitVRLittleEndian, offset=offset, stop_before=_AFTER_META, strict=strict
    )


def _counted_end(view: memoryview, offset: int) -> int | None:
    """Where file meta information ends by its group length, which may be wrong."""
    if bytes(view[offset : offset + 8]) != _GROUP_LENGTH:
        return None
    end = offset + 12 + int.from_bytes(view[offset + 8 : offset + 12], "little")
    goes_on = bytes(view[end : end + 2]) == _GROUP_LENGTH[:2]
    return None if end > len(view) or goes_on else end


def read_file(
    path: Path | str,
    *,
    strict: bool = False,
    mapped: bool = True,
    stop_before: int | None = None,
    private_dictionary: PrivateDictionary = NO_PRIVATE_DICTIONARY,
) -> DicomFile:
    """Read a file. ``mapped`` leaves its bytes on disk until they are looked at.

    ``stop_before`` ends reading before the first tag that is not below it. Raises
    :class:`DataError` of some kind where it is no DICOM file, OSError where it cannot be read.
    Defects that were tolerated are in ``issues``; ``strict`` raises them.
    """
    view = memoryview(_map(path)) if mapped else memoryview(Path(path).read_bytes())
    if not view:
        raise InvalidDicomFile("the file is empty", offset=0)
    meta, offset, syntax = read_preamble_and_meta(view, strict=strict)
    data_set = read_data_set(
        view,
        syntax,
        offset=offset,
        stop_before=stop_before,
        strict=strict,
        private_dictionary=private_dictionary,
    )
    prefixed = view[_PREAMBLE : _PREAMBLE + 4] == _PREFIX
    preamble = bytes(view[:_PREAMBLE]) if prefixed else b""
    return DicomFile(preamble, meta, data_set, syntax, offset)


def _map(path: Path | str) -> mmap.mmap | bytes:
    fd = os.open(path, os.O_RDONLY)
    try:
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        return mmap.mmap(fd, status.st_size, access=mmap.ACCESS_READ) if status.st_size else b""
    finally:
        os.close(fd)


def write_file(
    path: Path | str, data_set: DataSet, syntax: TransferSyntax, *, source_ae: str = ""
) -> None:
    """Write ``data_set`` as a file in ``syntax``; the file appears whole or not at all.

    Raises MissingRequiredTag without SOP Class UID or SOP Instance UID, other DataErrors for
    values that cannot be encoded, OSError where the file cannot be written.
    """
    uids = []
    for tag in (_SOP_CLASS_UID, _SOP_INSTANCE_UID):
        uid = data_set.text(tag)
        if not uid:
            raise MissingRequiredTag("a file needs SOP Class UID and SOP Instance UID", tag=tag)
        uids.append(uid)
    meta = file_meta(uids[0], uids[1], syntax.uid, source_ae)
    write_pieces(path, chain([meta], encode(data_set, syntax)))


def write_pieces(path: Path | str, pieces: Iterable[Piece]) -> None:
    """Write ``pieces`` as a file that appears whole or not at all; raises OSError."""
    target = Path(path)
    fd, name = tempfile.mkstemp(prefix=".filmroom-", dir=target.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            for piece in pieces:
                file.write(piece)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
