import pytest
from objects import ct_image, write


@pytest.fixture
def kept(command, tmp_path):
    """An archive of three objects; gives its folder."""
    for number in (1, 2, 3):
        write(ct_image(number), tmp_path / "in" / f"{number}.dcm")
    command("import", "in")
    return tmp_path / "filmroom-data"


def objects(data):
    return sorted((data / "objects").rglob("*.dcm"))


def test_what_was_done_is_counted(command, kept):
    done = command("backup", "backup")
    assert (done.code, done.err) == (0, "")
    assert done.out == ("3 copied, 0 unchanged, 0 missing, 0 damaged, 0 unreadable, 0 removed\n")
    assert command("verify", "--data", "backup").out == "3 objects are good, 0 faults\n"
    done = command("restore", "backup", "--data", "restored")
    assert (done.code, done.err) == (0, "")
    assert done.out == "3 copied, 0 unchanged, 0 missing, 0 damaged, 0 unreadable\n"
    assert command("stats", "--data", "restored").out == command("stats").out


def test_json(command, kept):
    size = sum(path.stat().st_size for path in objects(kept))
    done = {"copied": 3, "unchanged": 0, "missing": 0, "damaged": 0, "unreadable": 0}
    done |= {"bytes": size, "faults": []}
    assert command("backup", "backup", "--json").json() == done | {"removed": 0}
    assert command("restore", "backup", "--data", "new", "--json").json() == done


def test_what_was_deleted_is_removed_when_asked_for(command, kept):
    command("backup", "backup")
    command("delete", "-k", "PatientID=P1", "--yes")
    assert command("backup", "backup").out.startswith("0 copied, 2 unchanged")
    done = command("backup", "backup", "--prune")
    assert done.out.endswith("1 removed\n")
    assert len(objects(kept.with_name("backup"))) == 2


def test_each_fault_is_told_by_its_uid(command, kept):
    gone, spoilt, good = objects(kept)
    gone.unlink()
    spoilt.write_bytes(spoilt.read_bytes()[:-2] + b"\xff\xff")
    done = command("backup", "backup")
    assert done.code == 1
    assert done.out.startswith("1 copied, 0 unchanged, 1 missing, 1 damaged, 0 unreadable")
    assert f"filmroom: missing: {gone.stem}\n" in done.err
    assert f"filmroom: damaged: {spoilt.stem}\n" in done.err
    assert [path.name for path in objects(kept.with_name("backup"))] == [good.name]
    done = command("restore", "backup", "--data", "new", "--json")
    assert done.code == 1
    assert {fault["sop_instance_uid"] for fault in done.json()["faults"]} == {
        gone.stem,
        spoilt.stem,
    }


def test_an_index_that_was_lost_is_told(command, kept):
    command("backup", "backup")
    (kept.with_name("backup") / "index.sqlite").unlink()
    done = command("restore", "backup", "--data", "new")
    assert done.code == 0
    assert "made anew from the objects" in done.err
    assert command("verify", "--data", "new").out == "3 objects are good, 0 faults\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("backup", "filmroom-data/inside"), 2, "inside the archive"),
        (("backup", "letters"), 1, "no backup"),
        (("backup", "in/1.dcm"), 1, "no backup"),
        (("backup", "new", "--data", "none"), 1, "no archive in"),
        (("restore", "letters", "--data", "new"), 1, "is no backup"),
        (("restore", "filmroom-data", "--data", "letters"), 1, "is not empty"),
        (("restore", "filmroom-data"), 1, "is not empty"),
    ],
)
def test_wrong_folders_are_refused(command, kept, tmp_path, arguments, code, words):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("somebody's")
    done = command(*arguments)
    assert done.code == code
    assert words in done.err
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["letter.txt"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["FILMROOM_INDEX_URL", "FILMROOM_BLOB_URL"])
def test_a_restore_goes_into_one_folder(command, kept, monkeypatch, name):
    scheme = "sqlite" if "INDEX" in name else "file"
    monkeypatch.setenv(name, f"{scheme}:///elsewhere/place")
    done = command("restore", "filmroom-data", "--data", "new")
    assert done.code == 2
    assert name.removeprefix("FILMROOM_").lower() in done.err
