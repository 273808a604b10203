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


def test_a_lost_index_comes_back(command, kept):
    before = command("stats").out
    for file in kept.glob("index.sqlite*"):
        file.unlink()
    done = command("reindex")
    assert (done.code, done.out) == (0, "3 indexed, 0 surplus, 0 unreadable, 0 removed\n")
    assert command("stats").out == before
    assert command("verify").code == 0


def test_json(command, kept):
    assert command("reindex", "--json").json() == {
        "indexed": 3,
        "surplus": 0,
        "unreadable": 0,
        "removed": 0,
    }


def test_rows_without_an_object_go_and_files_stay(command, kept):
    gone, copied, _ = objects(kept)
    gone.unlink()
    surplus = copied.with_name(copied.stem + "~copy.dcm")
    surplus.write_bytes(copied.read_bytes())
    broken = copied.with_name("1.2.3.dcm")
    broken.write_bytes(b"no DICOM object, whatever its name says")
    done = command("reindex")
    assert (done.code, done.out) == (1, "2 indexed, 1 surplus, 1 unreadable, 1 removed\n")
    assert "1.2.3.dcm: [-800]" in done.err
    assert surplus.exists()
    assert broken.exists()
    assert command("stats", "--json").json()["instances"] == 2


def test_there_must_be_an_archive(command):
    done = command("reindex", "--data", "missing")
    assert done.code == 1
    assert "[-860]" in done.err
