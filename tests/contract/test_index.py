"""What every index does; each backend joins by a parameter of the fixture ``index``."""

from dataclasses import replace

import pytest

from filmroom.archive.index import AddKind, OnDuplicate
from filmroom.archive.keys import Level
from filmroom.archive.query import Query, Root
from filmroom.archive.record import InstanceRecord

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


def record(
    study="1.1", series="1.1.1", instance="1.1.1.1", sop_class=CT, key=None, digest="a", **values
):
    texts = {0x00100020: "P1", 0x00100010: "Doe^Jane", 0x00080060: "CT"}
    texts.update({int(tag[1:], 16): text for tag, text in values.items()})
    return InstanceRecord(
        values=texts,
        sop_class_uid=sop_class,
        sop_instance_uid=instance,
        series_instance_uid=series,
        study_instance_uid=study,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        blob_key=key or f"{study}/{series}/{instance}",
        size=100,
        data_set_offset=10,
        digest=digest,
        source_ae="MODALITY",
        received_at=0.0,
    )


def add(index, *records, on_duplicate=OnDuplicate.KEEP):
    return [f.result(10) for f in [index.add(r, on_duplicate) for r in records]]


def find(index, level, keys=None, returns=(), **more):
    query = Query.build(level, keys, returns=returns, **more)
    return [dict(match.values) for match in index.find(query)]


def uids(index, level, keys=None, **more):
    unique = {Level.PATIENT: 0x00100020, Level.STUDY: 0x0020000D, Level.SERIES: 0x0020000E}
    tag = unique.get(level, 0x00080018)
    return sorted(m.get(tag, "") for m in find(index, level, keys, returns=(tag,), **more))


def test_counters_and_modalities_follow_every_change(index):
    first = record()
    add(
        index,
        first,
        record(instance="1.1.1.2"),
        record(series="1.1.2", instance="1.1.2.1", sop_class=MR, x00080060="MR"),
        record(study="1.2", series="1.2.1", instance="1.2.1.1"),
    )
    counts = (0x00201206, 0x00201208, 0x00080061, 0x00080062)
    [study] = find(index, Level.STUDY, {0x0020000D: "1.1"}, counts)
    assert [study[tag] for tag in counts] == ["2", "3", "CT\\MR", f"{CT}\\{MR}"]
    counts = (0x00201200, 0x00201202, 0x00201204)
    [patient] = find(index, Level.PATIENT, {}, counts, root=Root.PATIENT)
    assert [patient[tag] for tag in counts] == ["2", "3", "4"]
    pairs = [("1.1.2.1", "1.1/1.1.2/1.1.2.1"), ("1.1.1.1", "another key")]
    assert index.remove(pairs).result(10) == ("1.1/1.1.2/1.1.2.1",)
    [study] = find(index, Level.STUDY, {0x0020000D: "1.1"}, (0x00201206, 0x00201208, 0x00080061))
    assert [study[tag] for tag in (0x00201206, 0x00201208, 0x00080061)] == ["1", "2", "CT"]


def test_entities_left_empty_go(index):
    add(index, record())
    index.remove([("1.1.1.1", "1.1/1.1.1/1.1.1.1")]).result(10)
    stats = index.stats()
    assert (stats.patients, stats.studies, stats.series, stats.instances, stats.size) == (0,) * 5


def test_the_same_bytes_again(index):
    outcomes = add(index, record(), record(key="second"))
    assert outcomes[0].kind is AddKind.STORED
    assert (outcomes[1].kind, outcomes[1].surplus_key) == (AddKind.SAME, "second")
    assert index.stats().instances == 1


def test_adding_the_very_same_blob_is_idempotent(index):
    outcomes = add(index, record(), record())
    assert [(o.kind, o.surplus_key) for o in outcomes] == [(AddKind.STORED, None)] * 2
    assert index.stats().instances == 1


@pytest.mark.parametrize(
    ("policy", "kind", "surplus"),
    [
        (OnDuplicate.KEEP, AddKind.KEPT_FIRST, "second"),
        (OnDuplicate.REJECT, AddKind.REJECTED, "second"),
        (OnDuplicate.REPLACE, AddKind.REPLACED, "1.1/1.1.1/1.1.1.1"),
    ],
)
def test_other_bytes_follow_the_policy(index, policy, kind, surplus):
    add(index, record(x00081030="old"))
    other = record(key="second", digest="b", x00081030="new")
    [outcome] = add(index, other, on_duplicate=policy)
    assert (outcome.kind, outcome.surplus_key) == (kind, surplus)
    [study] = find(index, Level.STUDY, {}, (0x00081030, 0x00201208))
    assert study[0x00081030] == ("new" if kind is AddKind.REPLACED else "old")
    assert study[0x00201208] == "1"
    where = index.blob_of("1.1.1.1")
    assert where is not None
    assert (where.blob_key == "second") is (kind is AddKind.REPLACED)


def test_a_replacement_may_move_to_another_study(index):
    add(index, record())
    [outcome] = add(index, record(study="1.9", digest="b"), on_duplicate=OnDuplicate.REPLACE)
    assert outcome.kind is AddKind.REPLACED
    assert uids(index, Level.STUDY) == ["1.9"]


def test_a_study_stays_with_its_first_patient(index):
    outcomes = add(index, record(), record(instance="1.1.1.2", x00100020="P2"))
    assert [o.other_patient for o in outcomes] == [False, True]
    assert uids(index, Level.PATIENT, root=Root.PATIENT) == ["P1"]
    assert index.stats().instances == 2


def test_patients_without_an_id_are_not_made_one(index):
    add(index, record(x00100020=""), record("2.1", "2.1.1", "2.1.1.1", x00100020=""))
    assert index.stats().patients == 2
    assert uids(index, Level.STUDY, {0x00100010: "doe^jane"}) == ["1.1", "2.1"]


def test_the_same_id_of_two_issuers_is_two_patients(index):
    add(index, record(x00100021="A"), record("2.1", "2.1.1", "2.1.1.1", x00100021="B"))
    assert index.stats().patients == 2


def test_a_later_series_fills_in_what_was_empty(index):
    add(index, record(), record(series="1.1.2", instance="1.1.2.1", x00080050="A7", x00100040="F"))
    [study] = find(index, Level.STUDY, {}, (0x00080050, 0x00100040))
    assert (study[0x00080050], study[0x00100040]) == ("A7", "F")


def test_one_series_uid_in_two_studies(index):
    add(index, record(), record(study="1.2", instance="1.2.1.1"))
    assert uids(index, Level.IMAGE, {0x0020000D: "1.2"}) == ["1.2.1.1"]
    assert len(find(index, Level.SERIES, {0x0020000E: "1.1.1"})) == 2


def test_malformed_values_are_kept_and_lie_in_no_range(index):
    add(index, record(x00080020="last May", x00080030="noon", x00200011="one", x00200013="1.5"))
    [found] = find(index, Level.IMAGE, {}, (0x00080020, 0x00080030, 0x00200011, 0x00200013))
    assert found[0x00080020] == "last May"
    assert found[0x00200011] == "one"
    assert uids(index, Level.STUDY, {0x00080020: "-99991231"}) == []
    assert uids(index, Level.STUDY, {0x00080020: "00000101-"}) == []
    assert uids(index, Level.SERIES, {0x00200011: "one"}) == ["1.1.1"]


@pytest.mark.parametrize(
    ("stored", "key", "found"),
    [
        ("103015.5", "1030", True),
        ("103015.5", "10", True),
        ("103015.5", "103015", True),
        ("103015.5", "103015.500000", True),
        ("10:30:15", "1030-1031", True),
        ("103059.999999", "-1030", True),
        ("1031", "-1030", False),
        ("10", "1030-", False),
        ("10", "0959-1000", True),
        ("", "0000-2359", False),
    ],
)
def test_times_of_every_precision(index, stored, key, found):
    add(index, record(x00080030=stored))
    assert uids(index, Level.STUDY, {0x00080030: key}) == (["1.1"] if found else [])


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("2020.01.31", True), ("20200131", True), ("20200101-20200131", True), ("20200201-", False),
        ("-20200131", True), ("2020.01.31-2020.02.01", True), ("-", True), ("*", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stored", ["20200131", "2020.01.31"])
def test_dates_also_in_the_old_form(index, stored, key, found):
    add(index, record(x00080020=stored))
    assert uids(index, Level.STUDY, {0x00080020: key}) == (["1.1"] if found else [])


def test_combined_date_and_time(index):
    days = {"1.1": ("20200101", "23"), "1.2": ("20200102", "01"), "1.3": ("20200103", "12")}
    for study, (date, time) in days.items():
        add(index, record(study, study + ".1", study + ".1.1", x00080020=date, x00080030=time))
    keys = {0x00080020: "20200101-20200102", 0x00080030: "2200-0200"}
    assert uids(index, Level.STUDY, keys, combined_datetime=True) == ["1.1", "1.2"]
    assert uids(index, Level.STUDY, keys) == []


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("DOE^JANE", True), ("doe^j*", True), ("Döe^Jane", True), ("doe", False), ("*jane", True),
        ("d?e^*", True), ("DOE^JANE^^^", True), ("[dx]oe*", False), ("山田^*", True),
        ("=山田*", True), ("==やま*", True), ("=doe*", False), ("doe*=山田*", True),
        ("やまだ*", True),
    ],
)  # fmt: skip
def test_person_names(index, key, found):
    add(index, record(x00100010="Dóe^Jane^^=山田^花子=やまだ^はなこ"))
    assert uids(index, Level.STUDY, {0x00100010: key}) == (["1.1"] if found else [])


def test_a_name_pattern_covers_components_left_out(index):
    add(index, record(x00100010="Smith"))
    assert uids(index, Level.STUDY, {0x00100010: "SMITH^*"}) == ["1.1"]


@pytest.mark.parametrize(
    ("key", "found"),
    [("A[1]*%_", True), ("A?1]%*%_", False), ("a[1]*", False), ("A[1]*", True), ("A%", False)],
)
def test_characters_of_sql_patterns_mean_themselves(index, key, found):
    add(index, record(x00080050="A[1]x%_"))
    assert uids(index, Level.STUDY, {0x00080050: key}) == (["1.1"] if found else [])


def test_any_of_several_values_matches(index):
    add(index, record(x00080008="ORIGINAL\\PRIMARY\\AXIAL"))
    for key, found in (
        ("PRIMARY", 1),
        ("PRIM*", 1),
        ("MARY", 0),
        ("AX\\ORIGINAL", 1),
        ("*L\\X", 1),
    ):
        assert len(uids(index, Level.IMAGE, {0x00080008: key})) == found


def test_modalities_in_study(index):
    add(index, record(), record(series="1.1.2", instance="1.1.2.1", x00080060="SR"))
    for key, found in (("CT", 1), ("SR", 1), ("C?", 1), ("C", 0), ("MR\\SR", 1), ("MR", 0)):
        assert len(uids(index, Level.STUDY, {0x00080061: key})) == found


def test_thousands_of_uids(index):
    add(index, *(record(instance=f"1.1.1.{n}") for n in range(200)))
    wanted = "\\".join(f"1.1.1.{n}" for n in range(100, 5000))
    assert len(uids(index, Level.IMAGE, {0x00080018: wanted})) == 100


def test_limit_and_offset(index):
    add(index, *(record(instance=f"1.1.1.{n}") for n in range(10)))
    whole = [m[0x00080018] for m in find(index, Level.IMAGE)]
    assert [m[0x00080018] for m in find(index, Level.IMAGE, limit=3, offset=4)] == whole[4:7]


def test_an_integer_is_found_however_it_is_written(index):
    add(index, record(x00200011="007"))
    assert uids(index, Level.SERIES, {0x00200011: "+7"}) == ["1.1.1"]


def test_locate_from_every_level(index):
    add(index, record(), record(series="1.1.2", instance="1.1.2.1"), record("2", "2.1", "2.1.1"))
    for level, key, count in (
        (Level.PATIENT, {0x00100020: "P1"}, 3),
        (Level.STUDY, {0x0020000D: "1.1"}, 2),
        (Level.SERIES, {0x0020000E: "1.1.2"}, 1),
        (Level.IMAGE, {0x00080018: "2.1.1"}, 1),
    ):
        found = list(index.locate(Query.build(level, key)))
        assert len(found) == count
        assert all((w.size, w.data_set_offset) == (100, 10) for w in found)


def test_readers_left_in_the_middle_do_no_harm(index):
    add(index, *(record(instance=f"1.1.1.{n}") for n in range(300)))
    for _ in range(40):
        matches = index.find(Query(Level.IMAGE))
        next(matches)
        matches.close()
    add(index, record(instance="9"))
    assert index.stats().instances == 301


def test_many_pending_adds(index):
    outcomes = add(index, *(replace(record(), blob_key=f"k{n}") for n in range(1000)))
    kinds = [o.kind for o in outcomes]
    assert kinds[0] is AddKind.STORED
    assert set(kinds[1:]) == {AddKind.SAME}


def test_knows_its_blobs(index):
    add(index, record(key="aa/bb/1.1/1.1.1/1.1.1.1~ab.dcm"))
    assert index.has_blob("aa/bb/1.1/1.1.1/1.1.1.1~ab.dcm")
    assert not index.has_blob("aa/bb/1.1/1.1.1/1.1.1.1.dcm")
    assert not index.has_blob("aa/bb/1.1/1.1.1/1.1.1.2.dcm")
