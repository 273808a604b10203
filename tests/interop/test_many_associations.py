"""A hundred associations at once: all of them open together, then each stores and asks."""

import threading
from concurrent.futures import ThreadPoolExecutor

from objects import ROOT, by_instance, ct_image, encoded
from pydicom.dataset import Dataset
from raw import CT_IMAGE_STORAGE, STUDY_ROOT_FIND, RawPeer, c_find_rq, c_store_rq, message

COUNT = 100
EACH = 3


def identifier(patient):
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.PatientID = f"P{patient}"
    query.StudyInstanceUID = ""
    return encoded(query)


def test_a_hundred_associations_store_and_query(server):
    together = threading.Barrier(COUNT)

    def work(number):
        with RawPeer(server.port, timeout=90) as peer:
            peer.associate(CT_IMAGE_STORAGE, STUDY_ROOT_FIND)
            together.wait(90)
            statuses = []
            for instance in range(EACH):
                data_set = ct_image(1000 + number, 1, 1, instance + 1)
                peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
                statuses.append(peer.status())
            peer.send(message(3, c_find_rq(9), identifier(1000 + number)))
            found = 0
            while (status := peer.status()) == 0xFF00:
                found += 1
            peer.release()
            return statuses, found, status

    with ThreadPoolExecutor(COUNT) as pool:
        results = list(pool.map(work, range(COUNT)))
    assert results == [([0x0000] * EACH, 1, 0x0000)] * COUNT
    kept = by_instance(server.files())
    for number in range(COUNT):
        data_set = ct_image(1000 + number, 1, 1, EACH)
        assert kept[f"{ROOT}.{1000 + number}.1.1.{EACH}"] == encoded(data_set)
