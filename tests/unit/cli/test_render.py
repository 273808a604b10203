import json

import imagecodecs
import numpy as np
import pytest
from images import add_overlay, image, item, write_image
from typer.testing import CliRunner

from filmroom.cli.main import app
from filmroom.cli.phantom import hounsfield_slice

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
FRAMES = np.stack([RAMP, 255 - RAMP, RAMP.T])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    hounsfield = np.rint(hounsfield_slice(244, size=64)).astype(np.int16)
    windows = {
        "WindowCenter": ("40", "-600"),
        "WindowWidth": ("400", "1600"),
        "WindowCenterWidthExplanation": ("MEDIASTINUM", "AIRWAYS"),
    }
    write_image(
        folder / "ct.dcm", image(hounsfield, Modality="CT", BodyPartExamined="ABDOMEN", **windows)
    )
    write_image(folder / "ramp.dcm", image(RAMP))
    write_image(folder / "wide.dcm", image(RAMP, PixelAspectRatio=("2", "1")))
    write_image(folder / "film.dcm", image(FRAMES, FrameTime="40"))
    write_image(folder / "2.25.17", image(RAMP))
    cross = np.eye(16, dtype=np.bool_)
    write_image(folder / "overlay.dcm", add_overlay(image(RAMP), cross))
    write_image(folder / "report.dcm", item(Modality="SR"))
    (folder / "notes.txt").write_text("no DICOM, whatever the reader hopes for")
    return folder


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    """Run the command in an empty folder; file names are those of ``folder``."""
    monkeypatch.chdir(tmp_path)

    def runner(*arguments, code=0, **options):
        places = [str(folder / a) if (folder / str(a)).is_file() else str(a) for a in arguments]
        result = CliRunner().invoke(app, ["render", *places], **options)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return runner


def png(path):
    return imagecodecs.png_decode(path.read_bytes())


def test_a_file_becomes_a_png_of_its_name_in_the_current_folder(run, tmp_path):
    result = run("ramp.dcm")
    assert result.stdout == "1 picture written, 0 failed\n"
    assert [path.name for path in tmp_path.iterdir()] == ["ramp.png"]
    assert np.array_equal(png(tmp_path / "ramp.png"), RAMP)


def test_a_uid_is_kept_whole_in_the_name(run, tmp_path):
    run("2.25.17")
    assert (tmp_path / "2.25.17.png").exists()


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("x.png", b"\x89PNG"),
        ("x.jpg", b"\xff\xd8"),
        ("x.jpeg", b"\xff\xd8"),
        ("x.webp", b"RIFF"),
        ("x.gif", b"GIF8"),
        ("x.apng", b"\x89PNG"),
    ],
)
def test_the_name_of_the_picture_says_its_format(run, tmp_path, name, signature):
    run("ramp.dcm", "--out", name)
    assert (tmp_path / name).read_bytes().startswith(signature)


def test_an_asked_format_goes_before_the_name(run, tmp_path):
    run("ramp.dcm", "--out", "x.png", "--format", "jpeg")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\xff\xd8")


def test_a_picture_of_an_earlier_run_is_replaced(run, tmp_path):
    run("ramp.dcm", "--out", "x.png")
    run("ramp.dcm", "--out", "x.png", "--invert")
    assert np.array_equal(png(tmp_path / "x.png"), 255 - RAMP)


def test_pictures_of_one_run_do_not_replace_each_other(run, folder, tmp_path):
    other = folder.parent / "other"
    other.mkdir(exist_ok=True)
    write_image(other / "ramp.dcm", image(255 - RAMP))
    run("ramp.dcm", other / "ramp.dcm", "--out", "pictures")
    assert np.array_equal(png(tmp_path / "pictures" / "ramp.png"), RAMP)
    assert np.array_equal(png(tmp_path / "pictures" / "ramp-2.png"), 255 - RAMP)


def test_a_folder_is_rendered_as_far_as_it_goes_and_the_rest_is_told(run, folder, tmp_path):
    result = run(folder, "--out", "all", "--json", code=1)
    report = json.loads(result.stdout)
    assert report["failed"] == len(report["faults"]) == 2
    assert {fault["fault"][:6] for fault in report["faults"]} == {"[-800]", "[-802]"}
    assert "notes.txt" in result.stderr
    assert "report.dcm" in result.stderr
    assert len(report["written"]) == len(list((tmp_path / "all").iterdir())) == 6
    (row,) = (row for row in report["written"] if row["file"].endswith("ct.dcm"))
    assert (row["frame"], row["rows"], row["columns"]) == (1, 64, 64)
    assert (tmp_path / row["picture"]).exists()


def test_counts_are_told_to_people(run, folder):
    assert run(folder, code=1).stdout == "6 pictures written, 2 failed\n"


@pytest.mark.parametrize(
    ("frames", "names"),
    [
        ([], {"film.png": 0}),
        (["--frame", "2"], {"film.png": 1}),
        (["--frame", "2-3"], {"film-0002.png": 1, "film-0003.png": 2}),
        (["--frame", "all"], {"film-0001.png": 0, "film-0002.png": 1, "film-0003.png": 2}),
    ],
)
def test_frames_are_counted_from_1(run, tmp_path, frames, names):
    run("film.dcm", *frames)
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    for name, number in names.items():
        assert np.array_equal(png(tmp_path / name), FRAMES[number])


def test_all_frames_of_a_single_image_are_one_picture_without_number(run, tmp_path):
    run("ramp.dcm", "--frame", "all", "--out", "x.png")
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


@pytest.mark.parametrize("frames", ["4", "2-4"])
def test_a_frame_that_is_not_there_fails(run, frames):
    assert "3 frames" in run("film.dcm", "--frame", frames, code=1).stderr


@pytest.mark.parametrize(("frames", "count"), [([], 3), (["--frame", "2-3"], 2)])
def test_an_animation_has_all_frames_at_the_images_own_speed(run, tmp_path, frames, count):
    result = run("film.dcm", "--out", "x.gif", "--json", *frames)
    (row,) = json.loads(result.stdout)["written"]
    assert row["frames"] == count
    data = (tmp_path / "x.gif").read_bytes()
    assert np.array_equal(imagecodecs.gif_decode(data, asrgb=False), FRAMES[3 - count :])
    assert data.count(b"\x21\xf9\x04\0\x04\0") == count


def test_an_animation_too_large_for_memory_is_refused_before_all_frames_are_rendered(
    run, monkeypatch
):
    rendered = []
    monkeypatch.setattr("filmroom.pixels.animation._MOST_BYTES", RAMP.nbytes)
    monkeypatch.setattr("filmroom.cli.render._shape", lambda picture: rendered.append(1) or {})
    assert "gigabyte" in run("film.dcm", "--out", "x.gif", code=1).stderr
    assert len(rendered) == 2


def written(run, tmp_path, *arguments):
    run(*arguments, "--out", "x.png")
    return png(tmp_path / "x.png")


@pytest.mark.parametrize(
    "options",
    [
        ["--window", "-600,1600"],
        ["--window", "-600,1600,linear"],
        ["--window-index", "2"],
        ["--preset", "airways"],
    ],
)
def test_a_window_by_numbers_by_place_or_by_name(run, tmp_path, options):
    found = written(run, tmp_path, "ct.dcm", *options)
    assert not np.array_equal(found, written(run, tmp_path, "ct.dcm"))
    assert np.array_equal(found, written(run, tmp_path, "ct.dcm", "--window", "-600,1600"))


def test_functions_of_a_window_and_presets_differ(run, tmp_path):
    pictures = [
        written(run, tmp_path, "ct.dcm", *options).tobytes()
        for options in (
            ["--window", "40,200"],
            ["--window", "40,200,sigmoid"],
            ["--preset", "lung"],
            ["--preset", "bone"],
        )
    ]
    assert len(set(pictures)) == 4


def test_sixteen_bits(run, tmp_path):
    assert written(run, tmp_path, "ct.dcm", "--bits", "16").dtype == np.uint16


def test_overlays_in_colour_or_not_at_all(run, tmp_path):
    assert np.array_equal(written(run, tmp_path, "overlay.dcm", "--no-overlays"), RAMP)
    assert (written(run, tmp_path, "overlay.dcm").diagonal() == 255).all()
    for colour in ("red", "#FF0000", "#ff0000"):
        found = written(run, tmp_path, "overlay.dcm", "--overlay-colour", colour)
        assert found[3, 3].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ([], (16, 16)),
        (["--width", "8"], (8, 8)),
        (["--height", "32"], (32, 32)),
        (["--width", "8", "--height", "32"], (8, 8)),
        (["--scale", "2.5"], (40, 40)),
        (["--aspect"], (32, 16)),
        (["--aspect", "--height", "64"], (64, 32)),
    ],
)
def test_sizes(run, tmp_path, options, shape):
    assert written(run, tmp_path, "wide.dcm", *options).shape == shape


def test_standard_output_takes_one_picture_and_nothing_else(run, tmp_path):
    result = run("ramp.dcm", "--out", "-", "--json")
    assert np.array_equal(imagecodecs.png_decode(result.stdout_bytes), RAMP)
    assert not list(tmp_path.iterdir())
    assert run("film.dcm", "--out", "-", "--format", "gif").stdout_bytes.startswith(b"GIF89a")


@pytest.mark.parametrize(
    "arguments",
    [
        ["film.dcm", "--out", "-", "--frame", "all"],
        ["ramp.dcm", "ct.dcm", "--out", "-"],
        ["ramp.dcm", "ct.dcm", "--out", "x.png"],
        ["ramp.dcm", "--frame", "0"],
        ["ramp.dcm", "--frame", "3-2"],
        ["ramp.dcm", "--frame", "first"],
        ["ct.dcm", "--window", "40"],
        ["ct.dcm", "--window", "40,wide"],
        ["ct.dcm", "--window", "40,0"],
        ["ct.dcm", "--window", "40,-5"],
        ["ct.dcm", "--window", "40,400,cubic"],
        ["ct.dcm", "--window", "nan,400"],
        ["ct.dcm", "--window-index", "0"],
        ["ct.dcm", "--window", "40,400", "--preset", "lung"],
        ["ct.dcm", "--preset", "lung", "--window-index", "1"],
        ["ct.dcm", "--bits", "12"],
        ["ct.dcm", "--bits", "16", "--format", "jpeg"],
        ["ct.dcm", "--quality", "0"],
        ["ct.dcm", "--scale", "2", "--width", "7"],
        ["ct.dcm", "--overlay-colour", "reddish"],
        ["nothing.dcm"],
        [],
    ],
    ids=" ".join,
)
def test_wrong_use(run, tmp_path, arguments):
    run(*arguments, code=2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ct.dcm", "--window-index", "3"], "offers 2"),
        (["ct.dcm", "--preset", "elbow"], "soft-tissue"),
        (["ramp.dcm", "--preset", "lung"], "CT images"),
        (["ramp.dcm", "--width", "20000"], "20000 rows"),
        (["notes.txt"], "-800"),
    ],
)
def test_what_the_image_cannot_do_fails(run, arguments, told):
    assert told in run(*arguments, code=1).stderr


def test_a_folder_that_cannot_be_made_fails(run, tmp_path):
    (tmp_path / "taken").write_text("a file")
    assert "ramp.dcm" in run("ramp.dcm", "--out", "taken/below", code=1).stderr


def test_the_list_numbers_windows_as_window_index_takes_them(run):
    lines = run("ct.dcm", "--list").stdout.splitlines()
    assert lines[0].endswith("64 rows, 64 columns, 1 frame, MONOCHROME2")
    assert lines[1:3] == ["  1  window 40,400  MEDIASTINUM", "  2  window -600,1600  AIRWAYS"]
    assert lines[3].startswith("     presets: abdomen, liver, soft-tissue")
    assert "3 frames" in run("film.dcm", "--list").stdout
    assert "overlay 6000 G" in run("overlay.dcm", "--list").stdout


def test_the_list_for_machines(run, folder):
    report = json.loads(run("ct.dcm", "notes.txt", "--list", "--json", code=1).stdout)
    (found,) = report["images"]
    assert found["windows"][1] == {
        "kind": "window",
        "centre": -600,
        "width": 1600,
        "function": "LINEAR",
        "explanation": "AIRWAYS",
    }
    assert (found["rows"], found["frames"], found["overlays"]) == (64, 1, [])
    assert report["failed"] == 1


def test_the_terminal_shows_a_picture_and_writes_nothing(run, tmp_path):
    output = run("ct.dcm", "--terminal", env={"COLUMNS": "40", "LINES": "30"}).stdout
    lines = output.splitlines()
    assert 15 <= len(lines) <= 30
    assert max(map(len, lines)) <= 40
    assert "@" in output
    assert not list(tmp_path.iterdir())
    three = run("film.dcm", "--terminal", "--frame", "all", env={"COLUMNS": "40", "LINES": "30"})
    assert len(three.stdout.splitlines()) == 3 * len(
        run("ramp.dcm", "--terminal", env={"COLUMNS": "40", "LINES": "30"}).stdout.splitlines()
    )
