"""The check in the background, called step by step; tests/faults has it inside a server."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest
from structlog.testing import capture_logs

from filmroom.archive import scrub
from filmroom.archive.archive import Archive
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.scrub import Scrub
from filmroom.archive.verify import verify
from filmroom.errors import ConfigurationError, OutOfResources, StorageFailed

PATIENCE = 30


@pytest.fixture
def kept(archive, store, make_object):
    """Stores object ``1.1.1.N``; gives its UID."""

    def keep(number, pixels=b"\1\2" * 50):
        uid = f"1.1.1.{number}"
        store(archive, make_object(instance=uid, pixels=pixels), uid=uid, chunk=1 << 20).result()
        return uid

    return keep


@pytest.fixture
def rows(tmp_path):
    """``verified_at`` and ``fault`` by UID, as they stand in the file."""

    def read():
        with closing(sqlite3.connect(tmp_path / "data" / "index.sqlite")) as index:
            found = index.execute("SELECT sop_instance_uid, verified_at, fault FROM instance")
            return {uid: (when, fault) for uid, when, fault in found}

    return read


@pytest.fixture
def age(tmp_path):
    """Makes an object received, or checked, so many seconds ago."""

    def change(uid, seconds, column="received_at"):
        with closing(sqlite3.connect(tmp_path / "data" / "index.sqlite")) as index:
            sql = f"UPDATE instance SET {column} = ? WHERE sop_instance_uid = ?"
            index.execute(sql, (time.time() - seconds, uid))
            index.commit()

    return change


def path_of(archive, tmp_path, uid):
    return tmp_path / "data" / "objects" / archive.index.blob_of(uid).blob_key


def scrubbing(archive, *, rate=10_000, interval=0):
    return Scrub(archive, rate=rate, interval=interval)


def order(archive, interval=0):
    due = archive.index.due_for_check(time.time() - interval, 100)
    return [where.sop_instance_uid for where in due]


def test_what_was_checked_is_recorded(archive, kept, rows):
    uid = kept(1)
    assert rows() == {uid: (None, "")}
    before = time.time()
    assert scrubbing(archive).check_some() == 1
    ((when, fault),) = rows().values()
    assert before <= when <= time.time()
    assert fault == ""


def test_the_longest_unchecked_comes_first(archive, kept, age):
    first, second, third = kept(1), kept(2), kept(3)
    assert order(archive) == [first, second, third]
    age(third, 500)
    assert order(archive) == [third, first, second]
    age(third, 5, "verified_at")
    age(first, 50)
    assert order(archive) == [first, third, second]


def test_nothing_is_checked_before_its_time(archive, kept, age):
    kept(1)
    old = kept(2)
    age(old, 100)
    assert order(archive, interval=60) == [old]
    checking = scrubbing(archive, interval=60)
    assert checking.check_some() == 1
    assert checking.check_some() == 0


@pytest.mark.parametrize("harm", ["missing", "damaged", "cut"])
def test_a_fault_is_logged_counted_and_forgotten_when_mended(archive, kept, rows, tmp_path, harm):
    good, bad = kept(1), kept(2)
    path = path_of(archive, tmp_path, bad)
    raw = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(raw[:-1] + (b"" if harm == "cut" else b"\xff"))
    fault = "missing" if harm == "missing" else "damaged"
    checking = scrubbing(archive)
    with capture_logs() as logs:
        checking.check_some()
    assert [(line["event"], line["uid"], line["fault"]) for line in logs] == [
        ("object_at_fault", bad, fault)
    ]
    assert {uid: found for uid, (_, found) in rows().items()} == {good: "", bad: fault}
    assert archive.stats().faults == 1
    path.write_bytes(raw)
    checking.check_some()
    assert archive.stats().faults == 0


def test_a_replaced_object_is_not_at_fault_any_more(archive, kept, store, make_object, tmp_path):
    uid = kept(1)
    path_of(archive, tmp_path, uid).unlink()
    scrubbing(archive).check_some()
    assert archive.stats().faults == 1
    archive.delete(Query.build(Level.IMAGE, {0x00080018: uid}))
    store(archive, make_object(instance=uid), uid=uid).result()
    assert archive.stats().faults == 0


def test_an_object_deleted_meanwhile_is_no_fault(archive, kept, monkeypatch):
    uid = kept(1)
    due = archive.index.due_for_check

    def then_deleted(before, limit):
        found = due(before, limit)
        archive.delete(Query.build(Level.IMAGE, {0x00080018: uid}))
        return found

    monkeypatch.setattr(archive.index, "due_for_check", then_deleted)
    with capture_logs() as logs:
        assert scrubbing(archive).check_some() == 1
    assert logs == []
    assert archive.stats().faults == 0


def test_want_of_file_descriptors_is_no_fault(archive, kept, monkeypatch):
    kept(1)

    def none_left(_key):
        raise OutOfResources("no descriptors")

    monkeypatch.setattr(archive.blobs, "open", none_left)
    with pytest.raises(OutOfResources):
        scrubbing(archive).check_some()
    assert archive.stats().faults == 0


def test_objects_on_a_disk_that_is_not_there_are_no_faults(archive, kept, tmp_path):
    kept(1)
    (tmp_path / "data" / "objects").rename(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed):
        scrubbing(archive).check_some()
    assert archive.stats().faults == 0


def test_it_waits_while_something_is_received(archive, kept, rows, monkeypatch):
    uid = kept(1)
    monkeypatch.setattr(scrub, "QUIET", 0.01)
    looked = threading.Event()
    is_receiving = archive.blobs.is_receiving

    def look():
        looked.set()
        return is_receiving()

    incoming = archive.receive("1.2.840.10008.5.1.4.1.1.2", "9.9", "1.2.840.10008.1.2.1")
    assert is_receiving()
    monkeypatch.setattr(archive.blobs, "is_receiving", look)
    with scrubbing(archive):
        assert looked.wait(PATIENCE)
        looked.clear()
        assert looked.wait(PATIENCE)
        assert rows() == {uid: (None, "")}
        incoming.discard()
        wait_until(lambda: rows()[uid][0] is not None)
    assert not is_receiving()


def wait_until(check):
    pause = threading.Event()
    end = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < end
        pause.wait(0.01)


def test_it_stops_in_the_middle_of_an_object(archive, kept, rows, monkeypatch):
    """At a rate that would take a day for it."""
    uid = kept(1, bytes(3 << 20))
    checking = scrubbing(archive, rate=1e-5)
    read = threading.Event()
    turn = checking._pace

    def reading(size):
        read.set()
        turn(size)

    monkeypatch.setattr(checking, "_pace", reading)
    checking.start()
    assert read.wait(PATIENCE)
    checking.stop()
    assert not checking._thread.is_alive()
    assert rows() == {uid: (None, "")}


def test_what_was_checked_before_the_stop_is_recorded(archive, kept, rows, monkeypatch):
    first, second = kept(1), kept(2)
    checking = scrubbing(archive)
    check = scrub.check

    def then_stopped(*arguments, **options):
        if checking._stop.is_set():
            raise scrub._Stopped
        checking._stop.set()
        monkeypatch.setattr(checking, "_turn", lambda _size: None)
        return check(*arguments, pace=checking._turn)

    monkeypatch.setattr(scrub, "check", then_stopped)
    with pytest.raises(scrub._Stopped):
        checking.check_some()
    assert rows()[first][0] is not None
    assert rows()[second][0] is None


def test_it_goes_on_after_the_index_failed(archive, kept, rows, monkeypatch):
    uid = kept(1)
    monkeypatch.setattr(scrub, "IDLE", 0.01)
    due, failures = archive.index.due_for_check, [StorageFailed("no"), OutOfResources("no")]

    def failing(before, limit):
        if failures:
            raise failures.pop()
        return due(before, limit)

    monkeypatch.setattr(archive.index, "due_for_check", failing)
    with capture_logs() as logs, scrubbing(archive):
        wait_until(lambda: rows()[uid][0] is not None)
    assert [line["event"] for line in logs] == ["checking_paused"] * 2


def test_only_the_owner_of_the_index_checks(archive):
    class Elsewhere:
        def close(self):
            pass

    with pytest.raises(ConfigurationError):
        scrubbing(Archive(archive.blobs, Elsewhere()))


def test_verify_counts_as_a_check(archive, kept, rows, tmp_path):
    good, bad = kept(1), kept(2)
    path_of(archive, tmp_path, bad).unlink()
    list(verify(archive, digests=False))
    assert rows() == {good: (None, ""), bad: (None, "")}
    list(verify(archive))
    assert {uid: fault for uid, (when, fault) in rows().items() if when} == {
        good: "",
        bad: "missing",
    }


def test_verify_reads_at_the_pace_given(archive, kept):
    kept(1, bytes(3 << 20))
    pieces = []
    list(verify(archive, pace=pieces.append))
    assert sum(pieces) == sum(
        w.size - w.data_set_offset for w in archive.locate(Query(Level.IMAGE))
    )
    assert max(pieces) <= 1 << 20


def test_verify_tells_though_nothing_can_be_recorded(archive, kept, monkeypatch):
    kept(1)

    def full(_checks):
        raise OutOfResources("full")

    monkeypatch.setattr(archive.index, "record_checks", full)
    assert [step.kind.value for step in verify(archive)] == ["good"]
