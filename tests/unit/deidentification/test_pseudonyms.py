import hashlib
import hmac
import pickle

import pytest

from filmroom.deidentification import Deidentifier, Pseudonyms
from filmroom.dicom import is_valid_uid
from filmroom.errors import ConfigurationError

SECRET = b"s" * 32


def test_a_uid_is_128_bits_of_the_keyed_hash():
    digest = hmac.new(SECRET, b"uid\x001.2.3", hashlib.sha256).digest()
    assert Pseudonyms(SECRET).uid("1.2.3") == f"2.25.{int.from_bytes(digest[:16], 'big')}"


def test_the_same_secret_gives_the_same_and_another_gives_another():
    ours, same, other = Pseudonyms(SECRET), Pseudonyms(SECRET), Pseudonyms(b"t" * 32)
    assert ours.uid("1.2.3") == same.uid("1.2.3") != other.uid("1.2.3")
    assert ours.identifier("patient", "1") == same.identifier("patient", "1")
    assert ours.identifier("patient", "1") != other.identifier("patient", "1")
    assert ours.days("1", 3650) == same.days("1", 3650)


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.5.1.4.1.1.2",  # a SOP class
        "1.2.840.10008.1.2.4.70",  # a transfer syntax
        "1.2.840.10008.1.4.1.1",  # the Talairach brain atlas frame of reference
        "1.2.840.10008.1.5.1",  # a well-known palette
        "1.2.840.10008.999.1",  # of the standard's root, of a later edition
        "",
    ],
)
def test_what_the_standard_registers_stays(uid):
    assert Pseudonyms(SECRET).uid(uid) == uid


def test_whatever_stands_for_a_uid_becomes_a_valid_one():
    for text in ("1.2.3", "Müller^Jörg", "../../etc", "1" * 100, "1.2.840.10008.Jörg"):
        assert is_valid_uid(Pseudonyms(SECRET).uid(text))


def test_an_identifier_fits_every_vr_of_identifiers_and_depends_on_its_kind():
    made = Pseudonyms(SECRET).identifier("patient", "P-4711")
    assert len(made) == 16
    assert made.isascii()
    assert made.isalnum()
    assert made != Pseudonyms(SECRET).identifier("specimen", "P-4711")


def test_days_lie_within_the_bound_and_differ_between_patients():
    days = [Pseudonyms(SECRET).days(str(number), 100) for number in range(500)]
    assert min(days) >= 1
    assert max(days) <= 100
    assert len(set(days)) > 80


def test_a_secret_that_could_be_guessed_is_refused():
    with pytest.raises(ConfigurationError, match="could be guessed") as raised:
        Deidentifier(secret=b"password")
    assert raised.value.setting == "secret"


def test_without_a_secret_every_deidentifier_has_its_own():
    assert Deidentifier().pseudonyms.uid("1.2.3") != Deidentifier().pseudonyms.uid("1.2.3")


def test_the_secret_is_not_shown():
    assert "ssss" not in repr(Pseudonyms(SECRET)) + repr(Deidentifier(secret=SECRET))


def test_another_process_gets_the_same():
    copy = pickle.loads(pickle.dumps(Deidentifier(secret=SECRET)))
    assert copy.pseudonyms.uid("1.2.3") == Pseudonyms(SECRET).uid("1.2.3")
