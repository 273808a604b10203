import socket

import pytest


@pytest.fixture
def nobody():
    """Host and a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1", probe.getsockname()[1]


def test_a_peer_that_answers(command, served):
    with served() as address:
        done = command("echo", *address)
        assert done.code == 0
        host, port = address
        assert done.out.startswith(f"ANY-SCP@{host}:{port} answered with status 0000 in ")
        assert done.err == ""


def test_json(command, served):
    with served() as address:
        record = command("echo", *address, "--called", "ARCHIVE", "--json").json()
    assert set(record) == {"peer", "status", "milliseconds"}
    assert record["peer"] == f"ARCHIVE@{address[0]}:{address[1]}"
    assert record["status"] == 0
    assert record["milliseconds"] > 0


def test_titles_are_told_to_the_peer(command, served):
    with served(aet="ARCHIVE", check_called_aet=True, allowed_calling_aets=("WS1",)) as address:
        assert command("echo", *address, "--called", "ARCHIVE", "--calling", "WS1").code == 0
        refused = command("echo", *address, "--calling", "WS1")
        assert refused.code == 1
        assert "[-820]" in refused.err
        assert "called AE title not recognized" in refused.err
        refused = command("echo", *address, "--called", "ARCHIVE")
        assert "calling AE title not recognized" in refused.err


def test_our_title_comes_from_the_settings(command, served, tmp_path):
    (tmp_path / "mine.toml").write_text('aet = "WS1"\n')
    with served(allowed_calling_aets=("WS1",)) as address:
        assert command("echo", *address).code == 1
        assert command("echo", *address, "--config", "mine.toml").code == 0


def test_any_other_status_is_a_failure(command, peer):
    with peer([(0x0122, None, {})]) as address:
        done = command("echo", *address)
    assert done.code == 1
    assert "status 0122" in done.out


def test_nobody_there(command, nobody):
    done = command("echo", *nobody)
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith(f"filmroom: [-826] cannot connect to ANY-SCP@127.0.0.1:{nobody[1]}")
    assert len(done.err.splitlines()) == 1


def test_a_peer_that_does_not_answer_in_time(command, peer):
    with peer([]) as address:  # takes the request and says nothing
        done = command("echo", *address, "--timeout", "0.1")
    assert done.code == 1
    assert "[-841] no response within 0.1 s" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        *((), ("127.0.0.1",), ("127.0.0.1", "0"), ("127.0.0.1", "70000"), ("127.0.0.1", "dicom")),
        *(("127.0.0.1", "104", "--timeout", "0"), ("127.0.0.1", "104", "--nonsense")),
        ("127.0.0.1", "104", "--calling", "A TITLE MUCH TOO LONG"),
        ("127.0.0.1", "104", "--called", "A TITLE MUCH TOO LONG"),
        ("127.0.0.1", "104", "--config", "missing.toml"),
    ],
)
def test_wrong_use(command, arguments):
    done = command("echo", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
