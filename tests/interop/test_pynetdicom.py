"""pynetdicom as peer: every service, extended negotiation, role selection, cancelling."""

from contextlib import contextmanager

import pytest
from objects import ROOT, by_instance, ct_image, encoded
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.pdu_primitives import (
    AsynchronousOperationsWindowNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityNegotiation,
)
from pynetdicom.presentation import build_context, build_role
from pynetdicom.sop_class import (
    MRImageStorage,
    PatientRootQueryRetrieveInformationModelFind,
    PatientRootQueryRetrieveInformationModelGet,
    PatientRootQueryRetrieveInformationModelMove,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

FIND = {
    "patient": PatientRootQueryRetrieveInformationModelFind,
    "study": StudyRootQueryRetrieveInformationModelFind,
}
GET = {
    "patient": PatientRootQueryRetrieveInformationModelGet,
    "study": StudyRootQueryRetrieveInformationModelGet,
}
MOVE = {
    "patient": PatientRootQueryRetrieveInformationModelMove,
    "study": StudyRootQueryRetrieveInformationModelMove,
}
STORAGE = (CTImageStorage, MRImageStorage)


@contextmanager
def associated(server, *contexts, **options):
    ae = AE("PYNETDICOM")
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 30
    association = ae.associate(
        "127.0.0.1", server.port, contexts=list(contexts), ae_title="FILMROOM", **options
    )
    assert association.is_established
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        assert association.is_released


def identifier(level, **keys):
    query = Dataset()
    query.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(query, keyword, value)
    return query


def test_echo(server):
    with associated(server, build_context(Verification)) as association:
        assert association.send_c_echo().Status == 0x0000


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_store(server, syntax):
    number = 400 + syntax.is_implicit_VR
    data_set = ct_image(number)
    with associated(server, build_context(CTImageStorage, syntax)) as association:
        data_set.file_meta = Dataset()
        data_set.file_meta.TransferSyntaxUID = syntax
        assert association.send_c_store(data_set).Status == 0x0000
    del data_set.file_meta
    assert by_instance(server.files())[data_set.SOPInstanceUID] == encoded(data_set, syntax)


@pytest.mark.parametrize("root", FIND)
@pytest.mark.parametrize(
    ("level", "keys", "count"),
    [
        ("PATIENT", {"PatientID": ""}, 4),
        ("STUDY", {"PatientID": "P1", "StudyInstanceUID": ""}, 2),
        ("SERIES", {"PatientID": "P1", "StudyInstanceUID": f"{ROOT}.1.1"}, 2),
        (
            "IMAGE",
            {
                "PatientID": "P1",
                "StudyInstanceUID": f"{ROOT}.1.1",
                "SeriesInstanceUID": f"{ROOT}.1.1.1",
                "SOPInstanceUID": "",
            },
            3,
        ),
    ],
)
def test_find(hospital, root, level, keys, count):
    if root == "study" and level == "PATIENT":
        pytest.skip("Study Root has no patient level")
    with associated(hospital.server, build_context(FIND[root])) as association:
        responses = list(association.send_c_find(identifier(level, **keys), FIND[root]))
    assert [status.Status for status, _ in responses] == [0xFF00] * count + [0x0000]
    assert all(found.QueryRetrieveLevel == level for _, found in responses[:-1])


def relational(uid):
    extension = SOPClassExtendedNegotiation()
    extension.sop_class_uid = uid
    extension.service_class_application_information = b"\x01\x01\x00\x00\x00"
    return extension


def test_relational_queries_only_when_negotiated(hospital):
    uid = FIND["study"]
    query = identifier("SERIES", Modality="CT", SeriesInstanceUID="")
    with associated(hospital.server, build_context(uid)) as association:
        responses = list(association.send_c_find(query, uid))
    assert [status.Status for status, _ in responses] == [0xA900]
    options = {"ext_neg": [relational(uid)]}
    with associated(hospital.server, build_context(uid), **options) as association:
        accepted = association.acceptor.sop_class_extended[uid]
        assert accepted[0] == 1
        responses = list(association.send_c_find(query, uid))
    assert [status.Status for status, _ in responses] == [0xFF00] * 5 + [0x0000]


@pytest.mark.parametrize("root", GET)
def test_get_with_role_selection(hospital, root):
    received = {}

    def keep(event):
        received[event.request.AffectedSOPInstanceUID] = event.request.DataSet.getvalue()
        return 0x0000

    keys = {"StudyInstanceUID": f"{ROOT}.1.1"}
    if root == "patient":
        keys["PatientID"] = "P1"
    with associated(
        hospital.server,
        build_context(GET[root]),
        *(build_context(uid, ExplicitVRLittleEndian) for uid in STORAGE),
        ext_neg=[build_role(uid, scp_role=True) for uid in STORAGE],
        evt_handlers=[(evt.EVT_C_STORE, keep)],
    ) as association:
        responses = list(association.send_c_get(identifier("STUDY", **keys), GET[root]))
    final = responses[-1][0]
    assert final.Status == 0x0000
    assert (final.NumberOfCompletedSuboperations, final.NumberOfFailedSuboperations) == (5, 0)
    remaining = [status.NumberOfRemainingSuboperations for status, _ in responses[:-1]]
    assert remaining == sorted(remaining, reverse=True)
    sent = by_instance(hospital.files)
    assert len(received) == 5
    assert all(sent[uid] == data_set for uid, data_set in received.items())


def test_get_without_the_role_fails_each_instance(hospital):
    with associated(
        hospital.server,
        build_context(GET["study"]),
        build_context(CTImageStorage, ExplicitVRLittleEndian),
    ) as association:
        query = identifier("STUDY", StudyInstanceUID=f"{ROOT}.1.1")
        responses = list(association.send_c_get(query, GET["study"]))
    status, failed = responses[-1]
    assert status.Status == 0xA702
    assert status.NumberOfFailedSuboperations == 5
    assert len(failed.FailedSOPInstanceUIDList) == 5


def test_get_counts_the_instances_that_the_peer_refuses(hospital):
    def refuse_the_first(event):
        return 0xA700 if event.request.AffectedSOPInstanceUID.endswith(".1.1.1.1") else 0x0000

    with associated(
        hospital.server,
        build_context(GET["study"]),
        build_context(CTImageStorage, ExplicitVRLittleEndian),
        ext_neg=[build_role(CTImageStorage, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, refuse_the_first)],
    ) as association:
        query = identifier("STUDY", StudyInstanceUID=f"{ROOT}.1.1")
        responses = list(association.send_c_get(query, GET["study"]))
    status, failed = responses[-1]
    assert status.Status == 0xB000
    assert (status.NumberOfCompletedSuboperations, status.NumberOfFailedSuboperations) == (4, 1)
    assert failed.FailedSOPInstanceUIDList == f"{ROOT}.1.1.1.1"


def test_cancelling_a_get_stops_before_the_next_instance(hospital):
    received = []

    def cancel(event):
        received.append(event.request.AffectedSOPInstanceUID)
        if len(received) == 1:
            event.assoc.send_c_cancel(7, query_model=GET["study"])
        return 0x0000

    with associated(
        hospital.server,
        build_context(GET["study"]),
        build_context(CTImageStorage, ExplicitVRLittleEndian),
        ext_neg=[build_role(CTImageStorage, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, cancel)],
    ) as association:
        query = identifier("STUDY", StudyInstanceUID=f"{ROOT}.1.1")
        responses = list(association.send_c_get(query, GET["study"], msg_id=7))
    status = responses[-1][0]
    assert status.Status == 0xFE00
    assert len(received) == 1
    assert status.NumberOfRemainingSuboperations == 4


@pytest.mark.parametrize("root", MOVE)
def test_move(hospital, root):
    received = {}

    def keep(event):
        received[event.request.AffectedSOPInstanceUID] = event.request.DataSet.getvalue()
        originators.add(event.request.MoveOriginatorApplicationEntityTitle)
        return 0x0000

    originators = set()
    receiver = AE("MOVER")
    for uid in STORAGE:
        receiver.add_supported_context(uid, ExplicitVRLittleEndian)
    scp = receiver.start_server(
        ("127.0.0.1", hospital.destination_port),
        block=False,
        evt_handlers=[(evt.EVT_C_STORE, keep)],
    )
    try:
        with associated(hospital.server, build_context(MOVE[root])) as association:
            query = identifier("STUDY", PatientID="P1", StudyInstanceUID=f"{ROOT}.1.1")
            responses = list(association.send_c_move(query, "MOVER", MOVE[root]))
    finally:
        scp.shutdown()
    final = responses[-1][0]
    assert final.Status == 0x0000
    assert (final.NumberOfCompletedSuboperations, final.NumberOfFailedSuboperations) == (5, 0)
    sent = by_instance(hospital.files)
    assert len(received) == 5
    assert all(sent[uid] == data_set for uid, data_set in received.items())
    assert {str(title).strip() for title in originators} == {"PYNETDICOM"}


def test_user_identity_and_asynchronous_operations_do_not_disturb(server):
    identity = UserIdentityNegotiation()
    identity.user_identity_type = 1
    identity.primary_field = b"somebody"
    window = AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked = 4
    window.maximum_number_operations_performed = 4
    with associated(server, build_context(Verification), ext_neg=[identity, window]) as association:
        assert association.send_c_echo().Status == 0x0000


def test_only_what_we_know_is_accepted(server):
    ae = AE("PYNETDICOM")
    ae.add_requested_context(Verification)
    ae.add_requested_context("1.2.826.0.1.3680043.10.9999.1")
    association = ae.associate("127.0.0.1", server.port)
    assert [context.abstract_syntax for context in association.accepted_contexts] == [Verification]
    assert [context.result for context in association.rejected_contexts] == [3]
    association.release()
