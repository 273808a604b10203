"""A full disk and a folder that can not be written: a clear status, nothing half kept."""

import os
import subprocess
from contextlib import contextmanager

import pytest
from objects import by_instance, ct_image, encoded
from processes import FILMROOM, filmroom, filmroom_server, run
from raw import CT_IMAGE_STORAGE, VERIFICATION, RawPeer, c_store_rq, message

OUT_OF_RESOURCES = 0xA700


def big_image(number):
    data_set = ct_image(1, 1, 1, number)
    data_set.Rows = data_set.Columns = 512
    data_set.PixelData = bytes(512 * 512 * 2)
    return data_set


def store(peer, data_set):
    peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
    return peer.status()


@contextmanager
def memory_disk(folder, megabytes):
    """A file system of a few megabytes of its own. Needs root, as CI has it."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


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
