"""Files that go away or change under the index: told to who fetches, found by verify, mended."""

import os

import pytest
from objects import by_instance, ct_image, encoded
from processes import filmroom, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message

IMAGES = {
    data_set.SOPInstanceUID: encoded(data_set)
    for data_set in (ct_image(1, 1, 1, number) for number in (1, 2, 3))
}
STUDY = ("-k", f"StudyInstanceUID={ct_image().StudyInstanceUID}")
DAMAGES = {
    "missing": lambda path: path.unlink(),
    "cut short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "changed": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
}


def store(server, uids):
    with RawPeer(server.port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        for uid in uids:
            peer.send(message(1, c_store_rq(uid), IMAGES[uid]))
            assert peer.status() == 0x0000
        peer.release()


def fetched(server, folder):
    """Exit code of `filmroom get` of the study, what it said, and what came."""
    done = filmroom("get", *server.address(), "--out", folder, *STUDY, "--json", check=False)
    return done, by_instance(list(folder.rglob("*.dcm")))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_under_the_index(tmp_path, damage):
    with filmroom_server(tmp_path / "data") as server:
        store(server, IMAGES)
        path = server.files()[1]
        lost = path.stem
        rest = {uid: data for uid, data in IMAGES.items() if uid != lost}
        DAMAGES[damage](path)
        verified = filmroom("verify", "--data", server.data, "--json", check=False)
        assert verified.returncode == 1
        assert lost in verified.stdout
        done, got = fetched(server, tmp_path / "damaged")
        if damage == "changed":
            assert {uid: got[uid] for uid in rest} == rest
        else:
            # The others come; who fetches is told what did not.
            assert done.returncode == 1, done.stdout
            assert lost in done.stdout + done.stderr
            assert got == rest
            assert '"sub_operation_failed"' in server.log_text()
        store(server, [lost])
        filmroom("verify", "--data", server.data)
        done, got = fetched(server, tmp_path / "mended")
        assert (done.returncode, got) == (0, IMAGES)
        assert len(server.files()) == len(IMAGES)
        assert "Traceback" not in server.log_text()
        assert server.stop() == 0
