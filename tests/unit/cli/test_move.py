import pytest
from loop import keep
from objects import ROOT, ct_image

from filmroom.archive import Archive
from filmroom.config import Destination


@pytest.fixture
def filled(archive):
    keep(archive, *(ct_image(1, 1, series, 1) for series in (1, 2)), ct_image(2))
    return archive


@pytest.fixture
def target(tmp_path):
    """An archive that instances are moved to."""
    with Archive.open(tmp_path / "target", durability="relaxed") as opened:
        yield opened


@pytest.fixture
def pair(filled, target, served, served_too):
    """The server asked, which knows WS1: the server of ``target``."""
    with served_too(target) as (host, port):
        known = {"WS1": Destination(host=host, port=port)}
        with served(destinations=known) as address:
            yield address


def test_a_study_goes_to_its_destination(command, pair, target):
    study = f"StudyInstanceUID={ROOT}.1.1"
    done = command("move", *pair, "--destination", "WS1", "-k", study)
    assert (done.code, done.out) == (0, "2 moved, 0 failed, 0 with a warning\n")
    assert target.stats().instances == 2


def test_a_series_below_its_study(command, pair, target):
    keys = ("-k", f"StudyInstanceUID={ROOT}.1.1", "-k", f"SeriesInstanceUID={ROOT}.1.1.2")
    done = command("move", *pair, "--destination", "WS1", "--level", "series", *keys)
    assert done.out.startswith("1 moved")
    assert target.stats().instances == 1


def test_a_patient_in_the_patient_root(command, pair, target):
    rooted = ("--root", "patient", "--level", "patient", "-k", "PatientID=P1")
    assert command("move", *pair, "--destination", "WS1", *rooted).code == 0
    assert target.stats().instances == 2


def test_json(command, pair):
    study = f"StudyInstanceUID={ROOT}.1.1"
    done = command("move", *pair, "--destination", "WS1", "-k", study, "--json")
    assert done.json() == {
        "status": 0,
        "completed": 2,
        "failed": 0,
        "warning": 0,
        "failed_uids": [],
        "comment": "",
    }


def test_nothing_matches(command, pair):
    done = command("move", *pair, "--destination", "WS1", "-k", "StudyInstanceUID=1.2.3")
    assert (done.code, done.out) == (0, "0 moved, 0 failed, 0 with a warning\n")


def test_an_unknown_destination(command, pair):
    study = f"StudyInstanceUID={ROOT}.1.1"
    done = command("move", *pair, "--destination", "NOWHERE", "-k", study)
    assert done.code == 1
    assert "status A801, Refused: move destination unknown [-844]" in done.err


def test_a_destination_that_is_down(command, filled, served):
    known = {"WS1": Destination(host="127.0.0.1", port=1)}
    study = f"StudyInstanceUID={ROOT}.1.1"
    with served(destinations=known) as address:
        done = command("move", *address, "--destination", "WS1", "-k", study, "--json")
        told = command("move", *address, "--destination", "WS1", "-k", study)
    record = done.json()
    assert done.code == 1
    assert (record["status"], record["completed"], record["failed"]) == (0xA702, 0, 2)
    assert set(record["failed_uids"]) == {f"{ROOT}.1.1.1.1", f"{ROOT}.1.1.2.1"}
    assert record["comment"].startswith("[-826]")
    assert f"not sent: {ROOT}.1.1.1.1" in told.err
    assert told.out == "0 moved, 2 failed, 0 with a warning\n"


def test_without_the_unique_key(command, pair):
    done = command("move", *pair, "--destination", "WS1", "-k", "PatientName=Patient*")
    assert done.code == 1
    assert "status A900" in done.err
    assert "(0020,000D)" in done.err


def test_a_peer_that_goes_away_in_the_middle(command, peer):
    def hangs_up(operation):
        async def work():
            operation.connection._transport.abort()

        return work()

    with peer(hangs_up) as address:
        done = command("move", *address, "--destination", "WS1", "-k", "StudyInstanceUID=1.2")
    assert done.code == 1
    assert "[-821]" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("127.0.0.1", "104"),
        ("127.0.0.1", "104", "--destination", "A TITLE MUCH TOO LONG", "-k", "StudyInstanceUID=1"),
        ("127.0.0.1", "104", "--destination", "WS1", "--level", "volume"),
    ],
)
def test_wrong_use(command, arguments):
    assert command("move", *arguments).code == 2
