"""What an error says and becomes; that the tables cover the tree is held in tests/meta."""

import pytest

from filmroom.errors import (
    AssociationAborted,
    AssociationRejected,
    ConfigurationError,
    DataError,
    DimseFailure,
    DimseTimeout,
    FilmroomError,
    IdentityMismatch,
    InvalidIdentifier,
    MissingRequiredTag,
    ObjectNotFound,
    OutOfResources,
    RemoteProtocolError,
    StorageFailed,
    TruncatedData,
    UnknownDestination,
    dimse_status,
    http_status,
)


def test_one_line_with_code_place_and_hint():
    error = TruncatedData("ends inside an element", tag=0x7FE00010, offset=132, hint="send again")
    assert str(error) == ("[-804] ends inside an element at (7FE0,0010) at byte 132 (send again)")
    assert (error.message, error.hint) == ("ends inside an element", "send again")
    assert (error.tag, error.offset) == (0x7FE00010, 132)


def test_places_are_left_out_where_unknown():
    assert str(TruncatedData("ends early")) == "[-804] ends early"
    assert str(DataError("x", tag=0x00080018)) == "[-800] x at (0008,0018)"
    assert str(DataError("x", offset=0)) == "[-800] x at byte 0"
    assert str(RemoteProtocolError("bad PDU", reason=6)) == "[-823] bad PDU"
    assert (
        str(RemoteProtocolError("bad PDU", reason=6, offset=12))
        == "[-823] bad PDU at byte 12 of the connection"
    )
    assert str(ObjectNotFound("gone", uid="1.2.3")) == "[-865] gone [1.2.3]"
    assert str(ObjectNotFound("gone")) == "[-865] gone"


def test_errors_carry_what_a_program_needs():
    rejected = AssociationRejected("no", result=1, source=1, reason=7)
    assert (rejected.result, rejected.source, rejected.reason) == (1, 1, 7)
    aborted = AssociationAborted("no", source=2, reason=6)
    assert (aborted.source, aborted.reason) == (2, 6)
    assert ConfigurationError("no", setting="aet").setting == "aet"
    assert DimseFailure("no", status=0xA700, comment="full").comment == "full"


@pytest.mark.parametrize(
    ("error", "dimse", "http"),
    [
        (FilmroomError("x"), 0x0110, 500),
        (DataError("x"), 0xC000, 400),
        (TruncatedData("x"), 0xC000, 400),
        (MissingRequiredTag("x"), 0xA900, 400),
        (IdentityMismatch("x"), 0xA900, 409),
        (OutOfResources("x"), 0xA700, 507),
        (StorageFailed("x"), 0x0110, 500),
        (InvalidIdentifier("x"), 0xA900, 400),
        (UnknownDestination("x"), 0xA801, 404),
        (DimseTimeout("x"), 0x0110, 504),
        (AssociationRejected("x", result=1, source=1, reason=1), 0x0110, 502),
        (DimseFailure("x", status=0xB007), 0xB007, 502),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_becomes_a_status(error, dimse, http):
    assert dimse_status(error) == dimse
    assert http_status(error) == http


def test_a_subclass_of_tomorrow_has_the_status_of_its_nearest_ancestor():
    class Tomorrow(MissingRequiredTag):
        pass

    assert dimse_status(Tomorrow("x")) == 0xA900
    assert http_status(Tomorrow("x")) == 400
