"""``filmroom import`` of file sets: what the DICOMDIR names, and nothing else."""

import shutil
from pathlib import Path

import pydicom
import pytest
from objects import ct_image, write

SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"


@pytest.fixture
def disc(command, tmp_path):
    """A file set of three objects, as exported; and a DICOM file that it does not name."""
    for number in (1, 2, 3):
        write(ct_image(1, 1, 1, number), tmp_path / "in" / f"{number}.dcm")
    command("import", "in", "--data", "first")
    assert command("export", "--data", "first", "--out", "disc", "--dicomdir").code == 0
    write(ct_image(7, 7, 7, 7), tmp_path / "disc" / "VIEWER" / "demo.dcm")
    (tmp_path / "disc" / "autorun.inf").write_text("[autorun], and long enough to look at.")
    return tmp_path / "disc"


@pytest.mark.parametrize("given", ["disc", "disc/DICOMDIR"])
def test_what_the_directory_names_is_taken_and_nothing_else(command, disc, tmp_path, given):
    shutil.rmtree(tmp_path / "in")
    shutil.rmtree(tmp_path / "first")
    done = command("import", given)
    assert (done.code, done.out, done.err) == (0, "3 stored, 0 failed\n", "")


def test_no_dicomdir_takes_every_file(command, disc):
    (disc / "autorun.inf").unlink()
    done = command("import", "disc", "--no-dicomdir")
    assert (done.code, done.out, done.err) == (0, "4 stored, 0 failed\n", "")


def test_another_case_of_letters_on_the_disk(command, disc):
    for path in sorted(disc.rglob("*"), reverse=True):
        path.rename(path.with_name(path.name.lower()))
    assert command("import", "disc").out == "3 stored, 0 failed\n"


def test_a_file_that_is_named_and_not_there_is_told(command, disc):
    missing = next(disc.rglob("IM000002"))
    missing.unlink()
    done = command("import", "disc", "--json")
    assert done.code == 1
    record = done.json()
    assert (record["stored"], record["failed"]) == (2, 1)
    assert "[-865] the DICOMDIR names a file that is not there" in done.err


def test_a_directory_that_cannot_be_read_is_told_and_the_files_are_walked(command, disc):
    (disc / "autorun.inf").unlink()
    (disc / "DICOMDIR").write_bytes(b"garbage, and long enough to look at")
    done = command("import", "disc")
    assert (done.code, done.out) == (1, "4 stored, 1 failed\n")
    assert "disc/DICOMDIR: [-800]" in done.err


def test_a_directory_whose_files_are_all_elsewhere_is_walked_too(command, disc):
    (disc / "autorun.inf").unlink()
    for folder in list(disc.glob("PA*")):
        folder.rename(disc / "moved")
    done = command("import", "disc")
    assert (done.code, done.out) == (1, "4 stored, 3 failed\n")


def test_an_empty_directory_is_walked(command, disc):
    (disc / "autorun.inf").unlink()
    shutil.copy(SAMPLES / "DICOMDIR-empty.dcm", disc / "DICOMDIR")
    assert command("import", "disc").out == "4 stored, 0 failed\n"


def test_several_file_sets_below_a_folder(command, disc, tmp_path):
    shutil.rmtree(tmp_path / "in")
    shutil.rmtree(tmp_path / "first")
    shutil.copytree(disc, tmp_path / "shelf" / "A")
    shutil.copytree(disc, tmp_path / "shelf" / "B")
    write(ct_image(8, 8, 8, 8), tmp_path / "shelf" / "loose.dcm")
    assert command("import", "shelf").out == "4 stored, 3 same, 0 failed\n"


def test_the_samples_of_pydicom(command):
    assert command("import", SAMPLES / "TINY_ALPHA").out == "50 stored, 0 failed\n"
    assert command("import", SAMPLES / "DICOMDIR").code == 0
    assert command("stats", "--json").json()["instances"] == 50 + 31
