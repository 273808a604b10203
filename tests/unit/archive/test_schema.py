import sqlite3
from hashlib import sha256

import pytest

from filmroom.archive.index import SqliteIndex
from filmroom.archive.index.schema import SCHEMA_VERSION, statements
from filmroom.archive.keys import ATTRIBUTES
from filmroom.dicom.dictionary import lookup
from filmroom.errors import StorageFailed

DIGESTS = {2: "300e97bf34f8ac0e"}


def test_a_changed_schema_has_a_new_version():
    digest = sha256("\n".join(statements()).encode()).hexdigest()
    assert digest[:16] == DIGESTS[SCHEMA_VERSION]


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda a: a.keyword)
def test_attributes_are_those_of_the_dictionary(attribute):
    entry = lookup(attribute.tag)
    assert entry is not None
    assert entry.keyword == attribute.keyword
    assert attribute.vr in [str(vr) for vr in entry.vrs]


@pytest.mark.parametrize(
    ("pragma", "words"),
    [("user_version = 99", "newer"), ("application_id = 5", "not Filmroom's")],
)
def test_a_file_of_another_kind_is_refused(tmp_path, pragma, words):
    path = tmp_path / "index.sqlite"
    SqliteIndex(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA {pragma}")
    connection.close()
    with pytest.raises(StorageFailed, match=words):
        SqliteIndex(path)
