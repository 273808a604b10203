"""The corpus: every file of DICOM that pydicom's wheel and the package pydicom-data bundle."""

import gzip
from importlib.util import find_spec
from pathlib import Path

_NO_DICOM = {".dump", ".icc", ".json", ".md", ".py", ".pyc", ".txt", ".typed"}


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


PYDICOM = _folder("pydicom")
PYDICOM_DATA = _folder("data_store")

FILES = [
    path
    for folder in (PYDICOM, PYDICOM_DATA)
    for path in sorted(folder.rglob("*"))
    if path.is_file() and path.suffix not in _NO_DICOM and path.name != "README"
]
"""All of them, one of which is compressed with gzip: see :func:`content`."""


def name_of(path: Path) -> str:
    """A short name that no two files share."""
    if path.is_relative_to(PYDICOM):
        return str(path.relative_to(PYDICOM))
    return f"pydicom-data/{path.name}"


def content(path: Path) -> bytes:
    """The bytes of the DICOM file, unpacked where it is in an archive."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
