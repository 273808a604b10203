import fcntl
import threading

import pytest

from filmroom.archive.blobs import FilesystemBlobs, ObjectName
from filmroom.archive.blobs import filesystem as module


@pytest.fixture
def root(tmp_path):
    return tmp_path / "objects"


@pytest.mark.parametrize("ended", [True, False], ids=["a clean-up ended", "one is under way"])
def test_a_clean_up_between_making_and_locking_a_file(root, monkeypatch, ended):
    """It takes the file for one whose writer is gone; the writer must see that and begin again."""
    blobs, cleaner = FilesystemBlobs(root, durable=False), FilesystemBlobs(root, durable=False)
    held = []

    def flock(fd, how):
        monkeypatch.undo()
        if ended:
            assert cleaner.clean(lambda key: False) == 1
        else:
            (path,) = (root / "incoming").iterdir()
            held.append(path.open("rb"))
            fcntl.flock(held[0], fcntl.LOCK_EX)
        fcntl.flock(fd, how)

    monkeypatch.setattr(module.fcntl, "flock", flock)
    writer = blobs.create()
    writer.write(b"abc")
    key = writer.commit(ObjectName("1", "2", "3"), "d" * 32)
    writer.discard()
    with blobs.open(key) as reader:
        assert bytes(reader.view()) == b"abc"
    for file in held:
        file.close()


def test_clean_ups_beside_writers_take_nothing_from_them(root):
    blobs, cleaner = FilesystemBlobs(root, durable=False), FilesystemBlobs(root, durable=False)
    done = threading.Event()

    def clean():
        while not done.is_set():
            cleaner.clean(lambda key: False)

    cleaning = threading.Thread(target=clean)
    cleaning.start()
    try:
        for number in range(300):
            writer = blobs.create()
            writer.write(b"abc")
            writer.commit(ObjectName("1", "2", str(number)), "d" * 32)
            writer.discard()
    finally:
        done.set()
        cleaning.join()
    assert len(list(blobs.keys())) == 300
