import pytest
from identifiable import RAW_DATA, SECRET, content_item, ct_image, deidentified, item

from filmroom.deidentification import Option, Pseudonyms

STRUCTURED = Option.CLEAN_STRUCTURED_CONTENT


def report(*items):
    return ct_image(ContentSequence=items)


def only(data_set):
    (found,) = data_set["ContentSequence"]
    return found


def test_values_get_their_action_by_their_type():
    reference = item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.2.3.4"
    )
    number = item(NumericValue="12.5")
    code = item(CodeValue="T-1", CodingSchemeDesignator="SRT", CodeMeaning="Lung")
    made = deidentified(
        report(
            content_item("TEXT", "121071", TextValue="Mass, Smith"),
            content_item("PNAME", "121008", PersonName="Smith^Ann"),
            content_item("DATE", "126201", Date="20240131"),
            content_item("TIME", "126202", Time="1015"),
            content_item("DATETIME", "121125", DateTime="20240131101530"),
            content_item("UIDREF", "112040", UID="1.2.3.77"),
            content_item("NUM", "121206", MeasuredValueSequence=(number,)),
            content_item("CODE", "121058", ConceptCodeSequence=(code,)),
            content_item("IMAGE", "121080", ReferencedSOPSequence=(reference,)),
        ),
        STRUCTURED,
    )
    text, name, day, time, moment, uid, num, coded, image = made["ContentSequence"]
    assert text["TextValue"] == str(name["PersonName"]) == "ANONYMIZED"
    assert (day["Date"], time["Time"]) == ("19000101", "000000")
    assert moment["DateTime"] == "19000101000000"
    assert uid["UID"] == Pseudonyms(SECRET).uid("1.2.3.77")
    assert num["MeasuredValueSequence"][0]["NumericValue"] == 12.5
    assert coded["ConceptCodeSequence"][0]["CodeMeaning"] == "Lung"
    assert image["ReferencedSOPSequence"][0]["ReferencedSOPInstanceUID"] == made["SOPInstanceUID"]
    assert text["ConceptNameCodeSequence"][0]["CodeValue"] == "121071"


def test_text_keeps_its_harmless_words_with_clean_descriptors():
    made = deidentified(
        report(content_item("TEXT", "121071", TextValue="Mass in the left lung, Smith")),
        STRUCTURED,
        Option.CLEAN_DESCRIPTORS,
    )
    assert only(made)["TextValue"] == "Mass in the left lung"


@pytest.mark.parametrize(
    "options",
    [(), (Option.RETAIN_FULL_DATES,), (Option.RETAIN_MODIFIED_DATES,)],
)
def test_a_birth_date_never_stays(options):
    made = deidentified(
        report(content_item("DATE", "121031", Date="19600229")), STRUCTURED, *options
    )
    assert only(made)["Date"] == "19000101"


@pytest.mark.parametrize("concept", ["121032", "121033"])
def test_characteristics_of_the_patient_go_unless_retained(concept):
    given = report(
        content_item("NUM", concept, MeasuredValueSequence=(item(NumericValue="63"),)),
        content_item("TEXT", "121106", TextValue="x"),
    )
    made = deidentified(given, STRUCTURED)
    assert [found["ValueType"] for found in made["ContentSequence"]] == ["TEXT"]
    kept = deidentified(given, STRUCTURED, Option.RETAIN_PATIENT_CHARACTERISTICS)
    assert len(kept["ContentSequence"]) == 2


@pytest.mark.parametrize(
    ("concept", "option"),
    [
        ("121013", Option.RETAIN_DEVICE_IDENTITY),
        ("121016", Option.RETAIN_DEVICE_IDENTITY),
        ("121009", Option.RETAIN_INSTITUTION_IDENTITY),
    ],
)
def test_text_that_names_devices_and_institutions_is_retained_by_its_option(concept, option):
    given = report(content_item("TEXT", concept, TextValue="CT1 of Müller"))
    assert only(deidentified(given, STRUCTURED))["TextValue"] == "ANONYMIZED"
    assert only(deidentified(given, STRUCTURED, option))["TextValue"] == "CT1 of"


def test_content_in_content_is_reached():
    inner = content_item("PNAME", "121008", PersonName="Smith^Ann")
    outer = content_item("CONTAINER", "121070", ContentSequence=(inner,))
    made = deidentified(report(outer), STRUCTURED)
    (found,) = only(made)["ContentSequence"]
    assert str(found["PersonName"]) == "ANONYMIZED"


def test_acquisition_context_and_specimen_preparation_likewise():
    given = ct_image(
        SOPClassUID=RAW_DATA,
        AcquisitionContextSequence=(content_item("TEXT", "1", TextValue="Smith"),),
        SpecimenPreparationSequence=(content_item("TEXT", "1", TextValue="Smith"),),
    )
    made = deidentified(given, STRUCTURED)
    for keyword in ("AcquisitionContextSequence", "SpecimenPreparationSequence"):
        assert made[keyword][0]["TextValue"] == "ANONYMIZED"
    without = deidentified(given)
    assert without["AcquisitionContextSequence"] == without["SpecimenPreparationSequence"] == ()
