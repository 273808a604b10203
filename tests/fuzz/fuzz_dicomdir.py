"""DICOMDIR: directory records joined by offsets that may lead anywhere.

For all bytes:

- reading them as a DICOMDIR raises `DataError` or nothing;
- each record is met once, in however many circles the offsets go;
- a file that a record names is looked for below the folder of the file set and nowhere else.

The first byte chooses strictness; the rest is the file.
"""

import atexit
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from corpus import FILES, content
from filmroom.dicom.dicomdir import read_directory
from filmroom.dicom.file_set import FileSetFolder
from filmroom.errors import DataError

LONGEST_INPUT = 16384
CHANGED = 300


@cache
def folder() -> Path:
    """A folder with a file in it and a file beside it, and no way from one to the other."""
    outside = Path(tempfile.mkdtemp(prefix="filmroom-fuzz-"))
    atexit.register(shutil.rmtree, outside)
    inside = outside / "inside"
    (inside / "A").mkdir(parents=True)
    (inside / "A" / "B").write_bytes(b"")
    (outside / "C").write_bytes(b"")
    return inside


def check(data: bytes) -> None:
    path = folder().parent / "DICOMDIR"
    path.write_bytes(data[1:])
    try:
        directory = read_directory(path, strict=bool(data[:1] == b"\1"))
    except DataError:
        return
    met = [id(record) for record in directory.walk()]
    assert len(met) == len(set(met))
    files = FileSetFolder(folder())
    for record in directory.walk():
        with suppress(DataError):  # read strictly, text may still be refused
            assert isinstance(record.record_type, str)
            assert isinstance(record.sop_instance_uid, str)
        found = files.find(record.file_id)
        assert found is None or found.resolve().is_relative_to(folder().resolve())


def seeds() -> list[bytes]:
    directories = [content(path) for path in FILES if path.name.startswith("DICOMDIR")]
    whole = [bytes([number % 2]) + data for number, data in enumerate(directories)]
    leading_out = [
        data.replace(b"98892003\\MR1\\15820", name.ljust(18))
        for data in whole[:2]
        for name in (b"..\\C", b"A\\..\\..\\C", b"A\\B", b"/etc/passwd", b"")
    ]
    return [data for data in whole + leading_out if len(data) <= LONGEST_INPUT]
