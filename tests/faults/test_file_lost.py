"""Files that go away or change under the index: told to who fetches, found by verify, mended."""

import os

from objects import by_instance, ct_image, encoded
from processes import filmroom, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message

IMAGES = {
    data_set.SOPInstanceUID: encoded(data_set)
    for data_set in (ct_image(1, 1, 1, number) for number in range(1, 6))
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


def test_files_lost_and_changed_under_the_index(tmp_path):
    with filmroom_server(tmp_path / "data") as server:
        store(server, IMAGES)
        paths = dict(zip(DAMAGES, server.files(), strict=False))
        lost = {damage: path.stem for damage, path in paths.items()}
        for damage, path in paths.items():
            DAMAGES[damage](path)
        verified = filmroom("verify", "--data", server.data, check=False)
        assert verified.returncode == 1
        assert [uid for uid in IMAGES if uid in verified.stdout] == sorted(lost.values())
        # The others come; who fetches is told what did not.
        done, got = fetched(server, tmp_path / "damaged")
        assert done.returncode == 1
        assert sorted(IMAGES.keys() - got.keys()) == sorted((lost["missing"], lost["cut short"]))
        for uid in IMAGES.keys() - got.keys():
            assert uid in done.stdout
        assert {uid for uid, data in got.items() if data != IMAGES[uid]} == {lost["changed"]}
        assert server.log_text().count('"sub_operation_failed"') == 2
        # Sent again, each takes its own place.
        store(server, lost.values())
        assert server.log_text().count('"lost_object_replaced"') == 2
        filmroom("verify", "--data", server.data)
        done, got = fetched(server, tmp_path / "mended")
        assert (done.returncode, got) == (0, IMAGES)
        assert len(server.files()) == len(IMAGES)
        assert "Traceback" not in server.log_text()
        assert server.stop() == 0
