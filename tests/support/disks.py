"""Small file systems of a test's own, to fill, freeze, make read-only. Only root may mount."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def memory_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A few megabytes of memory as a disk."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(disk: Path, but: int = 0) -> Iterator[None]:
    """While it lasts, there is no byte of room ``but`` so many."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
        file.truncate(file.tell() - but)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own that can be frozen."""
    image = folder.with_suffix(".image")
    folder.mkdir()
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4") or not shutil.which("fsfreeze"):
        pytest.skip("needs root, mkfs.ext4 and fsfreeze")
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    mount = ["mount", "-o", "loop", str(image), str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no loop device")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        image.unlink()


@contextmanager
def frozen(disk: Path) -> Iterator[None]:
    """While it lasts, whoever writes waits. It ends with this process, however that ends."""
    end = f'read _; fsfreeze -u "{disk}"'
    with subprocess.Popen(["sh", "-c", end], stdin=subprocess.PIPE) as thaw:
        subprocess.run(["fsfreeze", "-f", str(disk)], check=True)
        try:
            yield
        finally:
            assert thaw.stdin is not None
            thaw.stdin.close()
            thaw.wait(30)
