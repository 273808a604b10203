"""Several processes serve one archive: one that dies loses nothing, and is started again."""

import json
import os
import random
import signal
import threading
from contextlib import ExitStack, suppress

import psutil
import pytest
from ingest import Sender, joined, lost
from objects import ct_image, encoded
from processes import eventually, filmroom, filmroom_server
from raw import (
    ASSOCIATE_RJ,
    CT_IMAGE_STORAGE,
    EXPLICIT,
    VERIFICATION,
    RawPeer,
    associate_rq,
    c_store_rq,
    message,
)

SENDERS = 4
THREE = {"FILMROOM_WORKERS": "3"}


def worker_pids(server):
    return {child.pid for child in psutil.Process(server.process.pid).children()}


def events(server, name):
    lines = (json.loads(line) for line in server.log_text().splitlines() if line.startswith("{"))
    return [line for line in lines if line["event"] == name]


def test_workers_killed_during_ingest_are_replaced_and_lose_nothing(tmp_path):
    """Where nobody else is killed; test_kill.py kills whom it meets."""
    chance = random.Random(1)
    acknowledged = {}
    with filmroom_server(tmp_path / "data", environment=THREE) as server:
        eventually(lambda: len(events(server, "worker_ready")) == 2, "two workers beside us")
        senders = [Sender(server.port, number + 1, acknowledged) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        for death in (1, 2):
            enough = len(acknowledged) + chance.randrange(20, 120)
            eventually(lambda wanted=enough: len(acknowledged) >= wanted, f"{enough} objects")
            before = worker_pids(server)
            os.kill(chance.choice(sorted(before)), signal.SIGKILL)
            eventually(lambda many=death: len(events(server, "worker_died")) == many, "is noticed")
            eventually(lambda old=before: worker_pids(server) - old, "another is started")
        assert joined(senders) == []
        assert server.stop() == 0
        assert lost(acknowledged, server.files()) == []
        assert server.leftovers() == []
    filmroom("verify", "--data", server.data)


def test_workers_end_with_their_owner(tmp_path):
    with filmroom_server(tmp_path / "data", environment=THREE) as server:
        eventually(lambda: len(events(server, "worker_ready")) == 2, "two workers beside us")
        workers = psutil.Process(server.process.pid).children()
        server.kill()
        eventually(lambda: all(map(has_ended, workers)), "the workers end")


def test_a_server_waits_for_the_workers_of_one_that_died(tmp_path):
    """What such a worker was receiving is removed, and cannot come in behind the new one's back."""
    data = tmp_path / "data"
    with (
        filmroom_server(data, environment={"FILMROOM_WORKERS": "2"}) as server,
        ExitStack() as after,
    ):
        eventually(lambda: events(server, "worker_ready"), "a worker beside us")
        for number in (1, 2):  # one is served by the owner, one by the worker
            peer = after.enter_context(RawPeer(server.port))
            peer.associate(CT_IMAGE_STORAGE)
            peer.send(message(1, c_store_rq(ct_image(1, 1, 1, number).SOPInstanceUID)))
        eventually(lambda: len(server.leftovers()) == 2, "both are receiving")
        (worker,) = psutil.Process(server.process.pid).children()
        worker.suspend()
        try:
            server.kill()
            threading.Thread(target=lambda: resume_when_awaited(server, worker)).start()
            with filmroom_server(data, environment=THREE) as next_server:
                assert has_ended(worker)
                assert next_server.leftovers() == []
        finally:
            with suppress(psutil.NoSuchProcess):
                worker.resume()


def has_ended(process):
    """Also where nobody has asked yet what became of it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def resume_when_awaited(server, worker):
    eventually(lambda: events(server, "workers_remain"), "the next server sees that one is left")
    worker.resume()


def test_associations_are_shared_out_and_all_see_the_same_archive(tmp_path):
    with filmroom_server(tmp_path / "data", environment=THREE) as server:
        eventually(lambda: len(events(server, "worker_ready")) == 2, "two workers beside us")
        peers = [RawPeer(server.port) for _ in range(9)]
        try:
            for number, peer in enumerate(peers):
                peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
                data_set = ct_image(1, 1, 1, number + 1)
                peer.send(message(3, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
                assert peer.status() == 0x0000
            busy = [
                pid
                for pid in worker_pids(server)
                if [c for c in psutil.Process(pid).net_connections("tcp") if c.raddr]
            ]
            assert len(busy) == 2
        finally:
            for peer in peers:
                peer.socket.close()
        stats = json.loads(filmroom("stats", "--data", server.data, "--json").stdout)
        assert stats["instances"] == 9
        assert server.stop() == 0


@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_flood_beyond_the_limit_is_rejected_and_harms_nobody(tmp_path, workers):
    limits = {"FILMROOM_WORKERS": workers, "FILMROOM_MAX_ASSOCIATIONS": "6"}
    with filmroom_server(tmp_path / "data", environment=limits) as server:
        beside = int(workers) - 1
        eventually(lambda: len(events(server, "worker_ready")) == beside, "the workers are there")
        inside = [RawPeer(server.port) for _ in range(6)]
        outside = []
        try:
            for peer in inside:
                peer.associate(VERIFICATION)
            for _ in range(60):
                peer = RawPeer(server.port)
                outside.append(peer)
                peer.send(associate_rq({1: (VERIFICATION, [EXPLICIT])}))
                kind, body = peer.read_pdu()
                # transient, by the presentation provider, local limit exceeded
                assert (kind, tuple(body[1:4])) == (ASSOCIATE_RJ, (2, 3, 2))
            assert [peer.echo() for peer in inside] == [0x0000] * 6
            inside.pop().release()

            def admitted():
                with RawPeer(server.port) as peer:
                    peer.send(associate_rq({1: (VERIFICATION, [EXPLICIT])}))
                    return peer.read_pdu()[0] != ASSOCIATE_RJ

            eventually(admitted, "a place is free again")
        finally:
            for peer in inside + outside:
                peer.socket.close()
        assert server.stop() == 0
