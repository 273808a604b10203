import sqlite3

import pytest

from filmroom.archive.index import SqliteIndex
from filmroom.archive.index.writer import Writer
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.errors import OperationCancelled, StorageFailed

NOBODY = Query.build(Level.IMAGE, {0x00100010: "*nobody*"})


@pytest.fixture
def index(tmp_path):
    opened = SqliteIndex(tmp_path / "index.sqlite")
    yield opened
    opened.close()


def test_a_cancelled_query_ends_though_nothing_matches(index, monkeypatch):
    monkeypatch.setattr("filmroom.archive.index.sqlite._STEPS_BETWEEN_QUESTIONS", 1)
    with pytest.raises(OperationCancelled):
        list(index.find(NOBODY, cancelled=lambda: True))
    # The connection is as good as before for whoever has it next.
    assert list(index.find(NOBODY)) == []


def test_an_index_locked_by_others_fails_all_that_wait_at_once(tmp_path):
    path = tmp_path / "index.sqlite"
    SqliteIndex(path).close()

    def connect():
        return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)

    writer = Writer(connect(), str(path), connect)
    other = connect()
    other.execute("BEGIN IMMEDIATE")
    tried = []
    done = writer.run_many([tried.append] * 3)
    for future in done:
        with pytest.raises(StorageFailed, match="SQLITE_BUSY"):
            future.result()
    assert tried == []
    other.execute("ROLLBACK")
    assert [future.exception() for future in writer.run_many([tried.append] * 3)] == [None] * 3
    writer.close()
    other.close()
