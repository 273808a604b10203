import pytest
from objects import ROOT, ct_image, write


@pytest.fixture
def kept(command, tmp_path):
    """Two studies of one patient and one of another; gives the folder of the archive."""
    for place in ((1, 1, 1, 1), (1, 1, 2, 1), (1, 2, 1, 1), (2, 3, 1, 1)):
        write(ct_image(*place), tmp_path / "in" / f"{place}.dcm")
    command("import", "in")
    return tmp_path / "filmroom-data"


def left(command, kept):
    """Instances in the index and files on the disk, which must agree."""
    files = len(list(kept.rglob("*.dcm")))
    assert command("stats", "--json").json()["instances"] == files
    return files


@pytest.mark.parametrize(
    ("arguments", "deleted"),
    [
        (("-k", f"StudyInstanceUID={ROOT}.1.1"), 2),
        (("-k", "PatientID=P1"), 3),
        (("--level", "patient", "-k", "PatientName=patient*"), 4),
        (("--level", "series", "-k", f"SeriesInstanceUID={ROOT}.1.1.2"), 1),
        (("--level", "image", "-k", "PatientID=P1", "-k", "InstanceNumber=1"), 3),
        (("-k", "PatientID=P1", "-k", "StudyID=2"), 1),
    ],
)
def test_what_matches_goes_with_all_below_it(command, kept, arguments, deleted):
    done = command("delete", *arguments, "--yes")
    assert done.code == 0
    assert done.out == (
        "1 instance deleted\n" if deleted == 1 else f"{deleted} instances deleted\n"
    )
    assert left(command, kept) == 4 - deleted


def test_json(command, kept):
    record = command("delete", "-k", "PatientID=P1", "--yes", "--json").json()
    assert record == {"deleted": 3}


def test_it_asks_first(command, kept):
    refused = command("delete", "-k", "PatientID=P1", answer="n\n")
    assert refused.code == 1
    assert "Delete 3 instances for good?" in refused.out
    assert left(command, kept) == 4
    done = command("delete", "-k", "PatientID=P1", answer="y\n")
    assert done.code == 0
    assert left(command, kept) == 1


def test_nobody_who_could_answer_is_a_no(command, kept):
    assert command("delete", "-k", "PatientID=P1", answer="").code == 1
    assert left(command, kept) == 4


def test_nothing_matches(command, kept):
    done = command("delete", "-k", "PatientID=NOBODY", "--yes")
    assert (done.code, done.out) == (1, "0 instances deleted\n")
    assert left(command, kept) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--level", "volume", "-k", "PatientID=P1"),
        ("-k", "Nonsense=1"),
        ("-k", "PatientID"),
        ("-k", "PatientID="),  # a shell variable that is not set
        ("-k", "PatientID=P1", "-k", "StudyDate="),
        ("-k", f"SeriesInstanceUID={ROOT}.1.1.1"),  # of a level below
        ("-k", "NumberOfStudyRelatedSeries=9"),  # returned, never matched
        ("-k", "InterpretationText=x"),  # not in the index
    ],
)
def test_a_key_that_selects_nothing_does_not_delete_everything(command, kept, arguments):
    done = command("delete", *arguments, "--yes")
    assert done.code == 2
    assert left(command, kept) == 4


def test_everything_must_be_asked_for(command, kept):
    assert command("delete", "-k", "PatientID=*", "--yes").out == "4 instances deleted\n"
    assert left(command, kept) == 0
