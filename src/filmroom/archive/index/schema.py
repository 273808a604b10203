"""The index's tables, made from the table of attributes, and their version.

Four tables, one a level; ``*_pk`` are row numbers, text columns never NULL (absent is empty).
Counters and modalities are kept in the same transaction as the rows that they count.
``instance.verified_at`` says when the object was last read whole and held to its digest, ``fault``
what was found then (a :class:`~filmroom.archive.verify.VerifyKind`, empty where all was well).
"""

from __future__ import annotations

import sqlite3

from filmroom.archive.index.migrations import migrate
from filmroom.archive.keys import BY_LEVEL, Level
from filmroom.errors import StorageFailed

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "columns", "ensure", "statements"]

APPLICATION_ID = 0x46696C6D
"""``Film``: marks the file as ours (SQLite's application_id)."""

SCHEMA_VERSION = 2
"""Raised with every change of :func:`statements`; a test pins the two together.

What makes the new version out of the former one goes to :data:`~.migrations.MIGRATIONS`.
"""

_EXTRA: dict[Level, tuple[str, ...]] = {
    Level.PATIENT: (
        "identity TEXT NOT NULL UNIQUE",
        "studies INTEGER NOT NULL DEFAULT 0",
    ),
    Level.STUDY: (
        "patient_pk INTEGER NOT NULL REFERENCES patient",
        "series INTEGER NOT NULL DEFAULT 0",
        "instances INTEGER NOT NULL DEFAULT 0",
        "modalities_in_study TEXT NOT NULL DEFAULT ''",
        "sop_classes_in_study TEXT NOT NULL DEFAULT ''",
    ),
    Level.SERIES: (
        "study_pk INTEGER NOT NULL REFERENCES study",
        "instances INTEGER NOT NULL DEFAULT 0",
        "sop_classes TEXT NOT NULL DEFAULT ''",
    ),
    Level.IMAGE: (
        "series_pk INTEGER NOT NULL REFERENCES series",
        "available_transfer_syntax_uid TEXT NOT NULL",
        "blob_key TEXT NOT NULL",
        "size INTEGER NOT NULL",
        "data_set_offset INTEGER NOT NULL",
        "digest TEXT NOT NULL",
        "source_ae TEXT NOT NULL",
        "received_at REAL NOT NULL",
        "verified_at REAL",
        "fault TEXT NOT NULL DEFAULT ''",
    ),
}

_INDEXES: tuple[tuple[str, str, str], ...] = (
    ("patient_by_id", "patient", "patient_id"),
    ("patient_by_name", "patient", "patient_name_alphabetic"),
    ("patient_by_birth_date", "patient", "patient_birth_date_key"),
    ("study_by_patient", "study", "patient_pk"),
    ("study_by_date", "study", "study_date_key, study_time_key"),
    ("study_by_accession", "study", "accession_number"),
    ("study_by_id", "study", "study_id"),
    ("series_by_uid", "series", "series_instance_uid"),
    ("series_by_step_date", "series", "performed_procedure_step_start_date_key"),
    ("instance_by_series", "instance", "series_pk"),
    ("instance_by_check", "instance", "coalesce(verified_at, received_at)"),
)

_UNIQUE = {
    Level.STUDY: "CREATE UNIQUE INDEX study_by_uid ON study (study_instance_uid)",
    Level.SERIES: "CREATE UNIQUE INDEX series_of_study ON series (study_pk, series_instance_uid)",
    Level.IMAGE: "CREATE UNIQUE INDEX instance_by_uid ON instance (sop_instance_uid)",
}

_PARTIAL = (
    "CREATE INDEX patient_by_ideographic ON patient (patient_name_ideographic)"
    " WHERE patient_name_ideographic > ''",
    "CREATE INDEX patient_by_phonetic ON patient (patient_name_phonetic)"
    " WHERE patient_name_phonetic > ''",
    "CREATE INDEX instance_by_fault ON instance (fault) WHERE fault > ''",
)


def columns(level: Level) -> tuple[str, ...]:
    """The columns of ``level`` that come out of an object, key forms after their value."""
    return tuple(c for a in BY_LEVEL[level] for c in (a.column, *a.key_columns))


def statements() -> tuple[str, ...]:
    """The data definition of this schema version."""
    tables = []
    for level in Level:
        lines = [f"{level.table}_pk INTEGER PRIMARY KEY", *_EXTRA[level]]
        lines += [f"{column} TEXT NOT NULL DEFAULT ''" for column in columns(level)]
        tables.append(f"CREATE TABLE {level.table} ({', '.join(lines)})")
    indexes = [f"CREATE INDEX {name} ON {table} ({on})" for name, table, on in _INDEXES]
    return (*tables, *_UNIQUE.values(), *indexes, *_PARTIAL)


def ensure(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file, and bring those of an earlier version up to this one.

    Raises StorageFailed for a file that is not ours or of a later version, and what
    :func:`~filmroom.archive.index.migrations.migrate` does.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if empty and version == 0:
            for statement in statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif owner != APPLICATION_ID:
            raise StorageFailed("the index file is not Filmroom's", hint="check index_url")
        elif version > SCHEMA_VERSION:
            message = f"the index has schema {version}, this version knows {SCHEMA_VERSION}"
            raise StorageFailed(message, hint="a newer Filmroom wrote it: use that one")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    migrate(connection, SCHEMA_VERSION)
