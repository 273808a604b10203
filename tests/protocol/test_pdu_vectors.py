"""PDUs against an independent peer, pynetdicom: ours read by it, its read by us, in any pieces."""

import pytest
from joined import fault
from pynetdicom import pdu as peer
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    A_P_ABORT,
    A_RELEASE,
    P_DATA,
)

from filmroom.errors import RemoteProtocolError
from filmroom.net import (
    PDU,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
    AsynchronousOperationsWindow,
    ImplementationClassUID,
    ImplementationVersionName,
    MaximumLength,
    PDataTF,
    PresentationContextAC,
    PresentationContextRQ,
    PresentationDataValue,
    RoleSelection,
    SOPClassCommonExtendedNegotiation,
    SOPClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAC,
    UserIdentityRQ,
    UserInformation,
    read_pdu,
)

CT = "1.2.840.10008.5.1.4.1.1.2"
FIND = "1.2.840.10008.5.1.4.1.2.1.1"
RQ = AAssociateRQ(
    "CALLED",
    "CALLING",
    (
        PresentationContextRQ(1, CT, ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")),
        PresentationContextRQ(255, FIND, ("1.2.840.10008.1.2",)),
    ),
    UserInformation(
        (
            MaximumLength(16382),
            ImplementationClassUID("1.2.3.4"),
            AsynchronousOperationsWindow(5, 0),
            RoleSelection(CT, scu=False, scp=True),
            ImplementationVersionName("VERSION_1"),
            SOPClassExtendedNegotiation(FIND, b"\1\1\0"),
            SOPClassCommonExtendedNegotiation(CT, "1.2.840.10008.4.2", ("1.2.3", "1.2.4.5")),
            UserIdentityRQ(2, b"name", b"secret", positive_response_requested=True),
        )
    ),
)
AC = AAssociateAC(
    "CALLED",
    "CALLING",
    (
        PresentationContextAC(1, 0, "1.2.840.10008.1.2"),
        PresentationContextAC(255, 3, "1.2.840.10008.1.2"),
    ),
    UserInformation(
        (
            MaximumLength(0),
            ImplementationClassUID("1.2.3.4"),
            AsynchronousOperationsWindow(1, 1),
            RoleSelection(CT, scu=False, scp=True),
            ImplementationVersionName("VERSION_1"),
            SOPClassExtendedNegotiation(FIND, b"\1\0\0"),
            UserIdentityAC(b"ticket"),
        )
    ),
)
DATA = PDataTF(
    (
        PresentationDataValue(1, b"command!", is_command=True, is_last=True),
        PresentationDataValue(1, b"data", is_command=False, is_last=False),
        PresentationDataValue(1, b"", is_command=False, is_last=True),
    )
)
CASES = [
    pytest.param(RQ, peer.A_ASSOCIATE_RQ, A_ASSOCIATE, id="A-ASSOCIATE-RQ"),
    pytest.param(AC, peer.A_ASSOCIATE_AC, A_ASSOCIATE, id="A-ASSOCIATE-AC"),
    pytest.param(AAssociateRJ(1, 3, 2), peer.A_ASSOCIATE_RJ, A_ASSOCIATE, id="A-ASSOCIATE-RJ"),
    pytest.param(DATA, peer.P_DATA_TF, P_DATA, id="P-DATA-TF"),
    pytest.param(AReleaseRQ(), peer.A_RELEASE_RQ, A_RELEASE, id="A-RELEASE-RQ"),
    pytest.param(AReleaseRP(), peer.A_RELEASE_RP, A_RELEASE, id="A-RELEASE-RP"),
    pytest.param(AAbort(2, 6), peer.A_ABORT_RQ, A_P_ABORT, id="A-ABORT"),
]
ALL = pytest.mark.parametrize(("ours", "theirs", "primitive"), CASES)


@ALL
def test_the_peer_reads_ours_and_we_read_what_it_makes_of_it(ours: PDU, theirs, primitive):
    decoded = theirs()
    decoded.decode(ours.encode())
    assert isinstance(decoded.to_primitive(), primitive)
    assert read_pdu(decoded.encode()) == (ours, len(ours.encode()))


@ALL
def test_byte_for_byte_the_same(ours: PDU, theirs, primitive):
    decoded = theirs()
    decoded.decode(ours.encode())
    assert decoded.encode() == ours.encode()


def test_the_peer_sees_every_item():
    decoded = peer.A_ASSOCIATE_RQ()
    decoded.decode(RQ.encode())
    assert decoded.called_ae_title.strip() == "CALLED"
    assert decoded.calling_ae_title.strip() == "CALLING"
    assert [(c.context_id, c.abstract_syntax) for c in decoded.presentation_context] == [
        (1, CT),
        (255, FIND),
    ]
    info = decoded.user_information
    assert info.maximum_length == 16382
    assert info.async_ops_window.maximum_number_operations_invoked == 5
    assert (info.role_selection[CT].scu_role, info.role_selection[CT].scp_role) == (0, 1)
    assert info.ext_neg[0].service_class_application_information == b"\1\1\0"
    assert info.common_ext_neg[0].related_general_sop_class_identification == ["1.2.3", "1.2.4.5"]
    assert (info.user_identity.primary_field, info.user_identity.secondary_field) == (
        b"name",
        b"secret",
    )


@ALL
def test_trailing_bytes_are_left(ours: PDU, theirs, primitive):
    wire = ours.encode()
    assert read_pdu(wire + b"\x04\0\0") == (ours, len(wire))


@ALL
def test_incomplete_at_every_length(ours: PDU, theirs, primitive):
    wire = ours.encode()
    for end in range(len(wire)):
        assert read_pdu(wire[:end]) is None


@ALL
def test_cut_short_with_the_length_put_right_is_an_error_or_another_pdu(ours, theirs, primitive):
    """The PDU ends early by its own account: never the same PDU, never another exception."""
    wire = ours.encode()
    for end in range(6, len(wire)):
        cut = wire[:2] + (end - 6).to_bytes(4, "big") + wire[6:end]
        error = fault(lambda cut=cut: read_pdu(cut))
        if error is None:
            got = read_pdu(cut)
            assert got is not None
            assert got[0] != ours
        else:
            assert error.reason in (1, 5, 6)
            assert error.offset is not None
            assert 6 <= error.offset <= end


@pytest.mark.parametrize("pdu_type", [0, *range(8, 256)])
def test_unrecognised_types(pdu_type):
    with pytest.raises(RemoteProtocolError) as caught:
        read_pdu(bytes((pdu_type,)), offset=40)
    assert (caught.value.reason, caught.value.offset) == (1, 40)


def test_a_length_beyond_the_bound_is_refused_from_the_header_alone():
    with pytest.raises(RemoteProtocolError) as caught:
        read_pdu(b"\1\0\xff\xff\xff\xff")
    assert caught.value.reason == 6


def test_unknown_items_are_kept():
    pdu = AAssociateRQ("A", "B", (), UserInformation((UnknownItem(0x77, b"x"),)))
    pdu = AAssociateRQ(
        "A", "B", (), pdu.user_information, unknown_items=(UnknownItem(0x66, b"yz"),)
    )
    assert read_pdu(pdu.encode()) == (pdu, len(pdu.encode()))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(b"\1\0\0\0\x30", b"\2\0\0\0\x30", 6, id="even context ID"),
        pytest.param(b"\xff\0\0\0\x30", b"\1\0\0\0\x30", 5, id="context ID twice"),
        pytest.param(b"\x52\0\0\x07", b"\x52\0\xff\xff", 6, id="sub-item beyond its item"),
        pytest.param(b"\x30\0\0\x19", b"\x30\0\0\x99", 6, id="syntax beyond its context"),
    ],
)
def test_garbled_items(old, new, reason):
    wire = RQ.encode()
    assert wire.count(old) == 1
    with pytest.raises(RemoteProtocolError) as caught:
        read_pdu(wire.replace(old, new))
    assert caught.value.reason == reason


def test_credentials_are_not_shown():
    assert "secret" not in repr(RQ)
    assert "ticket" not in repr(AC)
