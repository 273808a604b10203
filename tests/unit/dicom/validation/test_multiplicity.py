import pytest

from filmroom.dicom._elements import ELEMENTS
from filmroom.dicom.dictionary import lookup
from filmroom.dicom.validation.multiplicity import Multiplicity


@pytest.mark.parametrize(
    ("vm", "allowed", "refused"),
    [
        ("1", [1], [0, 2]),
        ("3", [3], [2, 4]),
        ("16", [16], [15, 17]),
        ("1-3", [1, 2, 3], [0, 4]),
        ("1-99", [1, 99], [100]),
        ("1-n", [1, 1000], [0]),
        ("2-n", [2, 3], [1]),
        ("2-2n", [2, 4, 6], [1, 3, 5]),
        ("3-3n", [3, 6], [1, 2, 4]),
        ("4-5", [4, 5], [3, 6]),
        ("6-n", [6, 7], [5]),
    ],
)
def test_each_form_that_the_dictionary_uses(vm, allowed, refused):
    multiplicity = Multiplicity.of(vm)
    assert [count for count in allowed + refused if multiplicity.allows(count)] == allowed


@pytest.mark.parametrize("text", ["", "n", "1-", "one", "1-2-3"])
def test_text_that_is_no_multiplicity(text):
    assert Multiplicity.of(text) is None


def test_every_multiplicity_of_the_dictionary_is_understood():
    entries = [lookup(tag) for tag in ELEMENTS]
    odd = {entry.vm for entry in entries if entry.vrs and Multiplicity.of(entry.vm) is None}
    assert odd == set()
