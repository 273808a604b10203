import csv
import json
import stat
from pathlib import Path

from filmroom.deidentification import (
    Deidentifier,
    MappingFile,
    Option,
    Outcome,
    OutcomeKind,
    Profile,
    Replaced,
    Report,
    Totals,
)

REPLACED = Replaced(
    ("P-4711", "ANON1"), ("1.2.3", "2.25.1"), ("1.2.3.1", "2.25.2"), ("1.2.3.4", "2.25.3"), 17
)
DONE = Outcome(
    Path("/data/Mueller/1.dcm"),
    OutcomeKind.WRITTEN,
    output="2.25.1/2.25.2/2.25.3.dcm",
    actions={"U": 4, "private": 2},
    regions=1,
    warnings=("look at it",),
    replaced=REPLACED,
)
FAILED = Outcome(Path("/data/Mueller/2.dcm"), OutcomeKind.FAILED, error="[-800] no DICOM file")


def write(tmp_path, *outcomes):
    path = tmp_path / "report.json"
    totals = Totals()
    profile = Profile.basic(Option.CLEAN_DESCRIPTORS)
    with Report.open(path, Deidentifier(profile), totals) as report:
        for outcome in outcomes:
            totals.add(outcome)
            report.add(outcome)
    return path.read_text()


def test_the_report_tells_what_was_done_and_not_to_whom(tmp_path):
    text = write(tmp_path, DONE, FAILED)
    assert "Mueller" not in text
    assert "4711" not in text
    assert "1.2.3" not in text
    report = json.loads(text)
    assert report["options"] == ["clean-descriptors"]
    assert [code["value"] for code in report["codes"]] == ["113100", "113105"]
    assert report["files"] == [
        {
            "number": 1,
            "outcome": "written",
            "output": "2.25.1/2.25.2/2.25.3.dcm",
            "actions": {"U": 4, "private": 2},
            "regions": 1,
            "warnings": ["look at it"],
        },
        {"number": 2, "outcome": "failed", "error": "[-800] no DICOM file"},
    ]
    assert report["counts"] == {"written": 1, "already there": 0, "skipped": 0, "failed": 1}
    assert report["actions"] == {"U": 4, "private": 2}
    assert report["warnings"] == 1


def test_a_report_of_nothing_is_whole(tmp_path):
    report = json.loads(write(tmp_path))
    assert (report["files"], report["actions"]) == ([], {})


def test_the_mapping_leads_back_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "mapping.csv"
    path.touch(0o644)
    with MappingFile.open(path) as mapping:
        mapping.add(DONE)
        mapping.add(FAILED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "file": "/data/Mueller/1.dcm",
        "output": "2.25.1/2.25.2/2.25.3.dcm",
        "patient_id": "P-4711",
        "new_patient_id": "ANON1",
        "study": "1.2.3",
        "new_study": "2.25.1",
        "series": "1.2.3.1",
        "new_series": "2.25.2",
        "instance": "1.2.3.4",
        "new_instance": "2.25.3",
        "days_back": "17",
    }
