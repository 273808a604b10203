"""Person names: three groups of five components."""

import pytest

from filmroom.dicom import PersonName
from filmroom.dicom.person_name import NameGroup


def test_groups_and_components():
    name = PersonName.parse("Yamada^Tarou=山田^太郎=やまだ^たろう")
    assert (name.family, name.given) == ("Yamada", "Tarou")
    assert (name.ideographic.family, name.ideographic.given) == ("山田", "太郎")
    assert (name.phonetic.family, name.phonetic.given) == ("やまだ", "たろう")


def test_the_five_components():
    """PS3.5 §6.2.1.1, example: the Reverend John Robert Quincy Adams, B.A. M.Div."""
    name = PersonName.parse("Adams^John Robert Quincy^^Rev.^B.A. M.Div.")
    assert name.alphabetic.components == ("Adams", "John Robert Quincy", "", "Rev.", "B.A. M.Div.")
    assert (name.middle, name.prefix, name.suffix) == ("", "Rev.", "B.A. M.Div.")


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("", ("", "", "", "", "")),
        ("Doe", ("Doe", "", "", "", "")),
        ("^John", ("", "John", "", "", "")),
        ("Doe ^ John ", ("Doe", "John", "", "", "")),
        ("A^B^C^D^E^F", ("A", "B", "C", "D", "E^F")),
    ],
)
def test_what_is_absent_is_empty(text, components):
    assert NameGroup(text).components == components


@pytest.mark.parametrize(
    "text",
    ["Doe^John", "=山田^太郎", "==やまだ", "A=B", "A=B=C", "A==C", "", "Doe^^^Dr", "A^B^C^D^E"],
)
def test_text_and_back(text):
    assert str(PersonName.parse(text)) == text


@pytest.mark.parametrize(("text", "written"), [("Doe^John==", "Doe^John"), (" Doe = X ", "Doe=X")])
def test_empty_groups_at_the_end_and_spaces_around_are_not_written(text, written):
    assert str(PersonName.parse(text)) == written


def test_more_than_three_groups_stay_in_the_third():
    assert str(PersonName.parse("A=B=C=D")) == "A=B=C=D"


def test_of_components():
    assert str(PersonName.of("Doe", "John")) == "Doe^John"
    assert str(PersonName.of("Doe", suffix="Jr")) == "Doe^^^^Jr"
    assert PersonName.of("Doe").given == ""


def test_truth_and_equality():
    assert not PersonName.parse("==")
    assert PersonName.parse("=X")
    assert PersonName.parse("Doe^John") == PersonName.of("Doe", "John")
    assert len({PersonName.parse("A=B"), PersonName.parse("A=B=")}) == 1
