import pytest
from objects import ct_image, encoded, write


@pytest.fixture
def folder(tmp_path):
    """Two images, one of them in a folder below."""
    write(ct_image(1, 1, 1, 1), tmp_path / "cd" / "1.dcm")
    write(ct_image(1, 1, 1, 2), tmp_path / "cd" / "deep" / "2.dcm")
    return tmp_path / "cd"


def test_a_folder_makes_an_archive(command, folder, tmp_path):
    done = command("import", "cd")
    assert (done.code, done.out, done.err) == (0, "2 stored, 0 failed\n", "")
    assert (tmp_path / "filmroom-data" / "index.sqlite").exists()
    assert "instances  2" in command("stats").out


def test_the_same_again_is_the_same(command, folder):
    command("import", "cd")
    assert command("import", "cd").out == "2 same, 0 failed\n"


def test_every_outcome_is_counted(command, folder):
    command("import", "cd/1.dcm")
    write(ct_image(1, 1, 1, 1, StudyDescription="Another"), folder / "0.dcm")
    (folder / "notes.txt").write_text("Not DICOM at all, and long enough to look at.")
    done = command("import", "cd", "--json")
    assert done.code == 1
    record = done.json()
    faults = record.pop("faults")
    assert record == {"kept first": 1, "same": 1, "stored": 1, "failed": 1}
    assert [(fault["file"], fault["fault"][:6]) for fault in faults] == [("cd/notes.txt", "[-800]")]
    assert done.err.startswith("filmroom: cd/notes.txt: [-800]")


def test_the_setting_for_duplicates_counts(command, folder, monkeypatch):
    command("import", "cd")
    write(ct_image(1, 1, 1, 1, StudyDescription="Another"), folder / "1.dcm")
    monkeypatch.setenv("FILMROOM_ON_DUPLICATE", "reject")
    refused = command("import", "cd/1.dcm")
    assert (refused.code, refused.out) == (1, "1 failed\n")
    assert "[-861]" in refused.err
    monkeypatch.setenv("FILMROOM_ON_DUPLICATE", "replace")
    assert command("import", "cd/1.dcm").out == "1 replaced, 0 failed\n"


def test_a_data_set_without_file_meta_information(command, tmp_path):
    (tmp_path / "bare.dcm").write_bytes(encoded(ct_image()))
    assert command("import", "bare.dcm").out == "1 stored, 0 failed\n"


def test_another_archive_can_be_named(command, folder, tmp_path):
    assert command("import", "--data", "elsewhere", "cd").code == 0
    assert (tmp_path / "elsewhere").is_dir()
    (tmp_path / "mine.toml").write_text('data = "third"\n')
    assert command("import", "cd", "--config", "mine.toml").code == 0
    assert (tmp_path / "third").is_dir()
    assert not (tmp_path / "filmroom-data").exists()


def test_beside_a_server(command, folder, served, archive, tmp_path):
    with served() as address:
        assert command("import", "cd", "--data", tmp_path / "served").code == 0
        done = command("find", *address, "-k", "PatientID=P1", "-k", "StudyInstanceUID")
        assert done.out.endswith("1 match\n")


@pytest.mark.parametrize("arguments", [(), ("missing",)])
def test_wrong_use(command, arguments):
    assert command("import", *arguments).code == 2
