"""Backups beside a server that receives, backups that are killed, and what is restored of them."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from objects import ct_image, data_set_bytes, encoded, write
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
        for series in range(2, 4):
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


KILLED = """
import os, signal, sys
from filmroom.cli import main

left = int(sys.argv.pop(1))

def count(event, _arguments):
    global left
    if event == "os.rename":
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
main()
"""
"""A command that is killed before it gives a file its name for the Nth time."""


def keep(data, numbers):
    """Import numbered objects; the data sets that are then kept, by UID."""
    folder = data.with_name("in")
    for number in numbers:
        write(ct_image(1, 1, 1, number), folder / f"{number}.dcm")
    filmroom("import", folder, "--data", data)
    return contents(data)


def killed(step, *arguments):
    command = [sys.executable, "-c", KILLED, str(step), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return done.returncode == -signal.SIGKILL


def test_a_backup_that_is_killed_at_any_step_is_whole(tmp_path):
    """Three new objects get their names, then the mark of the backup, then its index.

    Each run goes at least one step further than the one before.
    """
    data, folder = tmp_path / "data", tmp_path / "backup"
    former = keep(data, range(1, 4))
    filmroom("backup", folder, "--data", data)
    now = keep(data, range(4, 7))
    for number, step in enumerate((1, 2, 2, 2, 2)):
        assert killed(step, "backup", folder, "--data", data)
        restored = tmp_path / f"restored{number}"
        assert not [one for one in restore(folder, restored) if one.kind.is_fault]
        check(restored, former)
    assert not killed(9, "backup", folder, "--data", data)
    check(folder, now)


def test_a_restore_that_is_killed_keeps_servers_away_and_goes_on(tmp_path):
    """The mark of the restore gets its name, then three objects, then the index."""
    data, folder, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    now = keep(data, range(1, 4))
    filmroom("backup", folder, "--data", data)
    for step in (2, 3):
        assert killed(step, "restore", folder, "--data", restored)
        refused = filmroom("serve", "--data", restored, check=False)
        assert refused.returncode == 1
        assert "interrupted" in refused.stderr
    filmroom("restore", folder, "--data", restored)
    check(restored, now)
