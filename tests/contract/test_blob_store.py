"""What every blob store does; each backend joins by a parameter of the fixture ``blobs``."""

import fcntl
import os
import threading

import pytest

from filmroom.archive.blobs import ObjectName
from filmroom.errors import InvalidUID, ObjectNotFound

NAME = ObjectName("1.2.3", "1.2.3.4", "1.2.3.4.5")


def put(blobs, content, name=NAME, digest="d" * 32):
    writer = blobs.create()
    writer.write(content)
    key = writer.commit(name, digest)
    writer.discard()
    return key


def test_what_was_written_is_read(blobs):
    writer = blobs.create()
    writer.write(b"abc")
    writer.write(memoryview(b"defg"))
    assert writer.size == 7
    key = writer.commit(NAME, "0" * 32)
    with blobs.open(key) as reader:
        assert reader.size == 7
        assert bytes(reader.view()) == b"abcdefg"
        assert reader.read(2, 3) == b"cde"
        assert reader.read(5, 100) == b"fg"
    assert blobs.exists(key)
    assert blobs.size(key) == 7
    assert list(blobs.keys()) == [key]


def test_the_key_names_study_series_and_instance(blobs):
    assert put(blobs, b"x").split("/")[2:] == ["1.2.3", "1.2.3.4", "1.2.3.4.5.dcm"]


def test_a_blob_is_never_overwritten(blobs):
    keys = [put(blobs, content, digest="ab" * 16) for content in (b"1", b"2", b"3")]
    assert len(set(keys)) == 3
    assert keys[1].endswith("1.2.3.4.5~" + "abababababab" + ".dcm")
    for key, content in zip(keys, (b"1", b"2", b"3"), strict=True):
        with blobs.open(key) as reader:
            assert bytes(reader.view()) == content


def crash(writer):
    """The writer's process ends: its lock goes, its names stay."""
    os.close(writer._fd)


def test_nothing_is_visible_before_commit_nor_after_discard(blobs):
    writer = blobs.create()
    writer.write(b"abc")
    assert list(blobs.keys()) == []
    writer.discard()
    writer.discard()
    assert list(blobs.keys()) == []
    assert blobs.clean(lambda key: False) == 0


def test_clean_spares_what_is_being_written(blobs):
    writer = blobs.create()
    writer.write(b"abc")
    assert blobs.clean(lambda key: False) == 0
    key = writer.commit(NAME, "0" * 32)
    assert blobs.size(key) == 3
    assert blobs.clean(lambda key: False) == 0
    assert blobs.size(key) == 3


@pytest.mark.parametrize("indexed", [True, False])
def test_clean_takes_back_what_a_crash_left_unindexed(blobs, indexed):
    first = put(blobs, b"1")
    writer = blobs.create()
    writer.write(b"22")
    key = writer.commit(NAME, "0" * 32)
    crash(writer)
    assert blobs.clean(lambda known: indexed and known == key) == 1
    assert blobs.exists(key) is indexed
    assert blobs.exists(first)
    assert blobs.clean(lambda known: False) == 0


def test_delete(blobs):
    key = put(blobs, b"x")
    assert blobs.delete(key) is True
    assert blobs.delete(key) is False
    assert not blobs.exists(key)
    assert list(blobs.keys()) == []
    assert put(blobs, b"y") == key


@pytest.mark.parametrize(
    "key", ["ab/cd/1/2/3.dcm", "../../etc/passwd", "/etc/passwd", "", "a/../b"]
)
def test_what_is_not_there_is_not_found(blobs, key):
    with pytest.raises(ObjectNotFound):
        blobs.open(key)


@pytest.mark.parametrize(
    "uid", ["", "..", ".", "../1", "1/2", "1.2\0", "1.2\n", "a", "1" * 65, "١.٢"]
)
def test_only_uids_name_an_object(uid):
    for names in ((uid, "1", "1"), ("1", uid, "1"), ("1", "1", uid)):
        with pytest.raises(InvalidUID):
            ObjectName(*names)


def test_views_outlive_close_while_held(blobs):
    reader = blobs.open(put(blobs, b"abcdef"))
    part = reader.view()[2:4]
    reader.close()
    assert bytes(part) == b"cd"


def test_an_empty_blob(blobs):
    with blobs.open(put(blobs, b"")) as reader:
        assert (reader.size, bytes(reader.view())) == (0, b"")


def test_many_threads_one_name(blobs):
    keys, failures = [], []

    def run(number):
        try:
            for _ in range(10):
                key = put(blobs, b"%d" % number, digest=f"{number:032x}")
                keys.append(key)
                blobs.delete(key)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(keys) == 80
    assert list(blobs.keys()) == []


def test_an_object_begun_while_another_process_cleans_up_is_not_lost(blobs, monkeypatch):
    """The clean-up may find the new file before its writer has locked it, and be done with it."""
    removed = []
    lock = fcntl.flock

    def late(fd, operation):
        if not removed:
            removed.append(None)
            removed.append(blobs.clean(lambda key: False))
        lock(fd, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    key = put(blobs, b"abc")
    assert removed == [None, 1]
    with blobs.open(key) as reader:
        assert bytes(reader.view()) == b"abc"


def test_a_blob_is_copied_to_a_key_that_is_given(blobs):
    key = put(blobs, b"abcdefg")
    other = key.replace("1.2.3.4.5.dcm", "1.2.3.4.5~copy.dcm")
    writer = blobs.create()
    with blobs.open(key) as reader:
        for offset in (0, 4):
            writer.copy(reader.read(offset, 4), reader, offset)
    assert writer.size == 7
    writer.replace(other, 1e9)
    writer.discard()
    with blobs.open(other) as reader:
        assert bytes(reader.view()) == b"abcdefg"
    assert blobs.modified(other) == 1e9
    assert blobs.clean(lambda _key: False) == 0


def test_a_replaced_blob_has_the_new_bytes(blobs):
    key = put(blobs, b"old")
    writer = blobs.create()
    writer.write(b"newer")
    with blobs.open(key) as before:
        writer.replace(key, 1e9)
        writer.discard()
        assert bytes(before.view()) == b"old"
    with blobs.open(key) as reader:
        assert bytes(reader.view()) == b"newer"
    assert list(blobs.keys()) == [key]
