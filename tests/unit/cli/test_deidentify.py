import csv
import json
import stat

import pytest
from identifiable import SECRET, ULTRASOUND, ct_image, pixels
from typer.testing import CliRunner

from filmroom.cli.main import app
from filmroom.deidentification import Pseudonyms
from filmroom.dicom import ExplicitVRLittleEndian, read_file, write_file
from filmroom.errors import ConfigurationError


@pytest.fixture
def originals(tmp_path):
    folder = tmp_path / "Mueller_Joerg"
    folder.mkdir()
    for number in (1, 2):
        image = ct_image(SOPInstanceUID=f"1.2.3.4.{number}")
        write_file(folder / f"{number}.dcm", image, ExplicitVRLittleEndian)
    return folder


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET + b"\n")
    path.chmod(0o600)
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["deidentify", *map(str, arguments)])


def made(folder):
    return [read_file(path).data_set for path in sorted(folder.rglob("*.dcm"))]


def test_a_folder_is_copied_without_its_patient(originals, tmp_path, secret):
    out = tmp_path / "out"
    result = run(originals, "--out", out, "--secret-file", secret)
    assert result.exit_code == 0, result.output
    assert result.stdout == "2 written, 0 already there, 0 skipped, 0 failed\n"
    uids = {data_set["SOPInstanceUID"] for data_set in made(out)}
    assert uids == {Pseudonyms(SECRET).uid(f"1.2.3.4.{number}") for number in (1, 2)}
    assert not [path for path in out.rglob("*") if "Mueller" in str(path.relative_to(out))]


def test_a_second_run_with_the_secret_finds_everything_there(originals, tmp_path, secret):
    for expected in ("2 written, 0 already", "0 written, 2 already"):
        result = run(originals, "--out", tmp_path / "out", "--secret-file", secret)
        assert result.stdout.startswith(expected)


def test_a_failure_is_told_counted_and_gives_1(originals, tmp_path):
    (originals / "3.dcm").write_bytes(b"broken")
    result = run(originals, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["counts"] == {
        "written": 2, "already there": 0, "skipped": 0, "failed": 1,
    }  # fmt: skip
    assert "3.dcm: [-800] no DICOM file" in result.stderr


def test_options_report_and_mapping(originals, tmp_path, secret):
    report, mapping = tmp_path / "report.json", tmp_path / "mapping.csv"
    result = run(
        originals, "--out", tmp_path / "out", "--secret-file", secret,
        "--option", "retain-modified-dates", "--option", "clean-descriptors",
        "--date-shift-days", 30, "--report", report, "--mapping", mapping,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    written = json.loads(report.read_text())
    assert written["options"] == ["clean-descriptors", "retain-modified-dates"]
    assert "1.2.3" not in report.read_text()
    assert stat.S_IMODE(mapping.stat().st_mode) == 0o600
    with mapping.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["patient_id"] for row in rows} == {"P-4711"}
    assert {1 <= int(row["days_back"]) <= 30 for row in rows} == {True}
    assert {data_set["StudyDescription"] for data_set in made(tmp_path / "out")} == {
        "CT Thorax Hand"
    }


def test_a_dry_run_writes_its_report_and_nothing_else(originals, tmp_path):
    result = run(
        originals, "--out", tmp_path / "out", "--dry-run", "--report", tmp_path / "report.json"
    )
    assert result.exit_code == 0
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["written"] == 2
    assert not (tmp_path / "out").exists()


@pytest.fixture
def ultrasound(tmp_path):
    path = tmp_path / "us" / "1.dcm"
    path.parent.mkdir()
    image = ct_image(SOPClassUID=ULTRASOUND, Modality="US", **pixels())
    write_file(path, image, ExplicitVRLittleEndian)
    return path


def test_burned_in_annotation_is_refused_warned_of_or_blanked(ultrasound, tmp_path):
    refused = run(ultrasound, "--out", tmp_path / "a")
    assert refused.exit_code == 1
    assert "burned in annotation is to be expected" in refused.stderr
    warned = run(ultrasound, "--out", tmp_path / "b", "--burned-in", "warn")
    assert warned.exit_code == 0
    assert warned.stdout.endswith("0 failed (1 warnings)\n")
    blanked = run(ultrasound, "--out", tmp_path / "c", "--blank", "0,0,8,2", "--blank", "0,7,8,1")
    assert blanked.exit_code == 0, blanked.output
    (image,) = made(tmp_path / "c")
    assert bytes(image.raw("PixelData")) == bytes(16) + b"\x55" * 40 + bytes(8)
    assert image["BurnedInAnnotation"] == "NO"


def test_rules_tell_where_to_blank(ultrasound, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[pixels]]\nmodality = "US"\nblank = [[0, 0, 8, 8]]\n')
    result = run(ultrasound, "--out", tmp_path / "out", "--rules", rules)
    assert result.exit_code == 0, result.output
    (image,) = made(tmp_path / "out")
    assert bytes(image.raw("PixelData")) == bytes(64)


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        (["--blank", "1,2,3"], "blank"),
        (["--option", "retain-full-dates", "--option", "retain-modified-dates"], "option"),
    ],
)
def test_wrong_use_says_what_is_wrong(originals, tmp_path, arguments, setting):
    result = run(originals, "--out", tmp_path / "out", *arguments)
    assert isinstance(result.exception, ConfigurationError)
    assert result.exception.setting == setting


@pytest.mark.parametrize("flag", ["--out", "--report", "--mapping"])
def test_nothing_is_written_among_the_originals(originals, tmp_path, flag):
    places = {"--out": tmp_path / "out", flag: originals / "new"}
    result = run(originals, *(part for pair in places.items() for part in pair))
    assert isinstance(result.exception, ConfigurationError)
    assert sorted(path.name for path in originals.iterdir()) == ["1.dcm", "2.dcm"]


def test_the_mapping_does_not_lie_beside_the_new_files(originals, tmp_path):
    out = tmp_path / "out"
    result = run(originals, "--out", out, "--mapping", out / "mapping.csv")
    assert isinstance(result.exception, ConfigurationError)
    assert result.exception.setting == "mapping"
    assert not out.exists()


def test_a_short_secret_is_refused(originals, tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"password")
    result = run(originals, "--out", tmp_path / "out", "--secret-file", path)
    assert isinstance(result.exception, ConfigurationError)


def test_a_secret_that_others_may_read_is_told(originals, tmp_path, secret):
    secret.chmod(0o644)
    result = run(originals, "--out", tmp_path / "out", "--secret-file", secret)
    assert result.exit_code == 0
    assert "others may read" in result.stderr
