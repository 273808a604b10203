import threading
from multiprocessing import Pipe
from pathlib import Path

import pytest

from filmroom.archive.blobs import BlobStore, FilesystemBlobs
from filmroom.archive.index import Index, RelayIndex, SqliteIndex, serve_relay


@pytest.fixture(params=["filesystem"])
def blobs(request, tmp_path: Path) -> BlobStore:
    return FilesystemBlobs(tmp_path / "objects")


@pytest.fixture(params=["sqlite", "sqlite of another process"])
def index(request, tmp_path: Path) -> Index:
    owner = SqliteIndex(tmp_path / "index.sqlite")
    if request.param == "sqlite":
        yield owner
    else:
        ours, theirs = Pipe()
        serving = threading.Thread(target=serve_relay, args=(owner, theirs))
        serving.start()
        relay = RelayIndex(tmp_path / "index.sqlite", ours, lambda: None)
        yield relay
        relay.close()
        serving.join()
    owner.close()
