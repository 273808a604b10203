"""``filmroom export``: what matches, into a folder or as a file set."""

import errno
import shutil

import pytest
from objects import ROOT, ct_image, data_set_bytes, write
from pydicom.data import get_testdata_file
from pydicom.fileset import FileSet

from filmroom.cli import export
from filmroom.dicom import read_file, uid_for
from filmroom.dicom.dicomdir import read_directory
from filmroom.dicom.file_set import is_file_id


@pytest.fixture
def files(command, tmp_path):
    """Six objects of two patients, kept in ./filmroom-data; by SOP Instance UID."""
    places = [(1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 2, 1), (1, 2, 1, 1), (2, 3, 1, 1), (2, 3, 1, 2)]
    made = {}
    for place in places:
        image = ct_image(*place)
        made[str(image.SOPInstanceUID)] = write(image, tmp_path / "in" / f"{len(made)}.dcm")
    assert command("import", "in").code == 0
    return made


def exported(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_without_keys_everything_under_its_uids_byte_for_byte(command, files, tmp_path):
    done = command("export", "--out", "out")
    assert (done.code, done.out, done.err) == (0, "6 exported, 0 failed\n", "")
    for uid, path in files.items():
        copy = tmp_path / "out" / uid.rsplit(".", 2)[0] / uid.rsplit(".", 1)[0] / f"{uid}.dcm"
        assert copy.read_bytes() == path.read_bytes()
    assert len(exported(tmp_path / "out")) == 6


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        (("-k", "PatientID=P1"), 4),
        (("-k", "PatientID=P*"), 6),
        (("-k", f"StudyInstanceUID={ROOT}.1.1"), 3),
        (("-k", f"SeriesInstanceUID={ROOT}.1.1.2", "--level", "series"), 1),
        (("-k", f"SOPInstanceUID={ROOT}.2.3.1.2", "--level", "image"), 1),
        (("-k", "PatientID=P2", "--level", "patient"), 2),
    ],
)
def test_keys_choose(command, files, tmp_path, keys, count):
    assert command("export", *keys, "--out", "out").out == f"{count} exported, 0 failed\n"
    assert len(exported(tmp_path / "out")) == count


def test_again_is_the_same(command, files, tmp_path):
    for _ in range(2):
        assert command("export", "--out", "out").code == 0
    assert len(exported(tmp_path / "out")) == 6


def test_nothing_that_matches_gives_1(command, files, tmp_path):
    done = command("export", "-k", "PatientID=NOBODY", "--out", "out", "--dicomdir")
    assert (done.code, done.out) == (1, "0 exported, 0 failed\n")
    assert not (tmp_path / "out").exists()


def test_a_file_set_has_a_dicomdir_that_names_every_file(command, files, tmp_path):
    done = command("export", "--out", "disc", "--dicomdir", "--file-set-id", "DISC_7")
    assert (done.code, done.out, done.err) == (0, "6 exported, 0 failed\n", "")
    directory = read_directory(tmp_path / "disc" / "DICOMDIR", strict=True)
    assert directory.file_set_id == "DISC_7"
    records = [record for record in directory.walk() if record.file_id]
    assert {record.sop_instance_uid for record in records} == set(files)
    for record in records:
        assert is_file_id(record.file_id)
        copy = tmp_path.joinpath("disc", *record.file_id)
        assert copy.read_bytes() == files[record.sop_instance_uid].read_bytes()
    assert {
        patient.keys.text("PatientID"): len(patient.children) for patient in directory.records
    } == {"P1": 2, "P2": 1}


def test_pydicom_reads_the_file_set(command, files, tmp_path):
    command("export", "--out", "disc", "--dicomdir")
    read = FileSet(tmp_path / "disc" / "DICOMDIR")
    assert {str(instance.load().SOPInstanceUID) for instance in read} == set(files)


def test_a_file_set_wants_an_empty_folder(command, files, tmp_path):
    (tmp_path / "disc").mkdir()
    (tmp_path / "disc" / "README").touch()
    done = command("export", "--out", "disc", "--dicomdir")
    assert done.code == 2
    assert exported(tmp_path / "disc") == ["README"]


def test_a_file_set_id_that_is_none_is_wrong_use(command, files):
    done = command("export", "--out", "disc", "--dicomdir", "--file-set-id", "my disc")
    assert done.code == 2


def test_what_a_directory_lacks_is_told(command, tmp_path):
    image = ct_image(1, 1, 1, 1)
    image.StudyID = None
    write(image, tmp_path / "in" / "1.dcm")
    command("import", "in")
    done = command("export", "--out", "disc", "--dicomdir")
    assert done.code == 0
    assert "DICOMDIR: a key that a directory needs and the object lacks is made up" in done.err


def test_an_object_that_no_directory_can_name_is_told_and_left_out(command, files, tmp_path):
    protocol = ct_image(9, 9, 9, 9, SOPClassUID=uid_for("CTPerformedProcedureProtocolStorage"))
    write(protocol, tmp_path / "protocol.dcm")
    command("import", "protocol.dcm")
    done = command("export", "--out", "disc", "--dicomdir", "--json")
    assert done.code == 1
    record = done.json()
    assert (record["exported"], record["failed"]) == (6, 1)
    assert record["faults"][0]["instance"] == protocol.SOPInstanceUID
    assert len(exported(tmp_path / "disc")) == 7
    assert command("export", "--out", "all").out == "7 exported, 0 failed\n"


def test_an_object_that_is_gone_is_told_and_no_record_names_it(command, files, tmp_path):
    objects = sorted((tmp_path / "filmroom-data" / "objects").rglob("*.dcm"))
    uid = read_file(objects[0]).data_set.text("SOPInstanceUID")
    objects[0].unlink()
    done = command("export", "--out", "disc", "--dicomdir")
    assert (done.code, done.out) == (1, "5 exported, 1 failed\n")
    assert done.err.startswith(f"filmroom: {uid}: [-865]")
    directory = read_directory(tmp_path / "disc" / "DICOMDIR")
    named = {record.sop_instance_uid for record in directory.walk() if record.file_id}
    assert named == set(files) - {uid}


def fail_once(monkeypatch, error):
    """Let the first file that is written fail with ``error``."""
    write_pieces, failed = export.write_pieces, []

    def failing(path, pieces):
        if not failed:
            failed.append(path)
            raise error
        write_pieces(path, pieces)

    monkeypatch.setattr(export, "write_pieces", failing)


def test_a_file_that_cannot_be_written_has_no_record(command, files, tmp_path, monkeypatch):
    fail_once(monkeypatch, OSError(errno.EACCES, "no entry"))
    done = command("export", "--out", "disc", "--dicomdir")
    assert (done.code, done.out) == (1, "5 exported, 1 failed\n")
    directory = read_directory(tmp_path / "disc" / "DICOMDIR", strict=True)
    for record in directory.walk():
        assert not record.file_id or tmp_path.joinpath("disc", *record.file_id).is_file()


def test_a_full_disk_ends_it(command, files, monkeypatch):
    fail_once(monkeypatch, OSError(errno.ENOSPC, "disk full"))
    done = command("export", "--out", "out")
    assert done.code == 1
    assert "[-863]" in done.err


def test_without_an_archive(command):
    assert command("export", "--out", "out").code == 1


def test_compressed_and_deflated_objects_go_as_they_are(command, tmp_path):
    for name in ("JPEG2000.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm"):
        copied = shutil.copy(get_testdata_file(name), tmp_path)
        assert command("import", copied).code == 0
    assert command("export", "--out", "disc", "--dicomdir").code == 0
    kept = {
        data_set_bytes(tmp_path.joinpath("disc", *record.file_id))
        for record in read_directory(tmp_path / "disc" / "DICOMDIR").walk()
        if record.file_id
    }
    assert kept == {data_set_bytes(path) for path in tmp_path.glob("*.dcm")}


def test_a_key_that_selects_nothing_is_wrong_use(command, tmp_path):
    (tmp_path / "data").mkdir()
    for key in ("PatientID=", "PatientID", "KVP=80"):
        done = command("export", "--data", "data", "--out", "out", "-k", key)
        assert done.code == 2
        assert "does not narrow" in done.err
        assert not (tmp_path / "out").exists()
