import asyncio
import resource
import signal
import socket
import sys

import pytest
from objects import ct_image
from processes import eventually, filmroom_server
from raw import CT_IMAGE_STORAGE, VERIFICATION, RawPeer, c_store_rq, message
from structlog.testing import capture_logs

from filmroom.config import Settings
from filmroom.errors import ConfigurationError
from filmroom.server import run_server

SETTINGS = Settings(dicom_port=0, workers=1)


def stop(*_):
    signal.raise_signal(signal.SIGTERM)


@pytest.fixture(autouse=True)
def handlers():
    """The signals' own handlers are back afterwards."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_comes(archive, number):
    ports = []

    def ready(server):
        ports.append(server.port)
        with socket.create_connection(("127.0.0.1", server.port)):
            signal.raise_signal(number)

    with capture_logs() as logs:
        run_server(SETTINGS, archive, ready)
    events = [
        line["event"] for line in logs if line["event"] in ("listening", "stopping", "stopped")
    ]
    assert events == ["listening", "stopping", "stopped"]
    listening = next(line for line in logs if line["event"] == "listening")
    assert (listening["aet"], listening["dicom_port"]) == ("FILMROOM", ports[0])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", ports[0])) != 0


def test_the_archive_is_left_open(archive):
    """Who opened it closes it."""
    run_server(SETTINGS, archive, stop)
    assert archive.stats().instances == 0


def test_a_port_that_is_taken_ends_it(archive):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = SETTINGS.model_copy(update={"dicom_port": taken.getsockname()[1]})
        with pytest.raises(ConfigurationError, match="cannot listen on"):
            run_server(settings, archive, stop)


def test_what_goes_wrong_when_it_is_ready_ends_it(archive):
    def ready(_server):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_server(SETTINGS, archive, ready)


def test_as_many_files_as_the_system_allows(archive):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = []

    def ready(_server):
        allowed.append(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        stop()

    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
    try:
        run_server(SETTINGS, archive, ready)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert allowed == [before[1]]


@pytest.mark.parametrize("has_uvloop", [True, False])
def test_uvloop_where_it_is(archive, monkeypatch, has_uvloop):
    if has_uvloop:
        pytest.importorskip("uvloop")
    else:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    loops = []

    def ready(_server):
        loops.append(type(asyncio.get_running_loop()).__module__.partition(".")[0])
        stop()

    run_server(SETTINGS, archive, ready)
    assert loops == ["uvloop" if has_uvloop else "asyncio"]


def test_a_second_signal_ends_it_at_once(tmp_path):
    with filmroom_server(tmp_path / "data") as server, RawPeer(server.port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        peer.send(message(1, c_store_rq(ct_image().SOPInstanceUID)))  # and never its data set
        eventually(server.leftovers, "the object is begun")
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: '"stopping"' in server.log_text(), "it is stopping")
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == -signal.SIGTERM
    with filmroom_server(tmp_path / "data") as server, RawPeer(server.port) as peer:
        peer.associate(VERIFICATION)
        assert peer.echo() == 0
        assert server.leftovers() == []
