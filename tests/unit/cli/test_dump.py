import pytest
from objects import ct_image, write
from rich.console import Console

from filmroom.cli import dump


@pytest.fixture
def image(tmp_path):
    return write(ct_image(PatientName="Müller^Jörg"), tmp_path / "image.dcm")


def test_shows_file_meta_information_and_every_element(command, image):
    done = command("dump", "image.dcm")
    assert (done.code, done.err) == (0, "")
    title, *lines = done.out.splitlines()
    assert title.startswith("image.dcm: CT Image Storage, Explicit VR Little Endian, ")
    assert lines[0].startswith("(0002,0000) UL        4  FileMetaInformationGroupLength")
    assert "(0010,0010) PN       12  PatientName                       Müller^Jörg" in lines
    assert lines[-1].startswith("(7FE0,0010) OW      512  PixelData")
    assert "\x1b" not in done.out


def test_values_are_cut_unless_all_is_asked(command, tmp_path):
    write(ct_image(StudyDescription="d" * 64, PatientComments="c" * 90), tmp_path / "long.dcm")
    assert "c" * 64 not in command("dump", "long.dcm").out
    assert "c" * 90 in command("dump", "long.dcm", "--all").out


def test_issues_are_at_the_end(command, tmp_path, image):
    raw = image.read_bytes()
    image.write_bytes(raw + b"\0\1\2")
    lines = command("dump", "image.dcm").out.splitlines()
    assert lines[-2] == "1 issue:"
    assert lines[-1].startswith("  ")


def test_several_files_and_one_that_is_none(command, image, tmp_path):
    (tmp_path / "notes.txt").write_text("Not DICOM at all, and long enough to look at.")
    done = command("dump", "notes.txt", "image.dcm")
    assert done.code == 1
    assert done.out.startswith("image.dcm: ")
    assert done.err.startswith("filmroom: notes.txt: [-800]")
    assert done.err.endswith("filmroom: 1 of 2 files failed\n")


def test_a_file_that_is_not_there_is_wrong_use(command):
    assert command("dump", "none.dcm").code == 2


def test_on_a_terminal_there_is_colour(command, image, monkeypatch):
    class Terminal(Console):
        def __init__(self, **options):
            super().__init__(force_terminal=True, color_system="standard", **options)

    monkeypatch.setattr(dump, "Console", Terminal)
    out = command("dump", "image.dcm").out
    assert "\x1b[36m(0010,0010)\x1b[0m" in out
    assert "Müller^Jörg" in out


def test_markup_in_values_is_shown_as_it_is(command, tmp_path, monkeypatch):
    write(ct_image(StudyDescription="[red]x[/red] :smile:"), tmp_path / "image.dcm")
    assert "[red]x[/red] :smile:" in command("dump", "image.dcm").out
