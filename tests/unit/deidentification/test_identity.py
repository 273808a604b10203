import pytest
from identifiable import ct_image

from filmroom.deidentification.identity import Identity, patient_key


def test_the_key_is_the_id_with_its_issuer():
    assert patient_key(ct_image()) == "P-4711\0"
    assert patient_key(ct_image(IssuerOfPatientID="A")) == "P-4711\0A"
    assert patient_key(ct_image(PatientID=None)) is None


def test_without_an_id_the_key_is_the_name_and_without_a_name_the_study():
    keys = [
        Identity.of(ct_image(PatientID=None)).key,
        Identity.of(ct_image(PatientID="", PatientName="")).key,
        Identity.of(ct_image()).key,
    ]
    assert len(set(keys)) == 3
    assert keys[1] == "\0\0" + "1.2.3"


def test_words_are_the_parts_of_all_names():
    found = Identity.of(ct_image(PatientName="Müller-Lüdenscheid^Jo^X.")).words
    assert found == {"müller", "lüdenscheid", "referrer", "rita"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACME for Rita", "ACME for"),
        ("RITA_1 scan", "_1 scan"),
        ("Ritalin", "Ritalin"),
        ("P-4711", ""),
        ("No P-47110 here", "No 0 here"),
        ("born 19600229", "born"),
        ("ACME", "ACME"),
        ("  spaces   stay  ", "  spaces   stay  "),
        ("", ""),
    ],
)
def test_text_loses_words_and_identifiers_and_nothing_else(text, expected):
    assert Identity.of(ct_image()).without(text) == expected


def test_names_in_scripts_without_spaces_are_found_inside_of_words():
    given = ct_image(SpecificCharacterSet="ISO_IR 192", PatientName="Yamada^Taro=山田^太郎")
    assert Identity.of(given).without("撮影山田様") == "撮影 様"


def test_short_numbers_are_not_looked_for():
    assert Identity.of(ct_image(PatientID="12")).without("12 slices") == "12 slices"


def test_who_has_no_name_leaves_text_alone():
    given = ct_image(
        PatientName=None, PatientID=None, PatientBirthDate=None, ReferringPhysicianName=None
    )
    assert Identity.of(given).without("anything") == "anything"
