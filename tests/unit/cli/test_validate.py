import json

import pytest
from conforming import GREY, conforming

from filmroom.dicom import DataSet, ExplicitVRLittleEndian, write_file

IMAGE = {**GREY, "PixelData": bytes(32), "Modality": "CT"}


def reference():
    """A reference that lacks the instance."""
    item = DataSet()
    item["ReferencedSOPClassUID"] = "1.2.3"
    return item


def image(path, **changes):
    data_set = conforming("CTImageStorage", values=IMAGE)
    for keyword, value in changes.items():
        if value is None:
            del data_set[keyword]
        else:
            data_set[keyword] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, data_set, ExplicitVRLittleEndian)
    return path


@pytest.fixture
def study(tmp_path):
    """A folder of one good file, one with an error, and one with a warning."""
    image(tmp_path / "study/1.dcm")
    image(tmp_path / "study/2.dcm", KVP=None)
    image(tmp_path / "study/more/3.dcm", Modality="MR")
    return tmp_path / "study"


def test_a_conforming_file(command, tmp_path):
    image(tmp_path / "good.dcm")
    done = command("validate", "good.dcm")
    assert (done.code, done.err) == (0, "")
    assert done.out == "1 file, 1 valid: 0 errors, 0 warnings, 0 notes\n"


def test_a_folder_with_errors(command, study):
    done = command("validate", "study")
    assert done.code == 1
    assert done.out.splitlines() == [
        "study/2.dcm: CT Image",
        "  error   (0018,0060) KVP: missing, Type 2 [PS3.3 §C.8.2.1]",
        "study/more/3.dcm: CT Image",
        "  warning (0008,0060) Modality: the SOP class makes it CT [PS3.3 §C.7.3.1.1.1]",
        "3 files, 2 valid, 1 with errors: 1 error, 1 warning, 0 notes",
    ]


def test_warnings_alone_do_not_fail_unless_strict(command, study):
    assert command("validate", study / "more").code == 0
    done = command("validate", study / "more", "--strict")
    assert done.code == 1
    assert done.out.endswith("1 file, 0 valid, 1 with findings: 0 errors, 1 warning, 0 notes\n")


def test_notes_are_shown_when_asked_for(command, tmp_path):
    image(tmp_path / "image.dcm", OtherPatientIDs="1")
    quiet = command("validate", "image.dcm")
    assert quiet.out == "1 file, 1 valid: 0 errors, 0 warnings, 1 note\n"
    loud = command("validate", "image.dcm", "--notes")
    assert loud.code == 0
    assert "  note    (0010,1000) OtherPatientIDs: retired [PS3.6 §6]\n" in loud.out


def test_values_are_shown_only_when_asked_for(command, tmp_path):
    image(tmp_path / "image.dcm", PatientSex="X", StudyDate="2026")
    assert "= X" not in command("validate", "image.dcm").out
    shown = command("validate", "image.dcm", "--values").out
    assert "(0010,0040) PatientSex: is none of M, F, O [PS3.3 §C.7.1.1] = X\n" in shown
    assert "StudyDate: DA: not YYYYMMDD [PS3.5 §6.2] = 2026\n" in shown


def test_a_value_that_is_shown_cannot_steer_the_terminal(command, tmp_path):
    image(tmp_path / "image.dcm", StudyID="\x07bell and more than 16")
    shown = command("validate", "image.dcm", "--values").out
    assert "= ?bell and more than 16\n" in shown
    assert "\x07" not in shown


def test_a_long_value_is_cut(command, tmp_path):
    image(tmp_path / "image.dcm", Manufacturer="x" * 500)
    assert f"= {'x' * 100}...\n" in command("validate", "image.dcm", "--values").out


def test_json_has_a_line_for_each_file(command, study):
    done = command("validate", "study", "--json")
    assert (done.code, done.err) == (1, "")
    good, bad, odd = map(json.loads, done.out.splitlines())
    assert good == {
        "file": "study/1.dcm",
        "valid": True,
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
        "iod": "CT Image",
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "omitted": 0,
        "findings": [],
    }
    assert (bad["valid"], bad["errors"]) == (False, 1)
    assert bad["findings"] == [
        {
            "severity": "error",
            "path": "(0018,0060)",
            "keyword": "KVP",
            "section": "PS3.3 §C.8.2.1",
            "message": "missing, Type 2",
        }
    ]
    assert (odd["valid"], odd["warnings"]) == (True, 1)
    assert command("validate", study / "more", "--json", "--strict").json()["valid"] is False


def test_json_with_values(command, tmp_path):
    image(tmp_path / "image.dcm", PatientSex="X")
    (finding,) = command("validate", "image.dcm", "--json", "--values").json()["findings"]
    assert finding["value"] == "X"


def test_what_cannot_be_read_is_told_and_fails(command, tmp_path):
    image(tmp_path / "in/good.dcm")
    (tmp_path / "in/text.txt").write_text("no DICOM")
    done = command("validate", "in")
    assert done.code == 1
    assert done.err.startswith("filmroom: in/text.txt: [-800] no DICOM file")
    assert done.out == "2 files, 1 valid, 1 unreadable: 0 errors, 0 warnings, 0 notes\n"
    done = command("validate", "in/text.txt", "--json")
    assert (done.code, done.err) == (1, "")
    told = done.json()
    assert (told["file"], told["valid"]) == ("in/text.txt", False)
    assert told["fault"].startswith("[-800]")
    assert told["findings"] == []


def test_findings_alike_are_limited(command, tmp_path):
    path = tmp_path / "image.dcm"
    data_set = conforming("CTImageStorage", values=IMAGE)
    data_set["ReferencedStudySequence"] = tuple(reference() for _ in range(5))
    write_file(path, data_set, ExplicitVRLittleEndian)
    out = command("validate", "image.dcm", "--limit", 2).out
    assert out.count("ReferencedSOPInstanceUID: missing, Type 1") == 2
    assert "  and 3 more of the same kind\n" in out
    assert out.endswith("1 file, 0 valid, 1 with errors: 5 errors, 0 warnings, 0 notes\n")


def test_nothing_to_validate_is_wrong_use(command, tmp_path):
    assert command("validate").code == 2
    assert command("validate", "no-such-file").code == 2
    (tmp_path / "empty").mkdir()
    assert command("validate", "empty").out == "0 files, 0 valid: 0 errors, 0 warnings, 0 notes\n"
