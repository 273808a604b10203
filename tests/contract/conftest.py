from pathlib import Path

import pytest

from filmroom.archive.blobs import BlobStore, FilesystemBlobs
from filmroom.archive.index import Index, SqliteIndex


@pytest.fixture(params=["filesystem"])
def blobs(request, tmp_path: Path) -> BlobStore:
    return FilesystemBlobs(tmp_path / "objects")


@pytest.fixture(params=["sqlite"])
def index(request, tmp_path: Path) -> Index:
    opened = SqliteIndex(tmp_path / "index.sqlite")
    yield opened
    opened.close()
