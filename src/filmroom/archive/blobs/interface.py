"""The port behind which the objects' bytes lie: write once, read anywhere, delete.

One contract suite (``tests/contract/test_blob_store.py``) runs over every backend. A key is
relative and the same in each: ``ab/cd/<study>/<series>/<instance>.dcm``, where the first letters
are a hash of the study UID, so that no folder grows without bound and a person finds a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2s
from types import TracebackType
from typing import Protocol, Self

from filmroom.errors import InvalidUID

__all__ = ["BlobReader", "BlobStore", "BlobWriter", "ObjectName"]

# LENIENT: leading zeros and empty components, met in old modalities; only what a path needs.
_UID = re.compile(r"[0-9][0-9.]{0,63}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ObjectName:
    """The three UIDs that name an object; anything but digits and dots raises InvalidUID."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str

    def __post_init__(self) -> None:
        for tag, uid in (
            (0x0020000D, self.study_instance_uid),
            (0x0020000E, self.series_instance_uid),
            (0x00080018, self.sop_instance_uid),
        ):
            if not _UID.match(uid):
                raise InvalidUID("not a UID", tag=tag)

    @property
    def folder(self) -> str:
        """``ab/cd/<study>/<series>``."""
        digest = blake2s(self.study_instance_uid.encode("ascii"), digest_size=2).hexdigest()
        study, series = self.study_instance_uid, self.series_instance_uid
        return f"{digest[:2]}/{digest[2:]}/{study}/{series}"

    def key(self, suffix: str = "") -> str:
        """The key; ``suffix`` (after a tilde) tells apart other bytes under the same UIDs."""
        tail = f"~{suffix}" if suffix else ""
        return f"{self.folder}/{self.sop_instance_uid}{tail}.dcm"


class BlobWriter(Protocol):
    """One blob being written. Nothing is visible under a key before :meth:`commit` returns."""

    @property
    def size(self) -> int:
        """Bytes written so far."""
        ...

    def write(self, view: bytes | memoryview) -> None:
        """Append all of ``view``; raises OutOfResources or StorageFailed."""
        ...

    def commit(self, name: ObjectName, digest: str) -> str:
        """Make the blob durable and visible; return its key.

        Where the plain key is taken, the key carries the beginning of ``digest``: a blob is never
        overwritten. Once the index knows the key, :meth:`discard` forgets the writing; a crash
        before that lets :meth:`BlobStore.clean` take the blob back. Raises OutOfResources or
        StorageFailed; the caller then calls :meth:`discard`.
        """
        ...

    def copy(self, data: bytes, reader: BlobReader, offset: int) -> None:
        """Append ``data``, which is what ``reader`` holds at ``offset``.

        A backend may let the file system copy or share it. Raises OutOfResources or StorageFailed.
        """
        ...

    def replace(self, key: str, modified: float) -> None:
        """Make the blob durable as ``key``, in the place of what is there, made at ``modified``.

        What backups are written with. Raises OutOfResources or StorageFailed.
        """
        ...

    def discard(self) -> None:
        """Drop what was written and not committed, and all trace of the writing."""
        ...


class BlobReader(Protocol):
    """One blob being read."""

    @property
    def size(self) -> int:
        """Bytes of the blob."""
        ...

    def view(self) -> memoryview:
        """The whole blob, mapped where the backend can; valid until :meth:`close`."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``; fewer at the end."""
        ...

    def close(self) -> None:
        """Give the blob back."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class BlobStore(Protocol):
    """Keeps blobs. Safe to use from many threads; every method may block on the backend."""

    def create(self) -> BlobWriter:
        """Begin a blob whose name is told at the end."""
        ...

    def open(self, key: str) -> BlobReader:
        """Raises ObjectNotFound."""
        ...

    def delete(self, key: str) -> bool:
        """Remove the blob; False when there was none."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the blob is there."""
        ...

    def size(self, key: str) -> int:
        """Bytes of the blob; raises ObjectNotFound."""
        ...

    def modified(self, key: str) -> float:
        """When the blob was made visible, seconds since 1970; raises ObjectNotFound."""
        ...

    def keys(self) -> Iterator[str]:
        """The keys of all blobs, in no stated order; those that come and go may be missed."""
        ...

    def is_receiving(self) -> bool:
        """Whether a blob is being written at this moment, by any process.

        Raises StorageFailed where the store is not there.
        """
        ...

    def clean(self, is_known: Callable[[str], bool]) -> int:
        """Remove what interrupted writers left behind; return how many. Live ones are spared.

        A blob that was committed stays only where its key ``is_known`` to the index.
        """
        ...
