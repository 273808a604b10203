"""An index that an earlier version wrote is opened, brought up to this version, and serves."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from filmroom.archive.index import SqliteIndex, migrations, schema
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.errors import OutOfResources, StorageFailed

DUMP = Path(__file__).with_name("index_v1.sql").read_text()
UIDS = {"1.1.1.1", "1.1.1.2", "1.2.1.1"}


@pytest.fixture
def old(tmp_path):
    """An index file of version 1 that holds three instances."""
    path = tmp_path / "index.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP)
    return path


def shape(path):
    """Tables with their columns, and the statements of the indexes."""
    with closing(sqlite3.connect(path)) as connection:
        columns = {
            (table, *column[1:])
            for (table,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
            ).fetchall()
            for column in connection.execute(f"PRAGMA table_info({table})")
        }
        indexes = set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql > ''"))
        return columns, {row for row in indexes if not row[1].startswith("CREATE TABLE")}


def version(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def uids(index):
    return {where.sop_instance_uid for where in index.locate(Query(Level.IMAGE))}


def test_every_version_has_a_step():
    assert list(migrations.MIGRATIONS) == list(range(2, schema.SCHEMA_VERSION + 1))


def test_an_old_index_becomes_what_a_new_one_is(old, tmp_path):
    with closing(SqliteIndex(old)) as index:
        assert uids(index) == UIDS
    SqliteIndex(tmp_path / "new.sqlite").close()
    assert shape(old) == shape(tmp_path / "new.sqlite")
    assert version(old) == schema.SCHEMA_VERSION


def test_the_file_as_it_was_is_kept(old):
    before = shape(old)
    SqliteIndex(old).close()
    kept = old.with_name("index.sqlite.v1")
    assert (version(kept), shape(kept)) == (1, before)
    with closing(sqlite3.connect(kept)) as connection:
        rows = {row[0] for row in connection.execute("SELECT sop_instance_uid FROM instance")}
    assert rows == UIDS
    stamp = kept.stat()
    SqliteIndex(old).close()
    assert kept.stat() == stamp
    assert {path.name for path in old.parent.iterdir()} == {"index.sqlite", "index.sqlite.v1"}


def test_a_new_index_has_no_copy(tmp_path):
    SqliteIndex(tmp_path / "index.sqlite").close()
    assert [path.name for path in tmp_path.iterdir()] == ["index.sqlite"]


def test_a_step_that_fails_changes_nothing(old, monkeypatch):
    before = shape(old)

    def fail(connection):
        connection.execute("UPDATE instance SET source_ae = 'CHANGED'")
        raise sqlite3.OperationalError("disk full")

    steps = {2: (*migrations.MIGRATIONS[2], fail)}
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    with pytest.raises(StorageFailed, match="cannot open the index"):
        SqliteIndex(old)
    assert (version(old), shape(old)) == (1, before)
    with closing(sqlite3.connect(old)) as connection:
        changed = connection.execute("SELECT count(*) FROM instance WHERE source_ae = 'CHANGED'")
        assert changed.fetchone() == (0,)
    monkeypatch.undo()
    SqliteIndex(old).close()
    assert version(old) == schema.SCHEMA_VERSION


def test_each_version_is_reached_by_itself(old, monkeypatch):
    """Where the second of two steps fails, the first is not lost."""
    seen = []

    def look(connection):
        seen.append(connection.execute("PRAGMA user_version").fetchone()[0])
        raise StorageFailed("no")

    monkeypatch.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, 3: (look,)})
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 3)
    with pytest.raises(StorageFailed, match="no"):
        SqliteIndex(old)
    assert seen == [2]
    assert version(old) == 2
    assert version(old.with_name("index.sqlite.v1")) == 1


def test_without_a_step_the_index_is_to_be_made_anew(old, monkeypatch):
    monkeypatch.setattr(migrations, "MIGRATIONS", {})
    with pytest.raises(StorageFailed, match="schema 1, this version needs 2") as caught:
        SqliteIndex(old)
    assert "reindex --rebuild" in caught.value.hint


def test_a_copy_that_cannot_be_kept_stops_it(old, monkeypatch):
    def full(_source, _target):
        raise OSError(28, "full")

    monkeypatch.setattr(migrations, "copy_index", full)
    with pytest.raises((StorageFailed, OutOfResources), match="cannot keep a copy"):
        SqliteIndex(old)
    assert version(old) == 1


def test_a_damaged_index_is_not_migrated(old):
    raw = bytearray(old.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 8192] = b"\xa5" * 8192
    old.write_bytes(raw)
    with pytest.raises(StorageFailed, match="damaged"):
        SqliteIndex(old)
    assert version(old) == 1


def test_two_that_open_at_once_migrate_once(old):
    opened, errors = [], []
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        try:
            opened.append(SqliteIndex(old))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(uids(index) == UIDS for index in opened)
    for index in opened:
        index.close()
    assert version(old.with_name("index.sqlite.v1")) == 1
