"""Every file that pydicom's wheel bundles, de-identified, as pydicom and DCMTK read it."""

from pathlib import Path

import pydicom
import pytest
from identifiable import SECRET
from processes import require, run
from pydicom.uid import UID

from filmroom.deidentification import (
    METHOD_CODES,
    Deidentifier,
    Option,
    OutcomeKind,
    Profile,
    Pseudonyms,
    deidentify_files,
)
from filmroom.dicom import read_file
from filmroom.dicom.validation import Severity, validate

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and path.suffix not in {".txt", ".icc", ".dump", ".json", ".gz", ".py"}
)
BASIC = ()
CLEANED = (
    Option.CLEAN_DESCRIPTORS,
    Option.CLEAN_GRAPHICS,
    Option.CLEAN_STRUCTURED_CONTENT,
    Option.RETAIN_MODIFIED_DATES,
    Option.RETAIN_SAFE_PRIVATE,
)
IDENTIFYING = ("PatientName", "PatientID", "PatientBirthDate", "ReferringPhysicianName")
NEW_FINDINGS = {
    "badVR.dcm": "Number of Frames holds 1A, which is no number and goes",
    "rtplan_truncated.dcm": "what is cut off is an error before, and another one after",
}
SHORTEST = 4
"""Shorter names and IDs stand in the bytes of any image by chance."""


@pytest.fixture(scope="module", params=[BASIC, CLEANED], ids=["basic", "cleaned"])
def made(request, tmp_path_factory):
    """Outcomes of all files, each into a folder of its own: the bundle holds some twice."""
    root = tmp_path_factory.mktemp("deidentified")
    profile = Profile.basic(*request.param)
    deidentifier = Deidentifier(profile, secret=SECRET, burned_in="warn")
    found = []
    for number, path in enumerate(FILES):
        folder = root / str(number)
        (outcome,) = deidentify_files(deidentifier, [path], folder)
        found.append((outcome, folder / outcome.output))
    return found


def written(made):
    return [(o.path, path) for o, path in made if o.kind is OutcomeKind.WRITTEN]


def test_nearly_all_can_be_deidentified(made):
    failed = {o.path.name for o, _ in made if o.kind is OutcomeKind.FAILED}
    assert len(written(made)) > 120
    assert failed <= {"no_meta.dcm", "no_meta_group_length.dcm"} | {
        path.name for path in FILES if lacks_uids(path)
    }


def lacks_uids(path):
    """Whether nothing can be named after it, or it is no DICOM file at all."""
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    except Exception:
        return True
    return not header.get("SOPInstanceUID") or not header.get("SOPClassUID")


def test_no_name_and_no_id_is_in_any_byte(made):
    leaks = []
    for original, path in written(made):
        header = read_file(original).data_set
        raw = path.read_bytes()
        for keyword in IDENTIFYING:
            value = header.text(keyword)
            found = bytes(header.raw(keyword) or b"").strip(b" \0")
            if len(value) >= SHORTEST and found in raw:
                leaks.append((original.name, keyword))
    assert leaks == []


def test_pydicom_reads_them_and_finds_the_marks(made):
    for original, path in written(made):
        image = pydicom.dcmread(path)
        before = pydicom.dcmread(original, force=True)
        assert image.PatientIdentityRemoved == "YES", original.name
        assert image.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        assert str(image.get("PatientName", "")) != str(before.get("PatientName", "")) or not str(
            before.get("PatientName", "")
        )
        assert UID(image.SOPInstanceUID).is_valid
        assert image.SOPInstanceUID == Pseudonyms(SECRET).uid(str(before.SOPInstanceUID))
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID
        assert image.preamble == bytes(128)
        assert not [e for e in image.iterall() if e.tag.is_private and e.tag.element < 0x10]


def test_the_pixels_stay_byte_for_byte(made):
    compared = 0
    for original, path in written(made):
        before, after = (pydicom.dcmread(p, force=True) for p in (original, path))
        same_syntax = before.file_meta.get("TransferSyntaxUID") == (
            after.file_meta.TransferSyntaxUID
        )
        if "PixelData" not in before or not same_syntax:
            continue
        overlays = [e for e in before if e.tag.group & 0xFF00 == 0x6000]
        if not overlays:
            assert before.PixelData.startswith(after.PixelData), original.name
            compared += 1
    assert compared > 80


def test_dcmdump_reads_them_without_an_error(made):
    dcmdump = require("dcmdump")
    paths = [path for _, path in written(made)]
    done = run(dcmdump, "-q", *paths)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if line.startswith("E:")] == []


def test_validation_finds_nothing_new(made):
    """What conformed conforms still: no attribute is missing or empty that must be there."""
    fresh = []
    for original, path in written(made):
        before, after = (errors(read_file(p)) for p in (original, path))
        if original.name not in NEW_FINDINGS:
            fresh += [(original.name, *finding) for finding in after - before]
    assert fresh == []


def errors(file):
    return {
        (finding.path, finding.message)
        for finding in validate(file.data_set).findings
        if finding.severity is Severity.ERROR
    }


def test_what_is_written_is_read_without_an_issue(made):
    for original, path in written(made):
        assert read_file(path).issues == [], original.name


def test_a_second_time_nothing_is_left_to_remove(made):
    """With the options of the first time: what may stay by them stays again."""
    codes = {code[0]: option for option, code in METHOD_CODES.items()}
    for original, path in written(made):
        file = read_file(path)
        done = file.data_set["DeidentificationMethodCodeSequence"]
        options = [codes[code["CodeValue"]] for code in done if code["CodeValue"] in codes]
        deidentifier = Deidentifier(Profile.basic(*options), secret=SECRET, burned_in="warn")
        again = deidentifier.apply(file.data_set, file.transfer_syntax)
        assert not {"X", "private", "unknown"} & again.actions.keys(), original.name
        assert again.data_set.tags() == file.data_set.tags(), original.name
