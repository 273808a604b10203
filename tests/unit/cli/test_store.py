import pytest
from objects import ROOT, ct_image, encoded, write


@pytest.fixture
def files(tmp_path):
    """Three images, one of them in a folder below."""
    return [
        write(ct_image(1, 1, 1, 1), tmp_path / "images" / "1.dcm"),
        write(ct_image(1, 1, 1, 2), tmp_path / "images" / "2.dcm"),
        write(ct_image(2, 2, 1, 1), tmp_path / "images" / "deep" / "3.dcm"),
    ]


def test_folders_with_all_below_them(command, served, archive, files):
    with served() as address:
        done = command("store", *address, "images")
    assert (done.code, done.out) == (0, "3 sent, 0 failed\n")
    assert archive.stats().instances == 3


def test_files_one_by_one(command, served, archive, files):
    with served() as address:
        assert command("store", *address, *files[:2]).out == "2 sent, 0 failed\n"
    assert archive.stats().instances == 2


def test_json(command, served, files):
    with served() as address:
        done = command("store", *address, "images", "--json")
    assert done.json() == {"sent": 3, "warned": 0, "failed": 0, "faults": []}


def test_the_same_again_succeeds(command, served, archive, files):
    with served() as address:
        command("store", *address, "images")
        assert command("store", *address, "images").out == "3 sent, 0 failed\n"
    assert archive.stats().instances == 3


def test_what_is_no_image_is_told_and_the_others_are_sent(command, served, archive, files):
    notes = files[0].with_name("notes.txt")
    notes.write_text("Not DICOM at all, and long enough to look at.")
    nameless = ct_image(3)
    del nameless.SOPInstanceUID
    files[0].with_name("nameless.dcm").write_bytes(encoded(nameless))
    with served() as address:
        done = command("store", *address, "images", "--json")
    assert done.code == 1
    record = done.json()
    assert (record["sent"], record["failed"]) == (3, 2)
    faults = {fault["file"].rpartition("/")[2]: fault["fault"] for fault in record["faults"]}
    assert faults["notes.txt"].startswith("[-800]")
    assert faults["nameless.dcm"].startswith("[-802] no UID that a store needs at (0008,0018)")
    assert "notes.txt: [-800]" in done.err


def test_a_warning_of_the_peer_counts_as_sent(command, served, files):
    with served() as address:
        command("store", *address, files[0])
        write(ct_image(1, 1, 1, 1, StudyDescription="Another"), files[0])
        done = command("store", *address, files[0])
        assert (done.code, done.out) == (0, "1 sent, 1 with a warning, 0 failed\n")
        assert "1.dcm: status B000, Coercion of data elements Known instance" in done.err
        assert command("store", *address, files[0], "--json").json() == {
            "sent": 0,
            "warned": 1,
            "failed": 0,
            "faults": [],
        }


def test_a_failure_of_the_peer_is_told_with_its_meaning(command, peer, files):
    answers = [(0xA700, None, {"error_comment": "disk full"})], [(0, None, {})]
    with peer(*answers) as address:
        done = command("store", *address, *files[:2])
    assert (done.code, done.out) == (1, "1 sent, 1 failed\n")
    assert "1.dcm: status A700, Refused: out of resources disk full" in done.err


def test_a_peer_that_does_not_associate_fails_every_file(command, served, files):
    with served(allowed_calling_aets=("CT1",)) as address:
        done = command("store", *address, "images", "--json")
    assert done.code == 1
    record = done.json()
    assert (record["sent"], record["failed"]) == (0, 3)
    assert all("[-820]" in fault["fault"] for fault in record["faults"])


def test_a_class_that_the_peer_does_not_take(command, served, archive, files):
    write(ct_image(5, SOPClassUID=f"{ROOT}.9.9"), files[0].with_name("private.dcm"))
    with served() as address:
        done = command("store", *address, "images")
    assert (done.code, done.out) == (1, "3 sent, 1 failed\n")
    assert "private.dcm: [-822]" in done.err
    assert archive.stats().instances == 3


def test_nothing_to_send_is_a_failure(command, served, tmp_path):
    (tmp_path / "empty").mkdir()
    with served() as address:
        done = command("store", *address, "empty")
    assert (done.code, done.out) == (1, "0 sent, 0 failed\n")


@pytest.mark.parametrize(
    "arguments", [(), ("127.0.0.1", "104"), ("127.0.0.1", "104", "missing.dcm")]
)
def test_wrong_use(command, arguments):
    assert command("store", *arguments).code == 2
