"""Backups and restores of an archive in this process; tests/faults has servers and kills."""

import errno
import json
import os
import sqlite3
from contextlib import closing

import pytest

from filmroom.archive.archive import Archive
from filmroom.archive.backup import backup
from filmroom.archive.backup_copy import CopyKind
from filmroom.archive.blobs import filesystem
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.restore import restore
from filmroom.archive.verify import VerifyKind, verify
from filmroom.errors import ArchiveInUse, ConfigurationError, OutOfResources, StorageFailed

EVERYTHING = Query(Level.IMAGE)


@pytest.fixture
def kept(archive, store, make_object):
    """Stores object ``1.1.1.N`` with the pixels given; gives its UID."""

    def keep(number, pixels=b"\1\2", archive=archive):
        uid = f"1.1.1.{number}"
        store(archive, make_object(instance=uid, pixels=pixels * 50), uid=uid).result()
        return uid

    return keep


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


def counts(steps):
    found = {}
    for step in steps:
        found[step.kind.value] = found.get(step.kind.value, 0) + 1
    return found


def objects(data):
    """Bytes of every kept file by key."""
    root = data / "objects"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.dcm")}


def path_of(archive, uid, data):
    return data / "objects" / archive.index.blob_of(uid).blob_key


def faults(data):
    with Archive.open(data) as opened:
        return [step for step in verify(opened) if step.kind is not VerifyKind.GOOD]


def test_a_backup_is_a_data_folder(archive, kept, folder, tmp_path):
    uids = {kept(number) for number in range(3)}
    assert counts(backup(archive, folder)) == {"copied": 3}
    assert objects(folder) == objects(tmp_path / "data")
    assert faults(folder) == []
    with Archive.open(folder) as copy:
        assert {where.sop_instance_uid for where in copy.locate(EVERYTHING)} == uids
        assert copy.stats() == archive.stats()


def test_the_next_backup_copies_what_is_new(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    kept(2)
    steps = list(backup(archive, folder))
    assert counts(steps) == {"unchanged": 1, "copied": 1}
    assert [s.sop_instance_uid for s in steps if s.kind is CopyKind.COPIED] == ["1.1.1.2"]
    assert steps[-1].size == archive.index.blob_of("1.1.1.2").size


def test_times_of_change_are_kept(archive, kept, folder, tmp_path):
    path = path_of(archive, kept(1), tmp_path / "data")
    os.utime(path, (1e9, 1e9))
    list(backup(archive, folder))
    assert path_of(archive, "1.1.1.1", folder).stat().st_mtime == 1e9


def test_what_was_deleted_stays_until_pruned(archive, kept, folder):
    kept(1)
    gone = kept(2)
    list(backup(archive, folder))
    archive.delete(Query.build(Level.IMAGE, {0x00080018: gone}))
    assert counts(backup(archive, folder)) == {"unchanged": 1}
    assert len(objects(folder)) == 2
    assert counts(backup(archive, folder, prune=True)) == {"unchanged": 1, "removed": 1}
    assert len(objects(folder)) == 1
    assert faults(folder) == []


@pytest.mark.parametrize("harm", ["missing", "damaged", "cut"])
def test_an_object_at_fault_is_told_and_the_rest_backed_up(archive, kept, folder, tmp_path, harm):
    kept(1)
    path = path_of(archive, kept(2), tmp_path / "data")
    raw = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(raw[:-1] + (b"" if harm == "cut" else b"\xff"))
    steps = list(backup(archive, folder))
    kind = "missing" if harm == "missing" else "damaged"
    assert counts(steps) == {"copied": 1, kind: 1}
    assert [s.sop_instance_uid for s in steps if s.kind.is_fault] == ["1.1.1.2"]
    assert [step.kind for step in faults(folder)] == [VerifyKind.MISSING]
    path.write_bytes(raw)
    assert counts(backup(archive, folder)) == {"unchanged": 1, "copied": 1}
    assert faults(folder) == []


def test_a_backup_lost_object_comes_again(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    path_of(archive, "1.1.1.1", folder).unlink()
    assert counts(backup(archive, folder)) == {"copied": 1}


def test_a_fault_of_the_archive_does_not_reach_a_good_backup(archive, kept, folder, tmp_path):
    path = path_of(archive, kept(1), tmp_path / "data")
    list(backup(archive, folder))
    path.write_bytes(b"spoilt")
    assert counts(backup(archive, folder)) == {"unchanged": 1}
    assert faults(folder) == []


def broken(index):
    """The index with one page of rows overwritten."""
    at = index.rindex(b".dcm") // 4096 * 4096
    return index[:at] + b"\xa5" * 4096 + index[at + 4096 :]


def interrupted(steps, after):
    """Take ``after`` steps and end there, as Ctrl-C does."""
    for _ in range(after):
        next(steps)
    steps.close()


def test_an_interrupted_backup_leaves_the_former_one(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    before = (folder / "index.sqlite").read_bytes()
    for number in range(2, 9):
        kept(number)
    interrupted(backup(archive, folder), 3)
    assert (folder / "index.sqlite").read_bytes() == before
    assert not list(folder.glob("index.sqlite.*"))
    found = counts(backup(archive, folder))
    assert sum(found.values()) == 8
    assert faults(folder) == []


def test_what_a_killed_backup_left_is_not_taken_for_the_index(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    for name in ("index.sqlite.part", "index.sqlite.part-journal", "index.sqlite.part-wal"):
        (folder / name).write_bytes(b"\xa5" * 8192)
    kept(2)
    assert counts(backup(archive, folder)) == {"unchanged": 1, "copied": 1}
    assert faults(folder) == []
    assert not list(folder.glob("index.sqlite.*"))


def test_other_bytes_under_a_key_leave_the_former_backup_usable(archive, kept, folder):
    """Deleted, then stored with other pixels: the key is the same, the digest is not."""
    uid = kept(1)
    list(backup(archive, folder))
    first = objects(folder)
    archive.delete(Query.build(Level.IMAGE, {0x00080018: uid}))
    kept(1, b"\3\4")
    kept(2)
    steps = backup(archive, folder)
    next(steps)
    steps.close()
    assert first.items() <= objects(folder).items()
    assert counts(backup(archive, folder))["unchanged"] >= 1
    assert {step.kind for step in faults(folder)} == {VerifyKind.ORPHAN}
    # The next one finds the archive's own key free, and the one after has nothing to do.
    list(backup(archive, folder, prune=True))
    assert counts(backup(archive, folder, prune=True)) == {"unchanged": 2}
    assert objects(folder).keys() == objects(folder.with_name("data")).keys()
    assert faults(folder) == []


@pytest.mark.parametrize("series", ["1.1.1", "1.1.9"])
def test_what_is_replaced_during_a_backup_is_in_it(
    archive, kept, store, make_object, folder, monkeypatch, series
):
    """The snapshot names the old object; under its key lies nothing now, or other bytes."""
    uid = kept(1)
    kept(2)
    snapshot, taken = archive.index.snapshot, []

    def then_replace(path):
        snapshot(path)
        if not taken:
            archive.delete(Query.build(Level.IMAGE, {0x00080018: uid}))
            new = make_object(series=series, instance=uid, pixels=b"\3\4" * 60)
            store(archive, new, uid=uid).result()
        taken.append(path)

    monkeypatch.setattr(archive.index, "snapshot", then_replace)
    assert counts(backup(archive, folder)) == {"copied": 2}
    assert len(taken) == 2
    assert faults(folder) == []
    with Archive.open(folder) as copy:
        assert copy.index.blob_of(uid).digest == archive.index.blob_of(uid).digest


def test_rows_of_objects_that_always_vanish_are_left_out(archive, kept, folder, monkeypatch):
    numbers = iter(range(100, 200))
    snapshot = archive.index.snapshot

    def with_one_that_goes(path):
        uid = kept(next(numbers))
        snapshot(path)
        archive.delete(Query.build(Level.IMAGE, {0x00080018: uid}))

    kept(1)
    monkeypatch.setattr(archive.index, "snapshot", with_one_that_goes)
    assert counts(backup(archive, folder)) == {"copied": 1}
    assert faults(folder) == []
    with Archive.open(folder) as copy:
        assert copy.stats() == archive.stats()


@pytest.mark.parametrize("content", ["photo.jpg", "objects/x.dcm", "index.sqlite"])
def test_a_folder_with_something_else_is_refused(archive, folder, content):
    (folder / content).parent.mkdir(parents=True)
    (folder / content).write_bytes(b"somebody's")
    with pytest.raises(StorageFailed, match="no backup"):
        list(backup(archive, folder))
    assert (folder / content).read_bytes() == b"somebody's"
    assert sum(path.is_file() for path in folder.rglob("*")) == 1


def test_an_archive_is_not_overwritten(archive, tmp_path):
    with Archive.open(tmp_path / "other"):
        pass
    with pytest.raises(StorageFailed, match="no backup"):
        list(backup(archive, tmp_path / "other"))


def test_a_backup_that_took_in_objects_is_not_overwritten(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    with Archive.open(folder) as served:
        kept(2, archive=served)
    with pytest.raises(StorageFailed, match="1 objects were stored in the backup"):
        list(backup(archive, folder))


def test_a_backup_that_is_served_is_refused(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    with Archive.open(folder), pytest.raises(ArchiveInUse, match="works on"):
        list(backup(archive, folder))


def test_a_damaged_index_in_the_backup_is_replaced(archive, kept, folder):
    kept(1)
    list(backup(archive, folder))
    (folder / "index.sqlite").write_bytes(b"\xa5" * 5000)
    assert counts(backup(archive, folder)) == {"unchanged": 1}
    assert faults(folder) == []


def test_a_damaged_index_is_not_backed_up(archive, kept, folder, tmp_path):
    for number in range(40):
        kept(number)
    list(backup(archive, folder))
    before = (folder / "index.sqlite").read_bytes()
    archive.index.close()
    path = tmp_path / "data" / "index.sqlite"
    path.write_bytes(broken(path.read_bytes()))
    damaged = Archive.open(tmp_path / "data", exclusive=False)
    with damaged, pytest.raises(StorageFailed, match="damaged"):
        list(backup(damaged, folder))
    assert (folder / "index.sqlite").read_bytes() == before


def test_a_full_disk_leaves_the_former_backup(archive, kept, folder, monkeypatch):
    kept(1)
    list(backup(archive, folder))
    before = objects(folder), (folder / "index.sqlite").read_bytes()
    kept(2)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(filesystem.os, "copy_file_range", full)
    with pytest.raises(OutOfResources):
        list(backup(archive, folder))
    assert (objects(folder), (folder / "index.sqlite").read_bytes()) == before
    assert not list((folder / "objects" / "incoming").iterdir())


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP])
def test_bytes_are_written_where_the_kernel_cannot_copy(archive, kept, folder, monkeypatch, number):
    kept(1)

    def cannot(*_args, **_options):
        raise OSError(number, "cannot")

    monkeypatch.setattr(filesystem.os, "copy_file_range", cannot)
    assert counts(backup(archive, folder)) == {"copied": 1}
    assert faults(folder) == []


def test_only_sqlite_is_backed_up(archive, folder):
    class Elsewhere:
        def close(self):
            pass

    other = Archive(archive.blobs, Elsewhere())
    with pytest.raises(ConfigurationError, match="SQLite"):
        list(backup(other, folder))
    other.close()


def test_restoring_gives_the_archive_again(archive, kept, folder, tmp_path):
    for number in range(3):
        kept(number)
    list(backup(archive, folder))
    assert counts(restore(folder, tmp_path / "new")) == {"copied": 3}
    assert objects(tmp_path / "new") == objects(tmp_path / "data")
    assert faults(tmp_path / "new") == []
    with Archive.open(tmp_path / "new") as restored:
        assert restored.stats() == archive.stats()


@pytest.mark.parametrize("harm", ["gone", "garbage", "broken page", "somebody's"])
def test_a_lost_index_is_made_anew(archive, kept, folder, tmp_path, harm):
    for number in range(40):
        kept(number)
    list(backup(archive, folder))
    index = folder / "index.sqlite"
    raw = index.read_bytes()
    index.unlink()
    if harm == "garbage":
        index.write_bytes(b"\xa5" * len(raw))
    elif harm == "broken page":
        index.write_bytes(broken(raw))
    elif harm == "somebody's":
        with closing(sqlite3.connect(index)) as other:
            other.execute("CREATE TABLE instance (x)")
    told = []
    steps = restore(folder, tmp_path / "new", index_lost=lambda: told.append(True))
    assert counts(steps) == {"copied": 40}
    assert told == [True]
    assert faults(tmp_path / "new") == []


def test_what_is_no_object_is_told_when_the_index_is_made_anew(archive, kept, folder, tmp_path):
    kept(1)
    list(backup(archive, folder))
    (folder / "index.sqlite").unlink()
    path = path_of(archive, "1.1.1.1", folder)
    path.write_bytes(b"no object")
    found = counts(restore(folder, tmp_path / "new"))
    assert found == {"copied": 1, "unreadable": 1}


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_fault_of_the_backup_is_told_and_the_rest_restored(archive, kept, folder, tmp_path, harm):
    kept(1)
    kept(2)
    list(backup(archive, folder))
    path = path_of(archive, "1.1.1.2", folder)
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    steps = list(restore(folder, tmp_path / "new"))
    assert counts(steps) == {"copied": 1, harm: 1}
    assert [step.sop_instance_uid for step in steps if step.kind.is_fault] == ["1.1.1.2"]


def test_nothing_is_restored_over_something(archive, kept, folder, tmp_path):
    kept(1)
    list(backup(archive, folder))
    archive.close()
    with pytest.raises(StorageFailed, match="is not empty"):
        list(restore(folder, tmp_path / "data"))


def test_a_folder_without_objects_is_no_backup(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(StorageFailed, match="is no backup"):
        list(restore(tmp_path / "photos", tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_first_backup_that_was_interrupted_is_not_restored(archive, kept, folder, tmp_path):
    kept(1)
    kept(2)
    interrupted(backup(archive, folder), 1)
    assert json.loads((folder / "backup.json").read_text()) == {"taken_at": None}
    with pytest.raises(StorageFailed, match="interrupted"):
        list(restore(folder, tmp_path / "new"))
    assert sum(counts(backup(archive, folder)).values()) == 2
    assert faults(folder) == []


def test_an_interrupted_restore_keeps_servers_away_and_goes_on(archive, kept, folder, tmp_path):
    for number in range(9):
        kept(number)
    list(backup(archive, folder))
    interrupted(restore(folder, tmp_path / "new"), 2)
    with pytest.raises(StorageFailed, match="interrupted"):
        Archive.open(tmp_path / "new")
    assert sum(counts(restore(folder, tmp_path / "new")).values()) == 9
    assert faults(tmp_path / "new") == []


def test_an_index_of_a_later_version_is_not_restored(archive, kept, folder, tmp_path):
    kept(1)
    list(backup(archive, folder))
    with closing(sqlite3.connect(folder / "index.sqlite")) as index:
        index.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageFailed, match="schema 99"):
        list(restore(folder, tmp_path / "new"))
