"""One object on its way in: streamed to its blob, scanned and digested as it passes.

:meth:`Incoming.write` costs one system call and one digest update a chunk, and until the pixel data
begins one scan of the chunk. Everything that waits for a disk happens in :meth:`Incoming.finish`,
on a thread of the archive, so that the caller receives the next object meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from xxhash import xxh3_128

from filmroom.archive.blobs import BlobWriter, ObjectName
from filmroom.archive.index import AddKind
from filmroom.archive.record import InstanceRecord, extract
from filmroom.archive.values import PADDING
from filmroom.dicom.scanner import Scanner
from filmroom.errors import IdentityMismatch, MissingRequiredTag, TruncatedData

__all__ = ["Incoming", "StoreOutcome", "identity_of"]

_SOP_CLASS_UID = 0x00080016
_SOP_INSTANCE_UID = 0x00080018
_STUDY_INSTANCE_UID = 0x0020000D
_SERIES_INSTANCE_UID = 0x0020000E


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """What became of an object; ``size`` in bytes of its blob, file meta information included."""

    kind: AddKind
    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    size: int
    other_patient: bool = False


Keep = Callable[["Incoming"], "Future[StoreOutcome]"]


class Incoming:
    """Made by :meth:`Archive.receive`; not for several threads at once."""

    __slots__ = (
        "_hasher", "_keep", "_scanned", "data_set_offset", "scanner", "sop_class_uid",
        "sop_instance_uid", "source_ae", "transfer_syntax_uid", "writer",
    )  # fmt: skip

    def __init__(
        self,
        *,
        header: bytes | memoryview,
        writer: BlobWriter,
        scanner: Scanner,
        transfer_syntax_uid: str,
        sop_class_uid: str,
        sop_instance_uid: str,
        source_ae: str,
        keep: Keep,
    ) -> None:
        """Write ``header`` (file meta information); empty UIDs are not checked at the end."""
        self.writer = writer
        self.scanner = scanner
        self.transfer_syntax_uid = transfer_syntax_uid
        self.sop_class_uid = sop_class_uid
        self.sop_instance_uid = sop_instance_uid
        self.source_ae = source_ae
        self.data_set_offset = len(header)
        self._keep = keep
        self._hasher = xxh3_128()
        self._scanned = False
        writer.write(header)

    def write(self, view: bytes | memoryview) -> None:
        """Take the next bytes of the data set; they are not kept in memory.

        Raises a DataError for bytes that are no data set, OutOfResources or StorageFailed; the
        caller then calls :meth:`discard`.
        """
        if not self._scanned:
            self._scanned = self.scanner.feed(view)
        self.writer.write(view)
        self._hasher.update(view)

    def finish(self) -> Future[StoreOutcome]:
        """The data set is complete: the future ends when it is durable and indexed.

        It raises MissingRequiredTag, InvalidUID, TruncatedData, IdentityMismatch,
        DuplicateSopInstance, OutOfResources or StorageFailed, and then nothing is left of the
        object.
        """
        return self._keep(self)

    def discard(self) -> None:
        """Forget the object; does nothing once :meth:`finish` was called or a second time."""
        self.writer.discard()

    def digest(self) -> str:
        """The xxh3_128 of the data set's bytes so far."""
        return self._hasher.hexdigest()

    def record(self) -> tuple[ObjectName, InstanceRecord]:
        """What the index will keep, without a blob key yet; see :meth:`finish` for the errors."""
        self.scanner.finish()
        expected = self.scanner.expected_length
        if expected is not None and self.writer.size - self.data_set_offset < expected:
            raise TruncatedData("the data set ends inside its last element", offset=expected)
        name, sop_class_uid = identity_of(self.scanner, sop_class_uid=self.sop_class_uid)
        if self.sop_instance_uid not in ("", name.sop_instance_uid):
            message = "the data set has another SOP Instance UID than the command"
            raise IdentityMismatch(message, uid=self.sop_instance_uid)
        record = InstanceRecord(
            values=extract(self.scanner),
            sop_class_uid=sop_class_uid,
            sop_instance_uid=name.sop_instance_uid,
            series_instance_uid=name.series_instance_uid,
            study_instance_uid=name.study_instance_uid,
            transfer_syntax_uid=self.transfer_syntax_uid,
            blob_key="",
            size=self.writer.size,
            data_set_offset=self.data_set_offset,
            digest=self.digest(),
            source_ae=self.source_ae,
            received_at=time.time(),
        )
        return name, record


def identity_of(scanner: Scanner, *, sop_class_uid: str = "") -> tuple[ObjectName, str]:
    """The UIDs that name the scanned object, and its SOP Class UID.

    Raises MissingRequiredTag, InvalidUID, and IdentityMismatch where ``sop_class_uid`` is another.
    """
    name = ObjectName(
        _uid(scanner, _STUDY_INSTANCE_UID),
        _uid(scanner, _SERIES_INSTANCE_UID),
        _uid(scanner, _SOP_INSTANCE_UID),
    )
    found = _uid(scanner, _SOP_CLASS_UID)
    if sop_class_uid not in ("", found):
        message = "the data set has another SOP Class UID than the command"
        raise IdentityMismatch(message, uid=name.sop_instance_uid)
    return name, found


def _uid(scanner: Scanner, tag: int) -> str:
    # LENIENT: padded with spaces instead of a null.
    text = bytes(scanner.values.get(tag, b"")).decode("ascii", "replace").strip(PADDING)
    if not text:
        raise MissingRequiredTag("a UID that names the object is missing", tag=tag)
    return text
