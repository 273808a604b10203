# ruff: noqa: S608 - table and column names are our own, values are always parameters
"""The changes to the rows, each inside a transaction of the writer: add and remove an instance.

A study keeps the patient of its first instance, whatever later ones say: the study UID is unique.
A series belongs to the study that its instances name. Attributes of the upper levels come from the
first instance; later series fill in what was empty, a replacement overwrites.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from filmroom.archive import values
from filmroom.archive.index.interface import AddKind, AddOutcome, Check, OnDuplicate
from filmroom.archive.index.schema import columns
from filmroom.archive.keys import BY_LEVEL, Level
from filmroom.archive.record import InstanceRecord

__all__ = ["add", "record_checks", "remove"]

_PATIENT_ID = 0x00100020
_ISSUER = 0x00100021
_MODALITY = 0x00080060
_UIDS = {
    0x00080016: "sop_class_uid",
    0x00080018: "sop_instance_uid",
    0x0020000D: "study_instance_uid",
    0x0020000E: "series_instance_uid",
}


def _insert_sql(level: Level, *extra: str) -> str:
    names = (*extra, *columns(level))
    marks = ",".join("?" * len(names))
    return f"INSERT INTO {level.table} ({','.join(names)}) VALUES ({marks})"


def _update_sql(level: Level, *, fill: bool) -> str:
    sets = []
    for attribute in BY_LEVEL[level]:
        # Right-hand sides see the old row, so a value and its key forms stay together.
        for column in (attribute.column, *attribute.key_columns):
            new = f"CASE WHEN {attribute.column} = '' THEN ? ELSE {column} END" if fill else "?"
            sets.append(f"{column} = {new}")
    return f"UPDATE {level.table} SET {', '.join(sets)} WHERE {level.table}_pk = ?"


_INSERT_PATIENT = _insert_sql(Level.PATIENT, "identity")
_INSERT_STUDY = _insert_sql(Level.STUDY, "patient_pk")
_INSERT_SERIES = _insert_sql(Level.SERIES, "study_pk")
_INSERT_INSTANCE = _insert_sql(
    Level.IMAGE,
    "series_pk",
    "available_transfer_syntax_uid",
    "blob_key",
    "size",
    "data_set_offset",
    "digest",
    "source_ae",
    "received_at",
)
_FILL = {level: _update_sql(level, fill=True) for level in Level}
_OVERWRITE = {level: _update_sql(level, fill=False) for level in Level}


# For each level its attributes: tag, VR, how many key columns, and the record's own UID field.
# The record's own UIDs count: they are the ones that were checked.
_ROWS: dict[Level, tuple[tuple[int, str, int, str], ...]] = {
    level: tuple((a.tag, a.vr, len(a.key_columns), _UIDS.get(a.tag, "")) for a in BY_LEVEL[level])
    for level in Level
}


def _row(level: Level, record: InstanceRecord) -> list[object]:
    get = record.values.get
    row: list[object] = []
    for tag, vr, keys, name in _ROWS[level]:
        text = getattr(record, name) if name else get(tag, "")
        row.append(text)
        if keys == 1:
            row.append(values.key_form(vr, text) if text else "")
        elif keys:
            row.extend(values.name_keys(text) if text else ("", "", ""))
    return row


def _identity(record: InstanceRecord) -> str:
    """Patient ID within its issuer; without an ID nothing proves that two studies share one."""
    patient_id = record.values.get(_PATIENT_ID, "")
    if not patient_id:
        return f"\x1f\x1f{record.study_instance_uid}"
    return f"{patient_id}\x1f{record.values.get(_ISSUER, '')}"


def add(
    connection: sqlite3.Connection, record: InstanceRecord, on_duplicate: OnDuplicate
) -> AddOutcome:
    """Add or find the row of ``record``, see :meth:`Index.add`."""
    kept = connection.execute(
        "SELECT blob_key, digest, available_transfer_syntax_uid FROM instance"
        " WHERE sop_instance_uid = ?",
        (record.sop_instance_uid,),
    ).fetchone()
    if kept is None:
        return AddOutcome(AddKind.STORED, other_patient=_insert(connection, record))
    key, digest, transfer_syntax = kept
    if key == record.blob_key:
        remove(connection, [(record.sop_instance_uid, key)])
        return AddOutcome(AddKind.STORED, other_patient=_insert(connection, record, renew=True))
    if digest == record.digest and transfer_syntax == record.transfer_syntax_uid:
        return AddOutcome(AddKind.SAME, record.blob_key)
    if on_duplicate is OnDuplicate.KEEP:
        return AddOutcome(AddKind.KEPT_FIRST, record.blob_key)
    if on_duplicate is OnDuplicate.REJECT:
        return AddOutcome(AddKind.REJECTED, record.blob_key)
    remove(connection, [(record.sop_instance_uid, key)])
    other = _insert(connection, record, renew=True)
    return AddOutcome(AddKind.REPLACED, key, other)


def _insert(connection: sqlite3.Connection, record: InstanceRecord, *, renew: bool = False) -> bool:
    """Insert the instance and what is missing above it; whether its patient is another one."""
    execute = connection.execute
    change = _OVERWRITE if renew else _FILL
    identity = _identity(record)
    study = execute(
        "SELECT study_pk, patient_pk, identity FROM study JOIN patient USING (patient_pk)"
        " WHERE study_instance_uid = ?",
        (record.study_instance_uid,),
    ).fetchone()
    other_patient = False
    if study is None:
        patient_pk = _patient(connection, record, identity)
        study_pk = _new(connection, _INSERT_STUDY, [patient_pk, *_row(Level.STUDY, record)])
        execute("UPDATE patient SET studies = studies + 1 WHERE patient_pk = ?", (patient_pk,))
    else:
        study_pk, patient_pk, kept_identity = study
        other_patient = bool(record.values.get(_PATIENT_ID)) and kept_identity != identity
    series = execute(
        "SELECT series_pk, sop_classes FROM series WHERE study_pk = ? AND series_instance_uid = ?",
        (study_pk, record.series_instance_uid),
    ).fetchone()
    if series is not None:
        series_pk, classes = series
        if renew:
            execute(change[Level.SERIES], [*_row(Level.SERIES, record), series_pk])
    else:
        classes = ""
        row = [study_pk, *_row(Level.SERIES, record)]
        series_pk = _new(connection, _INSERT_SERIES, row)
        execute("UPDATE study SET series = series + 1 WHERE study_pk = ?", (study_pk,))
    if study is not None and (series is None or renew):
        execute(change[Level.STUDY], [*_row(Level.STUDY, record), study_pk])
        if not other_patient and record.values.get(_PATIENT_ID):
            execute(change[Level.PATIENT], [*_row(Level.PATIENT, record), patient_pk])
    located = (
        series_pk,
        record.transfer_syntax_uid,
        record.blob_key,
        record.size,
        record.data_set_offset,
        record.digest,
        record.source_ae,
        record.received_at,
    )
    execute(_INSERT_INSTANCE, [*located, *_row(Level.IMAGE, record)])
    execute("UPDATE series SET instances = instances + 1 WHERE series_pk = ?", (series_pk,))
    execute("UPDATE study SET instances = instances + 1 WHERE study_pk = ?", (study_pk,))
    if record.sop_class_uid not in classes.split("\\"):
        _summarise_series(connection, series_pk)
        _summarise_study(connection, study_pk)
    elif renew:
        _summarise_study(connection, study_pk)
    return other_patient


def _patient(connection: sqlite3.Connection, record: InstanceRecord, identity: str) -> int:
    found = connection.execute(
        "SELECT patient_pk FROM patient WHERE identity = ?", (identity,)
    ).fetchone()
    row = _row(Level.PATIENT, record)
    if found is None:
        return _new(connection, _INSERT_PATIENT, [identity, *row])
    connection.execute(_FILL[Level.PATIENT], [*row, found[0]])
    return int(found[0])


def _new(connection: sqlite3.Connection, sql: str, row: Sequence[object]) -> int:
    pk = connection.execute(sql, row).lastrowid
    assert pk is not None
    return pk


def remove(connection: sqlite3.Connection, instances: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Remove rows, see :meth:`Index.remove`."""
    removed = []
    touched: dict[int, int] = {}
    for uid, key in instances:
        row = connection.execute(
            "DELETE FROM instance WHERE sop_instance_uid = ? AND blob_key = ? RETURNING series_pk",
            (uid, key),
        ).fetchall()
        if row:
            removed.append(key)
            touched[row[0][0]] = touched.get(row[0][0], 0) + 1
    for series_pk, count in touched.items():
        _shrink_series(connection, series_pk, count)
    return tuple(removed)


def record_checks(connection: sqlite3.Connection, checks: Sequence[Check]) -> None:
    """Note in the rows what checks found, where they still name the blob that was checked."""
    connection.executemany(
        "UPDATE instance SET verified_at = ?, fault = ?"
        " WHERE sop_instance_uid = ? AND blob_key = ?",
        [(one.verified_at, one.fault, one.sop_instance_uid, one.blob_key) for one in checks],
    )


def _shrink_series(connection: sqlite3.Connection, series_pk: int, count: int) -> None:
    execute = connection.execute
    study_pk, left = execute(
        "UPDATE series SET instances = instances - ? WHERE series_pk = ?"
        " RETURNING study_pk, instances",
        (count, series_pk),
    ).fetchall()[0]
    gone = 0
    if left == 0:
        execute("DELETE FROM series WHERE series_pk = ?", (series_pk,))
        gone = 1
    else:
        _summarise_series(connection, series_pk)
    patient_pk, series_left = execute(
        "UPDATE study SET instances = instances - ?, series = series - ? WHERE study_pk = ?"
        " RETURNING patient_pk, series",
        (count, gone, study_pk),
    ).fetchall()[0]
    if series_left:
        _summarise_study(connection, study_pk)
        return
    execute("DELETE FROM study WHERE study_pk = ?", (study_pk,))
    studies_left = execute(
        "UPDATE patient SET studies = studies - 1 WHERE patient_pk = ? RETURNING studies",
        (patient_pk,),
    ).fetchall()[0][0]
    if studies_left == 0:
        execute("DELETE FROM patient WHERE patient_pk = ?", (patient_pk,))


def _summarise_series(connection: sqlite3.Connection, series_pk: int) -> None:
    found = connection.execute(
        "SELECT DISTINCT sop_class_uid FROM instance WHERE series_pk = ?", (series_pk,)
    )
    classes = "\\".join(sorted(row[0] for row in found))
    connection.execute(
        "UPDATE series SET sop_classes = ? WHERE series_pk = ?", (classes, series_pk)
    )


def _summarise_study(connection: sqlite3.Connection, study_pk: int) -> None:
    found = connection.execute(
        "SELECT modality, sop_classes FROM series WHERE study_pk = ?", (study_pk,)
    ).fetchall()
    modalities = "\\".join(sorted({row[0] for row in found if row[0]}))
    classes = "\\".join(sorted({uid for row in found for uid in row[1].split("\\") if uid}))
    connection.execute(
        "UPDATE study SET modalities_in_study = ?, sop_classes_in_study = ? WHERE study_pk = ?",
        (modalities, classes, study_pk),
    )
