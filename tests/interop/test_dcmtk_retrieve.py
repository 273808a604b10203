"""DCMTK's getscu and movescu against a server with a few patients."""

import pytest
from objects import ROOT, by_instance
from processes import require, run, storescp

LEVELS = [
    ("-P", ["QueryRetrieveLevel=PATIENT", "PatientID=P1"], 6),
    ("-P", ["QueryRetrieveLevel=STUDY", "PatientID=P1", f"StudyInstanceUID={ROOT}.1.1"], 5),
    ("-S", ["QueryRetrieveLevel=STUDY", f"StudyInstanceUID={ROOT}.1.1"], 5),
    ("-S", ["QueryRetrieveLevel=STUDY", f"StudyInstanceUID={ROOT}.1.1\\{ROOT}.3.4"], 7),
    (
        "-S",
        [
            *("QueryRetrieveLevel=SERIES", f"StudyInstanceUID={ROOT}.1.1"),
            f"SeriesInstanceUID={ROOT}.1.1.2",
        ],
        2,
    ),
    (
        "-S",
        [
            *("QueryRetrieveLevel=IMAGE", f"StudyInstanceUID={ROOT}.1.1"),
            *(f"SeriesInstanceUID={ROOT}.1.1.1", f"SOPInstanceUID={ROOT}.1.1.1.3"),
        ],
        1,
    ),
]


def arguments(keys):
    return [part for key in keys for part in ("-k", key)]


@pytest.mark.parametrize(("model", "keys", "count"), LEVELS)
def test_getscu(hospital, tmp_path, model, keys, count):
    run(
        *(require("getscu"), model, "+B", "-od", tmp_path, "-aec", "FILMROOM"),
        *(*hospital.server.address(), *arguments(keys)),
    )
    received = by_instance(list(tmp_path.iterdir()))
    sent = by_instance(hospital.files)
    assert len(received) == count
    assert all(sent[uid] == data_set for uid, data_set in received.items())


@pytest.mark.parametrize(("model", "keys", "count"), LEVELS)
def test_movescu_to_storescp(hospital, tmp_path, model, keys, count):
    with storescp(tmp_path / "peer", port=hospital.destination_port, aet="MOVER") as peer:
        done = run(
            *(require("movescu"), "-v", model, "-aem", "MOVER", "-aec", "FILMROOM"),
            *(*hospital.server.address(), *arguments(keys)),
        )
        received = by_instance(peer.files())
    assert "Received Final Move Response (Success)" in done.stdout + done.stderr
    sent = by_instance(hospital.files)
    assert len(received) == count
    assert all(sent[uid] == data_set for uid, data_set in received.items())


def test_movescu_to_an_unknown_destination(hospital):
    done = run(
        *(require("movescu"), "-d", "-S", "-aem", "NOBODY", "-aec", "FILMROOM"),
        *(*hospital.server.address(), *arguments(LEVELS[2][1])),
        check=False,
    )
    output = (done.stdout + done.stderr).lower()
    assert "movedestinationunknown" in output or "0xa801" in output


def test_movescu_to_a_destination_that_is_down(hospital):
    done = run(
        *(require("movescu"), "-d", "-S", "-aem", "MOVER", "-aec", "FILMROOM"),
        *(*hospital.server.address(), *arguments(LEVELS[2][1])),
        check=False,
    )
    output = done.stdout + done.stderr
    assert "Received Final Move Response" in output
    assert "Received Final Move Response (Success)" not in output
    assert "[-826] cannot connect to MOVER" in output
    run(require("echoscu"), "-aec", "FILMROOM", *hospital.server.address())


def test_getscu_takes_implicit_only(hospital, tmp_path):
    """What was stored explicit goes out converted where the receiver takes only implicit."""
    run(
        *(require("getscu"), "-S", "+xi", "+B", "-od", tmp_path, "-aec", "FILMROOM"),
        *(*hospital.server.address(), *arguments(LEVELS[2][1])),
    )
    from pydicom import dcmread

    received = [dcmread(path) for path in tmp_path.iterdir()]
    sent = {str(dcmread(path).SOPInstanceUID): dcmread(path) for path in hospital.files}
    assert len(received) == 5
    for data_set in received:
        original = sent[data_set.SOPInstanceUID]
        assert [(e.tag, e.value) for e in data_set] == [(e.tag, e.value) for e in original]
