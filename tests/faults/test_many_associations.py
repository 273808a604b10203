"""A thousand associations, or connections that say nothing: the others do not notice."""

import psutil
from crowd import Crowd
from processes import eventually, filmroom_server
from raw import CT_IMAGE_STORAGE, VERIFICATION, RawPeer

MANY = 1000
EACH = 64 * 1024
"""Bytes of memory that a connection may take, all processes together."""


def memory(server):
    """Resident bytes of all the server's processes."""
    owner = psutil.Process(server.process.pid)
    return sum(p.memory_info().rss for p in [owner, *owner.children()])


def ready(server, workers):
    eventually(lambda: server.log_text().count('"worker_ready"') == workers - 1, "all serve")


def test_a_thousand_associations_at_once(tmp_path):
    """None is refused, none is lost, each is answered."""
    with filmroom_server(tmp_path / "data", environment={"FILMROOM_WORKERS": "2"}) as server:
        ready(server, 2)
        before = memory(server)
        with Crowd(server.port, MANY) as crowd:
            assert crowd.associate() == MANY
            assert len(crowd.echo(3, at_once=MANY)) == 3 * MANY
            assert sum(member.failed_echoes for member in crowd.members) == 0
            assert memory(server) - before < MANY * EACH
            with RawPeer(server.port) as another:
                another.associate(VERIFICATION, CT_IMAGE_STORAGE)
                assert another.echo() == 0x0000
            assert crowd.release() == MANY
        assert server.stop() == 0


def test_a_thousand_connections_that_say_nothing(tmp_path):
    """They are there until ARTIM ends them, and cost little."""
    environment = {"FILMROOM_WORKERS": "2", "FILMROOM_ASSOCIATION_TIMEOUT": "5"}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        ready(server, 2)
        before = memory(server)
        with Crowd(server.port, MANY) as crowd:
            with RawPeer(server.port) as peer:
                peer.associate(VERIFICATION)
                assert [peer.echo() for _ in range(10)] == [0x0000] * 10
                peer.release()
            assert memory(server) - before < MANY * EACH
            crowd.until_closed()
            assert not any(member.kinds for member in crowd.members)
        assert server.stop() == 0
