import os

import pytest
from identifiable import SECRET, ct_image, item, pixels

from filmroom.deidentification import (
    Deidentifier,
    Option,
    OutcomeKind,
    Profile,
    Pseudonyms,
    Region,
    check_apart,
    deidentify_file,
    deidentify_files,
)
from filmroom.dicom import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    is_valid_uid,
    read_file,
    write_file,
)
from filmroom.errors import ConfigurationError

DEIDENTIFIER = Deidentifier(secret=SECRET)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def written(tmp_path, data_set, name="Mueller_Joerg.dcm", syntax=ExplicitVRLittleEndian):
    path = tmp_path / "in" / name
    path.parent.mkdir(exist_ok=True)
    write_file(path, data_set, syntax)
    return path


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_new_file_is_named_by_its_new_uids(tmp_path, out):
    path = written(tmp_path, ct_image())
    outcome = deidentify_file(DEIDENTIFIER, path, out)
    uid = Pseudonyms(SECRET).uid
    assert outcome.kind is OutcomeKind.WRITTEN
    assert outcome.output == f"{uid('1.2.3')}/{uid('1.2.3.1')}/{uid('1.2.3.4')}.dcm"
    assert files(out) == [outcome.output]
    made = read_file(out / outcome.output)
    assert made.meta["MediaStorageSOPInstanceUID"] == uid("1.2.3.4")
    assert made.preamble == bytes(128)


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_the_transfer_syntax_stays(tmp_path, out, syntax):
    path = written(tmp_path, ct_image(**pixels(bits=16)), syntax=syntax)
    outcome = deidentify_file(DEIDENTIFIER, path, out)
    made = read_file(out / outcome.output)
    assert made.transfer_syntax is syntax
    assert made.issues == []
    assert made.data_set["PatientIdentityRemoved"] == "YES"
    assert made.data_set["PixelData"] == read_file(path).data_set["PixelData"]


def test_what_preamble_and_meta_hide_does_not_come_along(tmp_path, out):
    path = written(tmp_path, ct_image())
    raw = bytearray(path.read_bytes())
    raw[:128] = b"Mueller^Joerg".ljust(128)
    path.write_bytes(raw + b"\xfc\xff\xfc\xffOB\0\0\x08\0\0\0Mueller!")
    outcome = deidentify_file(DEIDENTIFIER, path, out)
    assert b"Mueller" not in (out / outcome.output).read_bytes()


def test_the_original_is_not_touched(tmp_path, out):
    path = written(tmp_path, ct_image())
    before = path.read_bytes(), path.stat().st_mtime_ns
    deidentify_file(DEIDENTIFIER, path, out)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize(
    ("content", "message"), [(b"no DICOM at all", "no DICOM file"), (b"", "empty")]
)
def test_what_cannot_be_read_leaves_nothing(tmp_path, out, content, message):
    path = tmp_path / "Mueller.dcm"
    path.write_bytes(content)
    outcome = deidentify_file(DEIDENTIFIER, path, out)
    assert outcome.kind is OutcomeKind.FAILED
    assert message in outcome.error
    assert "Mueller" not in outcome.error + repr(outcome)
    assert list(out.iterdir()) == []


def test_a_file_that_is_not_there_fails(tmp_path, out):
    outcome = deidentify_file(DEIDENTIFIER, tmp_path / "Mueller.dcm", out)
    assert (outcome.kind, outcome.error) == (OutcomeKind.FAILED, "No such file or directory")


def test_what_cannot_be_blanked_leaves_nothing(tmp_path, out):
    path = written(tmp_path, ct_image(**pixels(value=b"\1" * 10)))
    profile = Profile.basic(Option.CLEAN_PIXEL_DATA)
    deidentifier = Deidentifier(profile, secret=SECRET, regions=(Region(0, 0, 1, 1),))
    outcome = deidentify_file(deidentifier, path, out)
    assert outcome.kind is OutcomeKind.FAILED
    assert list(out.iterdir()) == []


def test_an_instance_without_its_uid_leaves_nothing(tmp_path, out):
    path = written(tmp_path, ct_image())
    path.write_bytes(path.read_bytes().replace(b"\x08\0\x18\0UI\x08\x001.2.3.4\0", b""))
    outcome = deidentify_file(DEIDENTIFIER, path, out)
    assert outcome.kind is OutcomeKind.FAILED
    assert files(out) == []


def test_a_fault_of_ours_does_not_show_what_it_met(tmp_path, out, monkeypatch):
    def fail(*_, **__):
        raise ValueError("Mueller^Joerg")

    monkeypatch.setattr("filmroom.deidentification.file.read_file", fail)
    outcome = deidentify_file(DEIDENTIFIER, tmp_path / "x", out)
    assert outcome.error == "unexpected ValueError"


def test_the_same_file_again_is_already_there(tmp_path, out):
    path = written(tmp_path, ct_image())
    kinds = [deidentify_file(DEIDENTIFIER, path, out).kind for _ in range(2)]
    assert kinds == [OutcomeKind.WRITTEN, OutcomeKind.ALREADY_THERE]


def test_nothing_takes_the_place_of_another_file(tmp_path, out):
    one = written(tmp_path, ct_image(), "one.dcm")
    other = written(tmp_path, ct_image(Modality="MR"), "other.dcm")
    first = deidentify_file(DEIDENTIFIER, one, out)
    before = (out / first.output).read_bytes()
    second = deidentify_file(DEIDENTIFIER, other, out)
    assert second.kind is OutcomeKind.FAILED
    assert "there already" in second.error
    assert (out / first.output).read_bytes() == before
    assert files(out) == [first.output]


def test_a_dicomdir_is_skipped(tmp_path, out):
    path = written(tmp_path, ct_image(DirectoryRecordSequence=(item(PatientName="Mueller"),)))
    assert deidentify_file(DEIDENTIFIER, path, out).kind is OutcomeKind.SKIPPED
    assert files(out) == []


def test_a_dry_run_writes_nothing(tmp_path):
    path = written(tmp_path, ct_image())
    folder = tmp_path / "never"
    (outcome,) = deidentify_files(DEIDENTIFIER, [path], folder, write=False)
    assert outcome.kind is OutcomeKind.WRITTEN
    assert outcome.actions["U"] == 4
    assert not folder.exists()


def test_a_retained_uid_that_is_none_never_becomes_a_path(tmp_path, out):
    path = written(tmp_path, ct_image(StudyInstanceUID="../../1.2", SeriesInstanceUID=None))
    deidentifier = Deidentifier(Profile.basic(Option.RETAIN_UIDS), secret=SECRET)
    outcome = deidentify_file(deidentifier, path, out)
    study, series, instance = outcome.output.split("/")
    assert is_valid_uid(study)
    assert (series, instance) == ("no-series", "1.2.3.4.dcm")


def test_what_was_replaced_is_known_but_not_shown(tmp_path, out):
    path = written(tmp_path, ct_image())
    profile = Profile.basic(Option.RETAIN_MODIFIED_DATES)
    outcome = deidentify_file(Deidentifier(profile, secret=SECRET), path, out)
    assert outcome.replaced.patient_id[0] == "P-4711"
    assert outcome.replaced.study == ("1.2.3", Pseudonyms(SECRET).uid("1.2.3"))
    assert outcome.replaced.days > 0
    assert "4711" not in repr(outcome)


# ---------------------------------------------------------------------- folders


def study(tmp_path):
    return [
        written(tmp_path, ct_image(SOPInstanceUID=f"1.2.3.4.{number}"), f"{number}.dcm")
        for number in range(6)
    ]


def test_outcomes_come_in_order_and_a_failure_stops_nobody(tmp_path, out):
    paths = study(tmp_path)
    paths[2].write_bytes(b"broken")
    outcomes = list(deidentify_files(DEIDENTIFIER, paths, out))
    assert [outcome.path for outcome in outcomes] == paths
    assert [outcome.kind.value for outcome in outcomes].count("written") == 5
    assert len(files(out)) == 5


def test_several_processes_do_the_same_as_one(tmp_path, out):
    paths = study(tmp_path)
    alone, together = out / "alone", out / "together"
    first = list(deidentify_files(DEIDENTIFIER, paths, alone))
    second = list(deidentify_files(DEIDENTIFIER, paths, together, workers=2))
    assert first == second
    assert files(alone) == files(together)
    for name in files(alone):
        assert (alone / name).read_bytes() == (together / name).read_bytes()


def test_results_go_to_a_place_apart(tmp_path):
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    for place in (inside, inside / "deep" / "out", tmp_path):
        with pytest.raises(ConfigurationError, match="lie in one another"):
            check_apart([inside], place)
    os.symlink(inside, tmp_path / "link")
    with pytest.raises(ConfigurationError):
        check_apart([inside], tmp_path / "link" / "out")
    check_apart([inside], tmp_path / "out")
    check_apart([inside / "one.dcm"], tmp_path / "out")
