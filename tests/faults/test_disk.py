"""A full disk and a folder that can not be written: a clear status, nothing half kept."""

import os
import subprocess

from disks import filled, memory_disk
from ingest import SMALL, Series
from objects import ROOT, by_instance, ct_image, encoded
from processes import FILMROOM, filmroom, filmroom_server, run
from raw import CT_IMAGE_STORAGE, VERIFICATION, RawPeer, c_store_rq, message

OUT_OF_RESOURCES = 0xA700


def big_image(number):
    data_set = ct_image(1, 1, 1, number)
    data_set.Rows = data_set.Columns = 512
    data_set.PixelData = bytes(512 * 512 * 2)
    return data_set


def store(peer, data_set):
    peer.send(message(3, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
    return peer.status()


def test_a_full_disk(tmp_path):
    with memory_disk(tmp_path / "disk", 8) as disk:
        with filmroom_server(disk / "data") as server, RawPeer(server.port) as peer:
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            kept = {}
            for number in range(1, 40):
                data_set = big_image(number)
                peer.send(message(3, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
                status = peer.status()
                if status:
                    break
                kept[data_set.SOPInstanceUID] = encoded(data_set)
            assert status == OUT_OF_RESOURCES, f"{status:04X}"
            assert len(kept) > 3
            assert peer.echo() == 0x0000
            assert by_instance(server.files()) == kept
            assert server.leftovers() == []
            # Once there is room again the same association goes on.
            subprocess.run(["mount", "-o", "remount,size=32m", str(disk)], check=True)
            peer.send(message(3, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
            assert peer.status() == 0x0000
            peer.release()
        filmroom("verify", "--data", server.data)


def test_an_index_on_a_full_disk(tmp_path):
    """The objects have room, their rows have not: none is kept that nobody would find."""
    with memory_disk(tmp_path / "disk", 4) as disk:
        index = ("--index-url", f"sqlite://{disk / 'index.sqlite'}")
        with filmroom_server(tmp_path / "data", *index) as server, RawPeer(server.port) as peer:
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            images = Series(1)
            statuses, sent = [], {}

            def store(number):
                uid, data = images.image(number, SMALL)
                peer.send(message(3, c_store_rq(uid), data))
                statuses.append(peer.status())
                if not statuses[-1]:
                    sent[uid] = data

            store(0)
            with filled(disk):
                for number in range(1, 400):
                    store(number)
                    if statuses[-5:] == [OUT_OF_RESOURCES] * 5:
                        break
                assert set(statuses) == {0x0000, OUT_OF_RESOURCES}
                assert by_instance(server.files()) == sent
                assert server.leftovers() == []
                assert peer.echo() == 0x0000
                found = filmroom("find", *server.address(), "-k", "StudyInstanceUID").stdout
                assert ROOT in found
            # Once there is room again it goes on by itself.
            for number in range(400, 410):
                store(number)
            assert statuses[-10:] == [0x0000] * 10
            assert by_instance(server.files()) == sent
            peer.release()
            assert "Traceback" not in server.log_text()
        environment = {**os.environ, "FILMROOM_INDEX_URL": index[1]}
        run(FILMROOM, "verify", "--data", tmp_path / "data", env=environment)


def test_a_start_on_a_full_disk(tmp_path):
    """With the little room that the index needs, what is kept can be found and fetched."""
    with memory_disk(tmp_path / "disk", 8) as disk:
        first, second = big_image(1), big_image(2)
        with filmroom_server(disk / "data") as server, RawPeer(server.port) as peer:
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            assert store(peer, first) == 0x0000
            peer.release()
            assert server.stop() == 0
        with filled(disk):
            done = filmroom("serve", "--data", disk / "data", "--dicom-port", "0", check=False)
            assert done.returncode == 1
            assert "free some space" in done.stderr
        with (
            filled(disk, but=65_536),
            filmroom_server(disk / "data") as server,
            RawPeer(server.port) as peer,
        ):
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            assert store(peer, second) == OUT_OF_RESOURCES
            out = tmp_path / "fetched"
            key = ("-k", f"StudyInstanceUID={first.StudyInstanceUID}")
            filmroom("get", *server.address(), "--out", out, *key)
            assert by_instance(list(out.rglob("*.dcm"))) == {first.SOPInstanceUID: encoded(first)}
            assert server.leftovers() == []
            assert "Traceback" not in server.log_text()


def test_a_start_in_a_folder_that_cannot_be_written(tmp_path):
    with memory_disk(tmp_path / "disk", 8) as disk:
        with filmroom_server(disk / "data") as server:
            assert server.stop() == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = filmroom("serve", "--data", disk / "data", "--dicom-port", "0", check=False)
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr
    assert "check the owner and the mode" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_turns_read_only(tmp_path):
    with memory_disk(tmp_path / "disk", 16) as disk:
        objects = disk / "objects"
        objects.mkdir()
        blobs = f"file://{objects}"
        with (
            filmroom_server(tmp_path / "data", "--blob-url", blobs) as server,
            RawPeer(server.port) as peer,
        ):
            peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            first = big_image(1)
            peer.send(message(3, c_store_rq(first.SOPInstanceUID), encoded(first)))
            assert peer.status() == 0x0000
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            second = big_image(2)
            peer.send(message(3, c_store_rq(second.SOPInstanceUID), encoded(second)))
            assert 0x0100 <= peer.status() < 0x0200
            assert peer.echo() == 0x0000
            assert "Traceback" not in server.log_text()
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            peer.send(message(3, c_store_rq(second.SOPInstanceUID), encoded(second)))
            assert peer.status() == 0x0000
            peer.release()
        environment = {**os.environ, "FILMROOM_BLOB_URL": blobs}
        run(FILMROOM, "verify", "--data", tmp_path / "data", env=environment)


def test_a_data_folder_that_is_a_file_is_refused_at_start(tmp_path):
    (tmp_path / "data").write_text("here already")
    done = filmroom("serve", "--data", tmp_path / "data", "--dicom-port", "0", check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "data") in done.stdout + done.stderr


def test_a_second_server_on_the_same_folder_is_refused(tmp_path):
    with filmroom_server(tmp_path / "data"):
        done = filmroom("serve", "--data", tmp_path / "data", "--dicom-port", "0", check=False)
    assert done.returncode == 1
    assert "-867" in done.stdout + done.stderr
