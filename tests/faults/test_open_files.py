"""Few file descriptors: who is inside keeps working, who waits outside gets in afterwards."""

import itertools
import resource
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from ingest import Series
from processes import eventually, filmroom_server
from raw import (
    ASSOCIATE_AC,
    ASSOCIATE_RJ,
    CT_IMAGE_STORAGE,
    EXPLICIT,
    VERIFICATION,
    RawPeer,
    associate_rq,
    c_store_rq,
    message,
    p_data,
)

OUT_OF_RESOURCES = 0xA700
REQUEST = associate_rq({1: (VERIFICATION, [EXPLICIT]), 3: (CT_IMAGE_STORAGE, [EXPLICIT])})
IMAGES = Series(1)


def store(peer, number):
    uid, data = IMAGES.image(number, 10_000)
    peer.send(message(3, c_store_rq(uid), data))
    return peer.status()


def leave_descriptors(pid, free):
    """Let the process have so many more files open than it has; return its limit before."""
    taken = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
    limit = 0
    while limit - sum(number < limit for number in taken) < free or limit <= min(taken):
        limit += 1
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    return before


def test_without_a_descriptor_it_accepts_later(tmp_path):
    with (
        filmroom_server(tmp_path / "data", environment={"FILMROOM_WORKERS": "1"}) as server,
        ExitStack() as peers,
    ):
        inside = [peers.enter_context(RawPeer(server.port)) for _ in range(3)]
        for number, peer in enumerate(inside):
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            assert store(peer, number) == 0x0000
        before = leave_descriptors(server.process.pid, 2)
        outside = [peers.enter_context(RawPeer(server.port)) for _ in range(6)]
        for peer in outside:
            peer.send(REQUEST)
        eventually(lambda: '"cannot_accept"' in server.log_text(), "the log says so")
        assert [peer.echo() for peer in inside] == [0x0000] * 3
        assert store(inside[0], 10) == OUT_OF_RESOURCES
        assert inside[0].echo() == 0x0000
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
        assert [peer.read_pdu()[0] for peer in outside] == [ASSOCIATE_AC] * 6
        assert [store(peer, 10 + n) for n, peer in enumerate(inside + outside)] == [0x0000] * 9
        assert server.leftovers() == []
        assert "Traceback" not in server.log_text()


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_are_let_in_than_there_are_files_for(tmp_path, workers):
    """Each of those inside can have an object open at the same time."""

    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))

    environment = {"FILMROOM_WORKERS": str(workers)}
    with filmroom_server(tmp_path / "data", environment=environment, preexec=few_files) as server:
        eventually(lambda: server.log_text().count('"worker_ready"') == workers - 1, "all serve")
        assert '"few_open_files"' in server.log_text()
        numbers = itertools.count()
        at_first = store_from_all_who_get_in(server, numbers)
        assert at_first >= 20 * workers
        # A worker tells a moment later that its connections are closed.
        eventually(lambda: store_from_all_who_get_in(server, numbers) == at_first, "all room again")
        assert server.leftovers() == []
        assert len(server.files()) == next(numbers)
        assert '"cannot_accept"' not in server.log_text()


def store_from_all_who_get_in(server, numbers):
    with ExitStack() as peers:
        everybody = [peers.enter_context(RawPeer(server.port)) for _ in range(100)]
        inside = []
        for peer in everybody:
            try:
                peer.send(REQUEST)
                kind, body = peer.read_pdu()
            except ConnectionError:
                continue  # one of those that there is not even room to tell
            if kind == ASSOCIATE_AC:
                inside.append(peer)
            else:
                assert (kind, tuple(body[1:4])) == (ASSOCIATE_RJ, (2, 3, 2))
        objects = [IMAGES.image(next(numbers), 10_000) for _ in inside]
        for peer, (uid, data) in zip(inside, objects, strict=True):
            peer.send(message(3, c_store_rq(uid)))
            peer.send(p_data(3, data[:5000], is_command=False, last=False))
        eventually(lambda: len(server.leftovers()) == len(inside), "all are receiving")
        for peer, (_, data) in zip(inside, objects, strict=True):
            peer.send(p_data(3, data[5000:], is_command=False))
        assert [peer.status() for peer in inside] == [0x0000] * len(inside)
        for peer in inside:
            peer.release()
    return len(inside)


def test_a_worker_without_a_descriptor_does_not_use_up_the_room(tmp_path):
    """A connection that the worker could not take is counted as gone."""
    environment = {"FILMROOM_WORKERS": "2", "FILMROOM_MAX_ASSOCIATIONS": "4"}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        eventually(lambda: '"worker_ready"' in server.log_text(), "a worker beside us")
        (worker,) = psutil.Process(server.process.pid).children()
        before = leave_descriptors(worker.pid, 0)
        with RawPeer(server.port) as inside:
            inside.associate(VERIFICATION)
            for lost in range(1, 9):
                with RawPeer(server.port) as peer:
                    assert peer.closed()
                eventually(lambda n=lost: server.log_text().count("no descriptor") == n, "is told")
            assert inside.echo() == 0x0000
            resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, before)
            with ExitStack() as peers:
                for _ in range(3):
                    peer = peers.enter_context(RawPeer(server.port))
                    peer.associate(VERIFICATION)
                    assert peer.echo() == 0x0000
