import pytest

from filmroom.deidentification.descriptors import Descriptors
from filmroom.deidentification.vocabulary import WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CT chest abdomen pelvis - 55F Dr. Smith", "CT chest abdomen pelvis"),
        ("t2_tse_tra_p2 384", "t2_tse_tra"),
        ("Thorax  1.0  B70f", "Thorax  1.0  B70f"),
        ("AX T1 FLAIR 5 mm", "AX T1 FLAIR 5 mm"),
        ("Knee left w/o contrast 55yo 123456", "Knee left w contrast"),
        ("JOHN-CHEST", "CHEST"),
        ("HEAD 20/01/2020 12:30", "HEAD"),
        ("12.5.2020", ""),
        ("AX 06.07", "AX"),
        ("4 chambers view", "4 chambers view"),
        ("85 Knee", "Knee"),
        ("DWI b1000 ADC 512x512", "DWI b1000 ADC 512x512"),
        ("C5 L4 T12", "C5 L4 T12"),
        ("山田 head", "head"),
        ("", ""),
    ],
)
def test_harmless_words_stay_and_all_others_go(text, expected):
    assert Descriptors().cleaned(text) == expected


def test_a_word_that_is_a_name_here_goes_although_it_is_harmless_elsewhere():
    assert Descriptors().cleaned("CT hand Dr Hand", {"hand"}) == "CT"


def test_words_of_the_house_stay():
    assert Descriptors(frozenset({"schädel"})).cleaned("Schädel Müller") == "Schädel"


def test_cleaning_twice_changes_nothing_more():
    cleaned = Descriptors().cleaned("CT chest (Smith) 3.0 mm, late phase")
    assert Descriptors().cleaned(cleaned) == cleaned


def test_the_vocabulary_is_lower_case_words():
    assert all(word == word.lower() and " " not in word for word in WORDS)


@pytest.mark.parametrize("name", ["smith", "muller", "young", "brown", "king", "rose", "john"])
def test_the_vocabulary_has_no_common_names(name):
    assert name not in WORDS
