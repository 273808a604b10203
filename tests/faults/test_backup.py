"""Backups beside a server that receives, backups that are killed, and what is restored of them."""

import subprocess
import threading
from pathlib import Path

import pytest
from objects import ct_image, data_set_bytes, encoded
from processes import FILMROOM, eventually, filmroom, filmroom_json, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message

from filmroom.archive import Archive
from filmroom.archive.restore import restore
from filmroom.archive.verify import VerifyKind, verify

SENDERS = 4
FEW = 60


def store(port, series, acknowledged, stop, most=100_000):
    """Store one object after the other until told to stop; note each that was answered.

    Slowly, so that a backup on a busy machine comes in the midst of it and not after thousands.
    """
    with RawPeer(port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        for number in range(1, most + 1):
            if most > FEW and stop.wait(0.05):
                break
            data_set = ct_image(1, 1, series, number)
            data_set.PixelData = bytes(60_000)
            data = encoded(data_set)
            peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), data))
            assert peer.status() == 0x0000
            acknowledged[data_set.SOPInstanceUID] = data
        peer.release()


def files(data):
    return [path for path in (Path(data) / "objects").rglob("*.dcm") if path.is_file()]


def contents(data):
    """The data sets that are kept, by the UID that names their file."""
    return {path.stem: data_set_bytes(path) for path in files(data)}


def check(data, expected):
    """Index and objects of ``data`` agree, and are ``expected``."""
    with Archive.open(data, exclusive=False) as archive:
        found = {step.sop_instance_uid for step in verify(archive) if step.kind is VerifyKind.GOOD}
        assert found == expected.keys()
        assert archive.stats().instances == len(expected)
    assert contents(data) == expected


def start_backup(server, folder):
    command = [FILMROOM, "backup", str(folder), "--data", str(server.data)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_backup_while_senders_store_is_whole_up_to_a_moment(tmp_path, workers):
    acknowledged, stop = {}, threading.Event()
    folder, restored = tmp_path / "backup", tmp_path / "restored"
    environment = {"FILMROOM_WORKERS": workers}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        senders = [
            threading.Thread(target=store, args=(server.port, number + 1, acknowledged, stop))
            for number in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        for enough in (20, 60):
            eventually(lambda wanted=enough: len(acknowledged) >= wanted, f"{enough} objects")
            before = dict(acknowledged)
            done = filmroom_json("backup", folder, "--data", server.data)
            assert done["faults"] == []
            # Nobody waited for the backup: what was answered before it began is in it.
            kept = contents(folder)
            assert before.items() <= kept.items()
            assert len(kept) == done["copied"] + done["unchanged"]
        assert done["unchanged"] >= 20
        stop.set()
        for sender in senders:
            sender.join(60)
        assert server.stop() == 0
    assert kept.items() <= acknowledged.items()
    check(folder, kept)
    filmroom("restore", folder, "--data", restored)
    check(restored, kept)
    with filmroom_server(restored) as server:
        keys = ["--level", "image", "--relational", "-k", "SOPInstanceUID"]
        found = filmroom("find", *server.address(), *keys, "--json").stdout
        assert all(uid in found for uid in kept)


def test_a_killed_backup_leaves_the_former_one(tmp_path):
    acknowledged = {}
    folder = tmp_path / "backup"
    with filmroom_server(tmp_path / "data") as server:
        store(server.port, 1, acknowledged, threading.Event(), most=20)
        filmroom("backup", folder, "--data", server.data)
        former = dict(acknowledged)
        for series in range(2, 5):
            store(server.port, series, acknowledged, threading.Event(), most=FEW)
            there = len(files(folder))
            process = start_backup(server, folder)
            eventually(
                lambda p=process, had=there: len(files(folder)) > had + 5 or p.poll() is not None,
                "the backup has begun",
            )
            process.kill()
            process.wait(60)
            restored = tmp_path / f"restored{series}"
            assert not [step for step in restore(folder, restored) if step.kind.is_fault]
            kept = contents(restored)
            assert former.items() <= kept.items() <= acknowledged.items()
            check(restored, kept)
        filmroom("backup", folder, "--data", server.data)
        assert not list((folder / "objects" / "incoming").iterdir())
        assert server.stop() == 0
    check(folder, acknowledged)
    # A backup is a data folder.
    with filmroom_server(folder) as server:
        assert server.stop() == 0
