"""DCMTK's echoscu and storescu against the server."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from objects import by_instance, ct_image, write
from processes import filmroom_json, require, run, storescp
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

OPTIONS = {
    ExplicitVRLittleEndian: "-xe",
    ExplicitVRBigEndian: "-xb",
    ImplicitVRLittleEndian: "-xi",
}


def storescu(address, *arguments):
    return run(require("storescu"), "-v", "-aec", "FILMROOM", *address, *arguments)


def test_echo(server):
    done = run(require("echoscu"), "-v", "-aec", "FILMROOM", *server.address())
    assert "Received Echo Response (Success)" in done.stdout + done.stderr


def test_echo_often_on_one_association(server):
    run(require("echoscu"), "--repeat", "50", "-aec", "FILMROOM", *server.address())


@pytest.mark.parametrize("syntax", OPTIONS, ids=lambda syntax: syntax.name)
def test_what_is_kept_is_what_was_sent(server, tmp_path, syntax):
    """The same bytes arrive at DCMTK's own receiver, which keeps them bit for bit, and at ours."""
    number = list(OPTIONS).index(syntax) + 100
    sent = write(ct_image(number), tmp_path / "sent.dcm", syntax)
    with storescp(tmp_path / "peer") as peer:
        run(require("storescu"), OPTIONS[syntax], *peer.address(), sent)
        expected = by_instance(peer.files())
    storescu(server.address(), OPTIONS[syntax], sent)
    kept = by_instance(server.files())
    assert len(expected) == 1
    for uid, data_set in expected.items():
        assert kept[uid] == data_set


def test_eight_at_a_time(server, tmp_path):
    batches = [
        [
            write(ct_image(200 + batch, 1, 1, number), tmp_path / f"{batch}-{number}.dcm")
            for number in range(12)
        ]
        for batch in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        for done in pool.map(lambda files: storescu(server.address(), *files), batches):
            assert (done.stdout + done.stderr).count("Received Store Response (Success)") == 12
    kept = by_instance(server.files())
    for uid, data_set in by_instance([file for files in batches for file in files]).items():
        assert kept[uid] == data_set


def test_sending_again_changes_nothing(server, tmp_path):
    sent = write(ct_image(300), tmp_path / "sent.dcm")
    storescu(server.address(), sent)
    before = filmroom_json("stats", "--data", server.data)
    files = server.files()
    storescu(server.address(), sent)
    assert filmroom_json("stats", "--data", server.data) == before
    assert server.files() == files
    assert server.leftovers() == []


def test_an_association_that_ends_without_release_keeps_what_was_answered(server, tmp_path):
    sent = write(ct_image(301), tmp_path / "sent.dcm")
    subprocess.run(
        [require("storescu"), "--abort", "-aec", "FILMROOM", *server.address(), sent],
        check=False,
        timeout=60,
        capture_output=True,
    )
    assert any("301.1.1.1.dcm" in path.name for path in server.files())
    run(require("echoscu"), "-aec", "FILMROOM", *server.address())
