"""UIDs and transfer syntaxes."""

import pytest

from filmroom.dicom import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    TRANSFER_SYNTAXES,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
    is_valid_uid,
    transfer_syntax,
)
from filmroom.errors import InvalidTransferSyntax


@pytest.mark.parametrize("uid", ["1", "0", "1.2.840.10008.1.2", "2.25.0", "1." + "9" * 62])
def test_valid(uid):
    assert is_valid_uid(uid)


@pytest.mark.parametrize(
    "uid",
    ["", ".", "1.", ".1", "1..2", "1.02", "01", "1.2a", "1.2 ", "1.2\0", "1.2\n", "1.²", "1.١",
     "1." + "9" * 63, "../1"],
)  # fmt: skip
def test_invalid(uid):
    assert not is_valid_uid(uid)


def test_generated_uids_are_valid_and_differ():
    made = {generate_uid() for _ in range(100)}
    assert len(made) == 100
    assert all(is_valid_uid(uid) and uid.startswith("2.25.") for uid in made)


def test_implementation():
    assert is_valid_uid(IMPLEMENTATION_CLASS_UID)
    assert 1 <= len(IMPLEMENTATION_VERSION_NAME) <= 16


def test_the_four_uncompressed():
    layouts = [
        (syntax.uid, syntax.implicit_vr, syntax.little_endian, syntax.deflated)
        for syntax in (
            ImplicitVRLittleEndian,
            ExplicitVRLittleEndian,
            ExplicitVRBigEndian,
            DeflatedExplicitVRLittleEndian,
        )
    ]
    assert layouts == [
        ("1.2.840.10008.1.2", True, True, False),
        ("1.2.840.10008.1.2.1", False, True, False),
        ("1.2.840.10008.1.2.2", False, False, False),
        ("1.2.840.10008.1.2.1.99", False, True, True),
    ]


@pytest.mark.parametrize(
    ("uid", "lossy"),
    [
        ("1.2.840.10008.1.2.4.50", True),
        ("1.2.840.10008.1.2.4.57", False),
        ("1.2.840.10008.1.2.4.70", False),
        ("1.2.840.10008.1.2.4.80", False),
        ("1.2.840.10008.1.2.4.81", True),
        ("1.2.840.10008.1.2.4.90", False),
        ("1.2.840.10008.1.2.4.91", True),
        ("1.2.840.10008.1.2.4.201", False),
        ("1.2.840.10008.1.2.4.203", True),
        ("1.2.840.10008.1.2.4.102", True),
        ("1.2.840.10008.1.2.5", False),
        ("1.2.840.10008.1.2.1.98", False),
    ],
)
def test_encapsulated(uid, lossy):
    syntax = transfer_syntax(uid)
    assert syntax.encapsulated
    assert syntax.lossy is lossy
    assert not syntax.implicit_vr
    assert syntax.little_endian
    assert syntax.same_layout(ExplicitVRLittleEndian)


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.204"])
def test_referenced_pixels_are_not_encapsulated(uid):
    assert not transfer_syntax(uid).encapsulated


def test_only_transfer_syntaxes_of_data_elements():
    assert all(is_valid_uid(uid) and syntax.uid == uid for uid, syntax in TRANSFER_SYNTAXES.items())
    assert "1.2.840.10008.1.2.6.1" not in TRANSFER_SYNTAXES  # RFC 2557 MIME encapsulation


def test_layouts():
    assert ExplicitVRLittleEndian.same_layout(DeflatedExplicitVRLittleEndian)
    assert not ExplicitVRLittleEndian.same_layout(ImplicitVRLittleEndian)
    assert not ExplicitVRLittleEndian.same_layout(ExplicitVRBigEndian)
    assert str(ImplicitVRLittleEndian) == "Implicit VR Little Endian"


def test_an_unknown_one_is_named_only_where_it_is_a_uid():
    with pytest.raises(InvalidTransferSyntax, match=r"1\.2\.3 is no transfer syntax"):
        transfer_syntax("1.2.3")
    with pytest.raises(InvalidTransferSyntax) as caught:
        transfer_syntax("Doe^Jane")
    assert "Doe" not in str(caught.value)
