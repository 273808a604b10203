"""A server that loses patience quickly, and a way to see that nothing was left behind."""

from contextlib import contextmanager

import pytest
from processes import filmroom_server
from raw import VERIFICATION, RawPeer

from filmroom.archive import Archive

IMPATIENT = {
    "FILMROOM_ASSOCIATION_TIMEOUT": "1",
    "FILMROOM_NETWORK_TIMEOUT": "1",
    "FILMROOM_STOP_TIMEOUT": "20",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("faults") / "data"
    with filmroom_server(data, environment=IMPATIENT) as running:
        yield running


def held(server):
    """What its index counts, and its files."""
    with Archive.open(server.data, exclusive=False) as archive:
        return archive.stats(), server.files()


@pytest.fixture
def unharmed(server):
    """After the test the server answers, and holds what it held before, nothing half."""
    before = held(server)
    yield
    with RawPeer(server.port) as peer:
        peer.associate(VERIFICATION)
        assert peer.echo() == 0x0000
        peer.release()
    assert held(server) == before
    assert server.leftovers() == []
    assert "Traceback" not in server.log_text()


@pytest.fixture
def associated(server):
    @contextmanager
    def connect(*abstract_syntaxes):
        with RawPeer(server.port) as peer:
            peer.associate(*abstract_syntaxes)
            yield peer

    return connect
