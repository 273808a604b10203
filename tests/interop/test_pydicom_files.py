"""Every DICOM file that pydicom's wheel bundles goes in over C-STORE and comes out unchanged.

Their bytes are sent as they are, without decoding them; pynetdicom's C-GET fetches them. Files that
lack what a C-STORE needs give clear errors, and leave nothing behind.
"""

from pathlib import Path

import pydicom
import pytest
from objects import data_set_bytes
from processes import filmroom, filmroom_json
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.presentation import build_context, build_role
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelGet as StudyRootGet
from raw import RawPeer, c_store_rq, message

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and path.suffix not in {".txt", ".icc", ".dump", ".json", ".gz", ".py"}
)
DAMAGED = {"MR_truncated.dcm", "rtplan_truncated.dcm"}
"""Their data set ends in the middle of an element."""


def meta_of(path):
    """SOP class, SOP instance and transfer syntax as a sender knows them; None where one lacks."""
    header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    found = (
        header.get("SOPClassUID"),
        header.get("SOPInstanceUID"),
        header.file_meta.get("TransferSyntaxUID"),
        header.get("StudyInstanceUID"),
        header.get("SeriesInstanceUID"),
    )
    return found if all(found) else None


def can_be_stored(path):
    header = meta_of(path)
    return header is not None and path.name not in DAMAGED and UID(header[0]).name != header[0]


STORABLE = [path for path in FILES if can_be_stored(path)]
OTHERS = [path for path in FILES if path not in STORABLE]


def name_of(path):
    return str(path.relative_to(FOLDER))


def send(server, path):
    """The status of a C-STORE with the file's own bytes."""
    sop_class, instance, syntax, *_ = meta_of(path)
    with RawPeer(server.port) as peer:
        peer.associate(sop_class, syntaxes=(syntax,))
        peer.send(message(1, c_store_rq(instance, sop_class_uid=sop_class), data_set_bytes(path)))
        status = peer.status()
        peer.release()
        return status


def fetch(server, path):
    """The bytes that C-GET gives for the instance in ``path``."""
    sop_class, instance, syntax, study, series = meta_of(path)
    received = []

    def keep(event):
        received.append(event.request.DataSet.getvalue())
        return 0x0000

    association = AE().associate(
        "127.0.0.1",
        server.port,
        contexts=[build_context(StudyRootGet), build_context(sop_class, syntax)],
        ext_neg=[build_role(sop_class, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, keep)],
    )
    query = Dataset()
    query.QueryRetrieveLevel = "IMAGE"
    query.StudyInstanceUID, query.SeriesInstanceUID = study, series
    query.SOPInstanceUID = instance
    statuses = [status.Status for status, _ in association.send_c_get(query, StudyRootGet)]
    association.release()
    assert statuses[-1] == 0x0000
    return received


def test_there_are_many():
    assert len(STORABLE) > 60
    assert len({meta_of(path)[2] for path in STORABLE}) >= 10


@pytest.fixture(scope="module")
def first_of_each():
    """The bundle holds some instances several times over; the first of each is kept."""
    first = {}
    for path in STORABLE:
        first.setdefault(meta_of(path)[1], path)
    return first


@pytest.mark.parametrize("path", STORABLE, ids=name_of)
def test_in_and_out_unchanged(server, first_of_each, path):
    status = send(server, path)
    first = first_of_each[meta_of(path)[1]]
    expected = data_set_bytes(first)
    if first == path or data_set_bytes(path) == expected:
        assert status == 0x0000
    else:
        assert status == 0xB000
    if first == path:
        (received,) = fetch(server, path)
        # Fragments have even lengths (PS3.8 Annex E): one deflated file lacks its pad byte.
        assert received == expected + bytes(len(expected) % 2)


@pytest.mark.parametrize("path", OTHERS, ids=name_of)
def test_the_rest_gives_clear_errors(server, path):
    """`import` says for each why it can not be kept, or keeps what it can read after all."""
    files = server.files()
    done = filmroom("import", path, "--data", server.data, check=False)
    output = done.stdout + done.stderr
    assert "Traceback" not in output
    if done.returncode == 0:
        assert len(server.files()) >= len(files)
    else:
        assert done.returncode == 1
        assert "[-8" in output
        assert server.files() == files


def test_the_archive_is_whole_afterwards(server):
    filmroom("verify", "--data", server.data)
    assert server.leftovers() == []
    assert filmroom_json("stats", "--data", server.data)
