"""The generated SQL says what a matcher written plainly in Python says, over random studies."""

import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmroom.archive.index import OnDuplicate, SqliteIndex
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.record import InstanceRecord

NAME, PATIENT_ID, DATE, TIME, ACCESSION = 0x00100010, 0x00100020, 0x00080020, 0x00080030, 0x00080050
UID = 0x0020000D

letters = st.text("aAbB[]%_ '", max_size=4).map(str.strip)
dates = st.sampled_from(["", "20200101", "20200131", "2020.01.31", "20210228", "soon"])
times = st.sampled_from(["", "10", "1030", "103000", "103000.5", "235959.999999", "x"])
studies = st.fixed_dictionaries(
    {
        NAME: st.lists(letters, max_size=2).map("^".join),
        PATIENT_ID: letters,
        DATE: dates,
        TIME: times,
        ACCESSION: letters,
    }
)
patterns = st.text("aAb*?[]%", max_size=5)
date_ends = st.sampled_from(["", "20200101", "2020.01.31", "20210101"])
time_ends = st.sampled_from(["", "10", "1030", "103000.5", "11"])
keys = st.fixed_dictionaries(
    {},
    optional={
        NAME: patterns,
        PATIENT_ID: patterns,
        ACCESSION: patterns,
        DATE: st.one_of(date_ends, st.tuples(date_ends, date_ends).map("-".join)),
        TIME: st.one_of(time_ends, st.tuples(time_ends, time_ends).map("-".join)),
    },
)


def plain(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def name_matches(pattern: str, text: str) -> bool:
    text = "^".join(part.strip() for part in text.lower().split("^")).rstrip("^")
    return plain(pattern.lower(), text) and (text != "" or pattern != "")


def micros(text: str, *, end: bool) -> int | None:
    match = re.fullmatch(r"(\d\d)(\d\d)?(\d\d)?(?:\.(\d+))?", text)
    if not match:
        return None
    last = "59" if end else "00"
    hour, minute, second = match[1], match[2] or last, match[3] or last
    fraction = (match[4] or "").ljust(6, "9" if end else "0")
    return ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1_000_000 + int(fraction)


def in_range(key: str, value: str, floor, ceiling) -> bool:
    low, _, high = key.partition("-") if "-" in key else (key, "", key)
    at = floor(value)
    return at is not None and (not low or floor(low) <= at) and (not high or at <= ceiling(high))


def day(text: str) -> str | None:
    text = text.replace(".", "")
    return text if re.fullmatch(r"\d{8}", text) else None


def study_matches(query: dict[int, str], study: dict[int, str]) -> bool:
    for tag, key in query.items():
        if key.strip("*") == "" or (tag in (DATE, TIME) and key == "-"):
            continue
        value = study[tag]
        if tag == NAME:
            good = name_matches(key, value)
        elif tag == DATE:
            good = in_range(key, value, day, day)
        elif tag == TIME:
            good = in_range(
                key, value, lambda t: micros(t, end=False), lambda t: micros(t, end=True)
            )
        else:
            good = plain(key, value)
        if not good:
            return False
    return True


def record(number: int, values: dict[int, str]) -> InstanceRecord:
    uid = f"1.{number}"
    return InstanceRecord(
        values={tag: text for tag, text in values.items() if text},
        sop_class_uid="1.2",
        sop_instance_uid=uid,
        series_instance_uid=uid,
        study_instance_uid=uid,
        transfer_syntax_uid="1.2.840.10008.1.2",
        blob_key=uid,
        size=0,
        data_set_offset=0,
        digest=uid,
        source_ae="",
        received_at=0,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(studies, min_size=1, max_size=6), st.lists(keys, min_size=1, max_size=6))
def test_sql_agrees_with_the_plain_matcher(rows, queries):
    # A patient has one name: each study here is a patient of its own.
    rows = [
        {**row, PATIENT_ID: row[PATIENT_ID] and f"{row[PATIENT_ID]}{n}"}
        for n, row in enumerate(rows)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.sqlite", durable=False)
        try:
            for future in [
                index.add(record(n, row), OnDuplicate.KEEP) for n, row in enumerate(rows, 1)
            ]:
                future.result(10)
            for query in queries:
                matches = index.find(Query.build(Level.STUDY, query))
                found = sorted(int(match.values[UID][2:]) for match in matches)
                assert found == [n for n, row in enumerate(rows, 1) if study_matches(query, row)]
        finally:
            index.close()
