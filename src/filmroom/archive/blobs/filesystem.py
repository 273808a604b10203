"""Blobs as files: streamed into ``incoming/``, synced, linked into place, never overwritten.

A name is given when all bytes are written: ``link`` (which fails where the name exists), fsync of
the file, fsync of the folder and of folders that were made for it. Linked before it is synced, the
file and its name go to the disk with one commit of the file system's journal instead of two. Until
the index knows the blob, its name under ``incoming/`` tells its key, so that
:meth:`FilesystemBlobs.clean` finds after a crash what nobody was told of.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import mmap
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from filmroom.archive.blobs.interface import BlobReader, ObjectName
from filmroom.errors import ArchiveError, ObjectNotFound, OutOfResources, StorageFailed

__all__ = ["FilesystemBlobs"]

_INCOMING = "incoming"
_SUFFIX = ".dcm"
_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM))
_NO_RIGHT = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_CANNOT_COPY = frozenset(
    (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM, errno.EBADF)
)
_REMEMBERED_FOLDERS = 8192
_TRIES = 8
_SLASH, _MARK = "+", "!"
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


def _failure(error: OSError, doing: str) -> ArchiveError:
    """``error`` as ours; paths stay out of it but for the hint."""
    reason = os.strerror(error.errno) if error.errno else "input/output error"
    if error.errno in _NO_ROOM:
        hint = "free some space, or raise the limit of open files"
        return OutOfResources(f"{doing}: {reason}", hint=hint)
    hint = "check the owner and the mode of the data folder" if error.errno in _NO_RIGHT else ""
    return StorageFailed(f"{doing}: {reason}", hint=hint)


class FilesystemBlobs:
    """A folder of objects. ``durable=False`` skips every fsync (the setting ``relaxed``)."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        """Raises StorageFailed when the folder cannot be made or written."""
        self._root = str(root)
        self._incoming = os.path.join(self._root, _INCOMING)
        self._durable = durable
        self._temporary = os.path.join(self._incoming, f"{secrets.token_hex(4)}-")
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        # By path the inode: a folder that another process removed and made anew is a new one.
        self._synced_folders: dict[str, int] = {}
        try:
            os.makedirs(self._incoming, exist_ok=True)
        except OSError as error:
            raise _failure(error, "cannot make the folder of objects") from error

    def create(self) -> _FileWriter:
        """Begin a file under ``incoming/``; its lock says that somebody is writing it."""
        for _ in range(_TRIES):
            path = f"{self._temporary}{next(self._numbers):x}.part"
            try:
                fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            except OSError as error:
                raise _failure(error, "cannot begin an object") from error
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)  # a clean-up beside us took it for a leftover and removes it
            except OSError as error:
                os.close(fd)
                raise _failure(error, "cannot lock an object being written") from error
            else:
                if os.fstat(fd).st_nlink:
                    return _FileWriter(self, fd, path)
                os.close(fd)  # the same, and it was done before we came to lock
        raise StorageFailed("cannot lock an object being written")

    def open(self, key: str) -> _FileReader:
        """Open the file."""
        try:
            return _FileReader(os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC))
        except FileNotFoundError:
            raise ObjectNotFound("the object's file is gone", hint="see filmroom verify") from None
        except OSError as error:
            raise _failure(error, "cannot open an object") from error

    def delete(self, key: str) -> bool:
        """Remove the file and the folders that it leaves empty."""
        path = self._path(key)
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _failure(error, "cannot remove an object") from error
        folder = os.path.dirname(path)
        while folder != self._root:
            # Forgotten first, so that whoever makes it anew syncs it anew.
            self._synced_folders.pop(folder, None)
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)
        return True

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return os.path.isfile(self._path(key))

    def size(self, key: str) -> int:
        """Bytes of the file."""
        return self._stat(key).st_size

    def modified(self, key: str) -> float:
        """The file's time of last change."""
        return self._stat(key).st_mtime

    def keys(self) -> Iterator[str]:
        """Walk the folders, one at a time in memory."""
        for folder, folders, files in os.walk(self._root):
            relative = os.path.relpath(folder, self._root)
            if relative == ".":
                folders[:] = [name for name in folders if name != _INCOMING]
                continue
            folders.sort()
            for name in sorted(files):
                if name.endswith(_SUFFIX):
                    yield str(PurePosixPath(relative, name))

    def is_receiving(self) -> bool:
        """Whether anything is in ``incoming/``."""
        try:
            with os.scandir(self._incoming) as entries:
                return next(entries, None) is not None
        except OSError as error:
            raise _failure(error, "cannot look at what is being received") from error

    def clean(self, is_known: Callable[[str], bool]) -> int:
        """Remove the files of ``incoming/`` whose writer is gone (its lock went with it).

        One that was linked into place goes from there too, unless its key ``is_known``.
        """
        removed = 0
        with os.scandir(self._incoming) as entries:
            for entry in entries:
                try:
                    fd = os.open(entry.path, os.O_RDONLY | os.O_CLOEXEC)
                except OSError:
                    continue
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    key = _key_of(entry.name)
                    if key and not is_known(key) and self._is_same(entry.path, key):
                        self.delete(key)
                    os.unlink(entry.path)
                    removed += 1
                except OSError:
                    continue
                finally:
                    os.close(fd)
        return removed

    def _is_same(self, path: str, key: str) -> bool:
        try:
            return os.path.samefile(path, self._path(key))
        except (OSError, ObjectNotFound):
            return False

    def _path(self, key: str) -> str:
        parts = key.split("/")
        if "" in parts or "." in parts or ".." in parts or "\0" in key or parts[0] == _INCOMING:
            raise ObjectNotFound("not a key of this store")
        return os.path.join(self._root, *parts)

    def _stat(self, key: str) -> os.stat_result:
        try:
            return os.stat(self._path(key))
        except FileNotFoundError:
            raise ObjectNotFound("the object's file is gone", hint="see filmroom verify") from None
        except OSError as error:
            raise _failure(error, "cannot look at an object") from error

    def _link(self, writer: _FileWriter, name: ObjectName, digest: str) -> str:
        """Give the file its name, the plain one or with the digest where that is taken; sync."""
        suffixes = ("", digest[:12], f"{digest[:12]}-{secrets.token_hex(4)}")
        for suffix in suffixes:
            key = name.key(suffix)
            target = self._path(key)
            writer.rename(f"{self._temporary}{next(self._numbers):x}{_MARK}{_name_of(key)}")
            try:
                self._in_folder(os.link, writer.path, target)
            except FileExistsError:
                continue
            try:
                if self._durable:
                    writer.sync()
                    self._sync_folders(os.path.dirname(target))
            except OSError:
                self.delete(key)
                raise
            return key
        raise StorageFailed("no free name for the object", uid=name.sop_instance_uid)

    def _replace(self, writer: _FileWriter, key: str) -> None:
        """Give the file the name of ``key``, whatever had it; sync first: no link tells of it."""
        if self._durable:
            writer.sync()
        target = self._path(key)
        self._in_folder(os.replace, writer.path, target)
        if self._durable:
            self._sync_folders(os.path.dirname(target))

    @staticmethod
    def _in_folder(name: Callable[[str, str], None], path: str, target: str) -> None:
        """Link or rename ``path`` to ``target``, in folders that are made where they are not."""
        # Again, because a deletion beside us may remove the folder as it becomes empty.
        for _ in range(1000):
            try:
                name(path, target)
            except FileNotFoundError:
                with suppress(FileNotFoundError):
                    os.makedirs(os.path.dirname(target), exist_ok=True)
            else:
                return
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _sync_folders(self, folder: str) -> None:
        """Make the new name durable, and the folders above where that is not known of them."""
        inode = _sync(folder)
        if self._synced_folders.get(folder) == inode:
            return
        upper = folder
        while upper != self._root:
            upper = os.path.dirname(upper)
            _sync(upper)
        with self._lock:
            while len(self._synced_folders) >= _REMEMBERED_FOLDERS:
                self._synced_folders.pop(next(iter(self._synced_folders)))
            self._synced_folders[folder] = inode


def _name_of(key: str) -> str:
    """The end of the name under ``incoming/`` of a blob that is on its way to ``key``."""
    return f"{key.replace('/', _SLASH)}.part"


def _key_of(name: str) -> str:
    """The key that :func:`_name_of` wrote down; empty for a file that had none yet."""
    return name.partition(_MARK)[2].removesuffix(".part").replace(_SLASH, "/")


def _sync(folder: str) -> int:
    """Make the names in ``folder`` durable; gives its inode."""
    fd = os.open(folder, _DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
        return os.fstat(fd).st_ino
    finally:
        os.close(fd)


class _FileWriter:
    """A file under ``incoming/``."""

    __slots__ = ("_fd", "_store", "path", "size")

    def __init__(self, store: FilesystemBlobs, fd: int, path: str) -> None:
        self._store = store
        self._fd = fd
        self.path = path
        self.size = 0

    def write(self, view: bytes | memoryview) -> None:
        """Append; one system call where the kernel takes all of it."""
        length = len(view)
        try:
            done = os.write(self._fd, view)
            while done < length:
                done += os.write(self._fd, memoryview(view)[done:])
        except OSError as error:
            raise _failure(error, "cannot write an object") from error
        self.size += length

    def commit(self, name: ObjectName, digest: str) -> str:
        """Link, sync file and folder; the temporary name stays until :meth:`discard`."""
        try:
            return self._store._link(self, name, digest)
        except OSError as error:
            raise _failure(error, "cannot keep an object") from error

    def copy(self, data: bytes, reader: BlobReader, offset: int) -> None:
        """Append by the kernel, which shares the blocks where the file system can."""
        done = 0
        try:
            while isinstance(reader, _FileReader) and done < len(data):
                copied = os.copy_file_range(
                    reader.descriptor, self._fd, len(data) - done, offset_src=offset + done
                )
                if not copied:
                    break
                done += copied
        except OSError as error:
            if error.errno not in _CANNOT_COPY:
                raise _failure(error, "cannot write an object") from error
        self.size += done
        if done < len(data):
            self.write(memoryview(data)[done:])

    def replace(self, key: str, modified: float) -> None:
        """Rename; the time of last change is kept."""
        try:
            os.utime(self._fd, (modified, modified))
            self._store._replace(self, key)
        except OSError as error:
            raise _failure(error, "cannot keep an object") from error

    def sync(self) -> None:
        """Wait until the bytes are on the disk."""
        os.fsync(self._fd)

    def rename(self, path: str) -> None:
        """Give the file another temporary name."""
        os.rename(self.path, path)
        self.path = path

    def discard(self) -> None:
        """Remove the temporary name."""
        if self._fd < 0:
            return
        with suppress(OSError):
            os.unlink(self.path)
        fd, self._fd = self._fd, -1
        os.close(fd)


class _FileReader:
    """An open file; mapped only where a view is asked for."""

    __slots__ = ("_fd", "_map", "_view", "size")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._map: mmap.mmap | None = None
        self._view: memoryview | None = None
        self.size = os.fstat(fd).st_size

    @property
    def descriptor(self) -> int:
        """The open file's."""
        return self._fd

    def view(self) -> memoryview:
        """The mapping; an empty file has an empty view."""
        if self._view is None:
            if self.size:
                try:
                    self._map = mmap.mmap(self._fd, self.size, prot=mmap.PROT_READ)
                except OSError as error:
                    raise _failure(error, "cannot map an object") from error
            self._view = memoryview(b"" if self._map is None else self._map)
        return self._view

    def read(self, offset: int, length: int) -> bytes:
        """Read from the file."""
        try:
            return os.pread(self._fd, length, offset)
        except OSError as error:
            raise _failure(error, "cannot read an object") from error

    def close(self) -> None:
        """Close; where slices of the view live on, the mapping ends with the last of them."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        try:
            if self._view is not None:
                self._view.release()
            if self._map is not None:
                self._map.close()
        except BufferError:
            pass
        self._view, self._map = None, None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
