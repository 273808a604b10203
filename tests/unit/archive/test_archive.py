import errno
import os
import threading
from pathlib import Path

import pytest

from filmroom.archive.archive import Archive
from filmroom.archive.events import InstancesDeleted, InstanceStored
from filmroom.archive.import_ import import_paths
from filmroom.archive.index import AddKind
from filmroom.archive.keys import Level
from filmroom.archive.query import Query, Root
from filmroom.archive.reindex import ReindexKind, reindex
from filmroom.archive.verify import VerifyKind, verify
from filmroom.dicom.dataset import DataSet
from filmroom.errors import (
    ArchiveInUse,
    ConfigurationError,
    DataError,
    DuplicateSopInstance,
    IdentityMismatch,
    InvalidIdentifier,
    InvalidTransferSyntax,
    InvalidUID,
    MissingRequiredTag,
    ObjectDamaged,
    OutOfResources,
    StorageFailed,
    TruncatedData,
)


def identifier(level, **keys):
    ds = DataSet()
    ds.set(0x00080052, "CS", level)
    for tag, (vr, value) in keys.items():
        ds.set(int(tag[1:], 16), vr, value)
    return ds


def files(archive, tmp_path):
    return [p for p in (tmp_path / "data" / "objects").rglob("*") if p.is_file()]


def test_what_was_received_comes_back(archive, make_object, store):
    data = make_object()
    outcome = store(archive, data).result(10)
    assert (outcome.kind, outcome.study_instance_uid) == (AddKind.STORED, "1.1")
    [where] = archive.locate(Query.build(Level.STUDY, {0x0020000D: "1.1"}))
    with archive.open_object(where) as stored:
        assert bytes(stored.data_set_view()) == data
        assert stored.data_set_size == len(data)
        assert bytes(stored.file_view()[128:132]) == b"DICM"
    assert where.size == outcome.size


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
def test_any_chunks(archive, make_object, store, chunk):
    store(archive, make_object(), chunk=chunk).result(10)
    assert archive.stats().instances == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"x00080018": None}, MissingRequiredTag),
        ({"x0020000D": None}, MissingRequiredTag),
        ({"x0020000E": ("UI", b"")}, MissingRequiredTag),
        ({"x0020000D": ("UI", b"../../x")}, InvalidUID),
        ({"x00080018": ("UI", b"1.9")}, IdentityMismatch),
        ({"x00080016": ("UI", b"1.9")}, IdentityMismatch),
    ],
)
def test_an_object_that_is_not_what_it_should_be_leaves_nothing(
    archive, make_object, store, tmp_path, changes, error
):
    with pytest.raises(error):
        store(archive, make_object(**changes)).result(10)
    assert files(archive, tmp_path) == []
    assert archive.stats().instances == 0


@pytest.mark.parametrize("missing", [1, 2, 99])
def test_pixel_data_cut_short_is_refused(archive, make_object, store, missing):
    """Every header byte came, so only the length of the pixel data tells."""
    with pytest.raises(TruncatedData):
        store(archive, make_object()[:-missing]).result(10)
    assert archive.stats().instances == 0


def test_truncated_in_the_header(archive, make_object, store, tmp_path):
    data = make_object()
    with pytest.raises(DataError):
        store(archive, data[: data.index(b"Doe^Jane") + 3]).result(10)
    assert files(archive, tmp_path) == []


def test_an_unknown_transfer_syntax_is_refused(archive):
    with pytest.raises(InvalidTransferSyntax):
        archive.receive("1.2", "1.3", "1.2.3.4.5")


def test_discard_leaves_nothing(archive, make_object, tmp_path):
    incoming = archive.receive("1.2.840.10008.5.1.4.1.1.2", "1.1.1.1", "1.2.840.10008.1.2.1")
    incoming.write(make_object())
    assert len(files(archive, tmp_path)) == 1
    incoming.discard()
    assert files(archive, tmp_path) == []


@pytest.mark.parametrize(
    ("policy", "kept"), [("keep", b"\1\1"), ("replace", b"\2\2"), ("reject", b"\1\1")]
)
def test_duplicates(tmp_path, make_object, store, policy, kept):
    with Archive.open(tmp_path / "data", on_duplicate=policy) as archive:
        store(archive, make_object(pixels=b"\1\1")).result(10)
        assert store(archive, make_object(pixels=b"\1\1")).result(10).kind is AddKind.SAME
        second = store(archive, make_object(pixels=b"\2\2"))
        if policy == "reject":
            with pytest.raises(DuplicateSopInstance):
                second.result(10)
        else:
            second.result(10)
        [where] = archive.locate(Query(Level.IMAGE))
        with archive.open_object(where) as stored:
            assert bytes(stored.data_set_view()) == make_object(pixels=kept)
        assert len(files(archive, tmp_path)) == 1
        assert {step.kind for step in verify(archive)} == {VerifyKind.GOOD}


DAMAGES = {
    "removed": lambda path: path.unlink(),
    "cut short": lambda path: os.truncate(path, path.stat().st_size - 1),
    "changed": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("policy", ["keep", "replace", "reject"])
@pytest.mark.parametrize("plain", [True, False], ids=["plain key", "key with a digest"])
def test_what_comes_again_takes_the_place_of_what_is_lost(
    tmp_path, make_object, store, damage, policy, plain
):
    """A success for it would be false otherwise: its only good copy would be thrown away."""
    if not plain:
        with Archive.open(tmp_path / "data", on_duplicate="replace") as archive:
            store(archive, make_object(pixels=b"\1\1")).result(10)
            store(archive, make_object()).result(10)
    with Archive.open(tmp_path / "data", on_duplicate=policy) as archive:
        store(archive, make_object()).result(10)
        [path] = files(archive, tmp_path)
        assert ("~" in path.name) is not plain
        DAMAGES[damage](path)
        assert store(archive, make_object()).result(10).kind is AddKind.STORED
        assert len(files(archive, tmp_path)) == 1
        assert [step.kind for step in verify(archive)] == [VerifyKind.GOOD]
        assert store(archive, make_object()).result(10).kind is AddKind.SAME


@pytest.mark.parametrize(
    ("damage", "kind"), [("removed", AddKind.STORED), ("changed", AddKind.KEPT_FIRST)]
)
def test_other_bytes_take_the_place_of_nothing_but_what_is_gone(
    archive, make_object, store, tmp_path, damage, kind
):
    store(archive, make_object()).result(10)
    [path] = files(archive, tmp_path)
    DAMAGES[damage](path)
    assert store(archive, make_object(pixels=b"\2\2")).result(10).kind is kind
    expected = VerifyKind.GOOD if kind is AddKind.STORED else VerifyKind.DAMAGED
    assert [step.kind for step in verify(archive)] == [expected]


def test_what_cannot_be_read_is_not_taken_for_kept(
    archive, make_object, store, tmp_path, monkeypatch
):
    """A failing disk: the sender must keep its object, and the old one is left alone."""

    def broken(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store(archive, make_object()).result(10)
    [before] = files(archive, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", broken)
        with pytest.raises(StorageFailed):
            store(archive, make_object()).result(10)
        assert [step.kind for step in verify(archive)] == [VerifyKind.UNREADABLE]
    assert files(archive, tmp_path) == [before]
    assert [step.kind for step in verify(archive)] == [VerifyKind.GOOD]


def test_a_file_cut_short_while_it_is_read(archive, make_object, store, tmp_path):
    store(archive, make_object(pixels=bytes(600_000))).result(10)
    [where] = archive.locate(Query(Level.IMAGE))
    with archive.open_object(where) as stored:
        chunks = stored.data_set_chunks()
        assert len(next(chunks)) == 256 * 1024
        os.truncate(files(archive, tmp_path)[0], 300_000)
        with pytest.raises(ObjectDamaged):
            list(chunks)


def test_many_threads_the_same_and_different_instances(archive, make_object, store, tmp_path):
    failures = []

    def run(number):
        try:
            own = [
                store(archive, make_object(instance=f"2.{number}.{n}"), f"2.{number}.{n}")
                for n in range(20)
            ]
            same = [store(archive, make_object()) for _ in range(5)]
            for future in own + same:
                future.result(30)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert archive.stats().instances == 161
    assert len(files(archive, tmp_path)) == 161
    assert {step.kind for step in verify(archive)} == {VerifyKind.GOOD}


def test_events(archive, make_object, store):
    stored, deleted = [], []
    archive.event_bus.subscribe(InstanceStored, stored.append)
    archive.event_bus.subscribe(InstancesDeleted, deleted.append)
    store(archive, make_object()).result(10)
    assert [(e.sop_instance_uid, e.source_ae) for e in stored] == [("1.1.1.1", "MODALITY")]
    assert archive.delete(Query.build(Level.STUDY, {0x0020000D: "1.1"})) == 1
    assert deleted == [InstancesDeleted(("1.1.1.1",))]


def test_deleted_is_gone(archive, make_object, store, tmp_path):
    for n in range(3):
        store(archive, make_object(instance=f"1.{n}"), f"1.{n}").result(10)
    counts = []
    query = Query.build(Level.STUDY, {0x0020000D: "1.1"})
    assert archive.delete(query, progress=counts.append) == 3
    assert counts == [3]
    assert files(archive, tmp_path) == []
    assert archive.stats().patients == 0


def test_the_lock(tmp_path):
    with Archive.open(tmp_path / "data"):
        with pytest.raises(ArchiveInUse):
            Archive.open(tmp_path / "data")
        Archive.open(tmp_path / "data", exclusive=False).close()
    Archive.open(tmp_path / "data").close()


def test_what_a_crash_left_is_cleaned_at_start(tmp_path):
    Archive.open(tmp_path / "data").close()
    left = tmp_path / "data" / "objects" / "incoming" / "1-2.part"
    left.write_bytes(b"half")
    Archive.open(tmp_path / "data", exclusive=False).close()
    assert left.exists()
    Archive.open(tmp_path / "data").close()
    assert not left.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EMFILE])
def test_no_room_while_writing(archive, make_object, store, tmp_path, monkeypatch, code):
    def full(*_):
        raise OSError(code, os.strerror(code))

    incoming = archive.receive("1.2.840.10008.5.1.4.1.1.2", "1.1.1.1", "1.2.840.10008.1.2.1")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OutOfResources):
            incoming.write(make_object())
    incoming.discard()
    assert files(archive, tmp_path) == []


def test_a_failed_sync_is_no_success(archive, make_object, store, tmp_path, monkeypatch):
    def broken(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(StorageFailed):
            store(archive, make_object()).result(10)
    assert archive.stats().instances == 0
    assert not [p for p in files(archive, tmp_path) if "incoming" in p.parts]


def test_reindex_adopts_and_removes(archive, make_object, store, tmp_path):
    for n in range(3):
        store(archive, make_object(instance=f"1.{n}"), f"1.{n}").result(10)
    located = {w.sop_instance_uid: w for w in archive.locate(Query(Level.IMAGE))}
    # As after a crash between link and commit, and after somebody removed a file.
    archive.index.remove([("1.0", located["1.0"].blob_key)]).result(10)
    archive.blobs.delete(located["1.1"].blob_key)
    kinds = sorted(step.kind.value for step in verify(archive))
    assert kinds == ["good", "missing", "orphan"]
    steps = [step.kind for step in reindex(archive)]
    assert sorted(k.value for k in steps) == ["indexed", "indexed", "removed"]
    assert {step.kind for step in verify(archive)} == {VerifyKind.GOOD}
    again = {w.sop_instance_uid: w for w in archive.locate(Query(Level.IMAGE))}
    assert again["1.0"] == located["1.0"]


def test_an_orphan_in_the_way_does_not_hinder(archive, make_object, store):
    store(archive, make_object()).result(10)
    [where] = archive.locate(Query(Level.IMAGE))
    archive.index.remove([("1.1.1.1", where.blob_key)]).result(10)
    assert store(archive, make_object()).result(10).kind is AddKind.STORED
    assert [s.kind for s in reindex(archive)].count(ReindexKind.SURPLUS) == 1
    assert archive.stats().instances == 1


def test_verify_sees_a_changed_byte_and_a_short_file(archive, make_object, store, tmp_path):
    store(archive, make_object()).result(10)
    [path] = files(archive, tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert [s.kind for s in verify(archive)] == [VerifyKind.DAMAGED]
    assert [s.kind for s in verify(archive, digests=False)] == [VerifyKind.GOOD]
    path.write_bytes(content[:-1])
    [where] = archive.locate(Query(Level.IMAGE))
    with pytest.raises(ObjectDamaged):
        archive.open_object(where)


def test_import_keeps_the_files_bytes(archive, make_object, store, tmp_path):
    store(archive, make_object()).result(10)
    [path] = files(archive, tmp_path)
    copy = tmp_path / "in" / "a.dcm"
    copy.parent.mkdir()
    copy.write_bytes(b"made by hand".ljust(128, b"\0") + path.read_bytes()[128:])
    (tmp_path / "in" / "b.txt").write_text("no image")
    (tmp_path / "in" / "c").write_bytes(b"")
    archive.delete(Query(Level.STUDY))
    steps = list(import_paths(archive, [tmp_path / "in"]))
    assert sorted(step.error is None for step in steps) == [False, False, True]
    [kept] = files(archive, tmp_path)
    assert kept.read_bytes() == copy.read_bytes()


def test_the_response_holds_what_was_asked_for(archive, make_object, store):
    store(archive, make_object(x00081030=("LO", b"Head"))).result(10)
    ask = identifier("STUDY", x00081030=("LO", ""), x00080061=("CS", ""), x00401001=("SH", "x"),
                     x00201208=("IS", ""), x00080056=("CS", ""))  # fmt: skip
    query = Query.from_identifier(ask, Root.STUDY)
    assert query.unsupported == ((0x00401001, "SH"),)
    [found] = archive.find(query, retrieve_ae_title="FILMROOM")
    assert {int(e.tag): e.text for e in found} == {
        0x00080052: "STUDY",
        0x00080054: "FILMROOM",
        0x00080056: "ONLINE",
        0x00080061: "CT",
        0x00081030: "Head",
        0x0020000D: "1.1",
        0x00201208: "1",
        0x00401001: "",
    }


def test_text_beyond_ascii_goes_out_as_utf8(archive, make_object, store):
    name = ("PN", "Müller^Jörg".encode("latin-1"))
    store(archive, make_object(x00080005=("CS", b"ISO_IR 100"), x00100010=name)).result(10)
    query = Query.build(Level.STUDY, {0x00100010: "MULLER*"})
    [found] = archive.find(query)
    assert found.text(0x00080005) == "ISO_IR 192"
    assert bytes(found.raw(0x00100010)).rstrip() == "Müller^Jörg".encode()


@pytest.mark.parametrize(
    ("root", "level", "keys"),
    [
        (Root.STUDY, "PATIENT", {}),
        (Root.STUDY, "", {}),
        (Root.STUDY, "study", {}),
        (Root.STUDY, "SERIES", {}),
        (Root.STUDY, "IMAGE", {"x0020000D": ("UI", "1.1")}),
        (Root.PATIENT, "STUDY", {"x00100020": ("LO", "P*")}),
        (Root.STUDY, "STUDY", {"x00080020": ("DA", "yesterday")}),
        (Root.STUDY, "STUDY", {"x0020000D": ("UI", "1.x")}),
    ],
)
def test_identifiers_that_cannot_be_answered(root, level, keys):
    with pytest.raises(InvalidIdentifier):
        Query.from_identifier(identifier(level, **keys), root)


def test_a_retrieval_needs_the_key_of_its_level():
    ask = identifier("STUDY", x00100010=("PN", "DOE*"))
    with pytest.raises(InvalidIdentifier):
        Query.from_identifier(ask, Root.STUDY, retrieve=True)


def test_relational_queries_need_no_upper_keys(archive, make_object, store):
    store(archive, make_object()).result(10)
    ask = identifier("IMAGE", x00100010=("PN", "doe*"))
    [found] = archive.find(Query.from_identifier(ask, Root.STUDY, relational=True))
    assert found.text(0x0020000D) == "1.1"
    assert found.text(0x00080018) == "1.1.1.1"


@pytest.mark.parametrize(
    "settings",
    [
        {"durability": "none"}, {"on_duplicate": "maybe"}, {"index_url": "mysql://x/y"},
        {"blob_url": "file:relative"},
    ],
)  # fmt: skip
def test_settings_that_cannot_work(tmp_path: Path, settings):
    with pytest.raises(ConfigurationError):
        Archive.open(tmp_path, **settings)


def test_an_index_that_is_none(tmp_path: Path):
    (tmp_path / "index.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageFailed):
        Archive.open(tmp_path)
