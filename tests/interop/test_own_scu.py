"""Filmroom's own commands against DCMTK's storescp and dcmqrscp, and against Filmroom."""

import pytest
from objects import ROOT, by_instance, ct_image, write
from processes import (
    FilmroomServer,
    dcmqrscp,
    filmroom,
    filmroom_json,
    filmroom_server,
    free_port,
    storescp,
)
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian


@pytest.fixture
def sent(tmp_path):
    """Two studies in a folder with a folder in it: an implicit and three explicit objects."""
    files = [
        write(ct_image(1, 1, 1, number), tmp_path / "sent" / f"{number}.dcm") for number in (1, 2)
    ]
    files.append(write(ct_image(1, 1, 2, 1), tmp_path / "sent" / "deep" / "3.dcm"))
    files.append(
        write(ct_image(2, 2, 1, 1), tmp_path / "sent" / "deep" / "4.dcm", ImplicitVRLittleEndian)
    )
    return files


@pytest.fixture(params=["DCMTK", "Filmroom"])
def archive(request, tmp_path, sent):
    """An archive that holds what was sent with our own `store`, and may move to MOVER."""
    port = free_port()
    if request.param == "DCMTK":
        running = dcmqrscp(tmp_path / "archive", {"MOVER": port}, aet="ARCHIVE")
    else:
        destination = f"MOVER=127.0.0.1:{port}"
        running = filmroom_server(
            tmp_path / "archive", "--aet", "ARCHIVE", "--destination", destination
        )
    with running as peer:
        filmroom("store", *peer.address(), tmp_path / "sent", "--called", "ARCHIVE")
        yield peer, port


def test_echo(tmp_path):
    with storescp(tmp_path / "peer") as peer:
        filmroom("echo", *peer.address(), "--called", peer.aet)


def test_echo_to_nobody_fails_clearly():
    done = filmroom("echo", "127.0.0.1", str(free_port()), check=False)
    assert done.returncode == 1
    assert "-826" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_store_to_storescp(tmp_path, sent):
    with storescp(tmp_path / "peer") as peer:
        filmroom("store", *peer.address(), tmp_path / "sent", "--called", peer.aet)
        received = by_instance(peer.files())
    assert received == by_instance(sent)


def test_store_converts_for_a_peer_that_takes_implicit_only(tmp_path):
    explicit, implicit = tmp_path / "explicit.dcm", tmp_path / "implicit.dcm"
    write(ct_image(5), explicit, ExplicitVRLittleEndian)
    write(ct_image(5), implicit, ImplicitVRLittleEndian)
    with storescp(tmp_path / "peer", "+xi") as peer:
        filmroom("store", *peer.address(), explicit, "--called", peer.aet)
        received = by_instance(peer.files())
    assert received == by_instance([implicit])


def test_store_says_what_failed_and_exits_1(tmp_path, sent):
    (tmp_path / "sent" / "notes.txt").write_text("not DICOM")
    with storescp(tmp_path / "peer") as peer:
        done = filmroom(
            "store", *peer.address(), tmp_path / "sent", "--called", peer.aet, check=False
        )
        assert len(peer.files()) == len(sent)
    assert done.returncode == 1
    assert "notes.txt" in done.stdout + done.stderr


def test_wrong_use_exits_2():
    assert filmroom("store", check=False).returncode == 2


def test_find(archive):
    peer, _ = archive
    answer = filmroom_json(
        *("find", *peer.address(), "--called", "ARCHIVE"),
        *("--level", "study", "-k", "PatientID=P1", "-k", "StudyInstanceUID", "-k", "PatientName"),
    )
    assert f"{ROOT}.1.1" in str(answer)
    assert f"{ROOT}.2.2" not in str(answer)


def test_find_patients(archive):
    peer, _ = archive
    done = filmroom(
        *("find", *peer.address(), "--called", "ARCHIVE", "--root", "patient"),
        *("--level", "patient", "-k", "PatientID", "-k", "PatientName=Patient*"),
    )
    assert "P1" in done.stdout
    assert "P2" in done.stdout


def test_get(archive, tmp_path, sent):
    peer, _ = archive
    out = tmp_path / "out"
    for patient in ("1.1", "2.2"):
        filmroom(
            *("get", *peer.address(), "--called", "ARCHIVE", "--out", out, "--level", "study"),
            *("-k", f"StudyInstanceUID={ROOT}.{patient}"),
        )
    received = by_instance([path for path in out.rglob("*") if path.is_file()])
    expected = by_instance(sent)
    assert set(received) == set(expected)
    if not isinstance(peer, FilmroomServer):
        # dcmqrscp sends explicit where it may, also what it received implicit.
        del received[f"{ROOT}.2.2.1.1"]
    assert received.items() <= expected.items()


def test_move(archive, tmp_path, sent):
    peer, port = archive
    with storescp(tmp_path / "mover", port=port, aet="MOVER") as mover:
        filmroom(
            *("move", *peer.address(), "--called", "ARCHIVE", "--destination", "MOVER"),
            *("--level", "study", "-k", f"StudyInstanceUID={ROOT}.1.1"),
        )
        received = by_instance(mover.files())
    assert received == {
        uid: data for uid, data in by_instance(sent).items() if uid.startswith(f"{ROOT}.1.")
    }


def test_move_to_an_unknown_destination_fails(archive):
    peer, _ = archive
    done = filmroom(
        *("move", *peer.address(), "--called", "ARCHIVE", "--destination", "NOBODY"),
        *("--level", "study", "-k", f"StudyInstanceUID={ROOT}.1.1"),
        check=False,
    )
    assert done.returncode == 1
    assert "a801" in (done.stdout + done.stderr).lower()
