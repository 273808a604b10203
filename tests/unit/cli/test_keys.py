import pytest

from filmroom.cli.keys import as_record, identifier, sop_class, split_key, uid_of
from filmroom.dicom import DataSet, PersonName
from filmroom.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("PatientName=DOE*", 0x00100010, "DOE*"),
        ("PatientName", 0x00100010, ""),
        ("PatientName=", 0x00100010, ""),
        ("0010,0010=DOE", 0x00100010, "DOE"),
        ("(0010,0010)=DOE", 0x00100010, "DOE"),
        ("00100010", 0x00100010, ""),
        ("StudyDescription=a=b", 0x00081030, "a=b"),
        ("0009,1001=private", 0x00091001, "private"),
    ],
)
def test_a_key_is_a_keyword_or_a_tag_and_perhaps_a_value(text, tag, value):
    assert split_key(text) == (tag, value)


@pytest.mark.parametrize("text", ["Nonsense=1", "=1", "", "0010", "patientname"])
def test_what_is_no_attribute_is_wrong_use(text):
    with pytest.raises(ConfigurationError, match="no such attribute") as caught:
        split_key(text)
    assert caught.value.setting == "key"
    assert "PatientName" in caught.value.hint


def test_an_identifier_is_in_utf_8_with_its_level():
    asked = identifier("study", ["PatientName=Müller*", "StudyDescription"])
    assert asked["SpecificCharacterSet"] == "ISO_IR 192"
    assert asked["QueryRetrieveLevel"] == "STUDY"
    assert str(asked["PatientName"]) == "Müller*"
    assert asked["StudyDescription"] is None
    assert "StudyDescription" in asked


@pytest.mark.parametrize("level", ["patient", "Study", "SERIES", "image"])
def test_levels_in_either_case(level):
    assert identifier(level, None)["QueryRetrieveLevel"] == level.upper()


def test_an_unknown_level_is_wrong_use():
    with pytest.raises(ConfigurationError, match="--level volume is unknown"):
        identifier("volume", None)


def test_the_last_of_two_values_for_one_key_counts():
    assert identifier("study", ["PatientID=1", "PatientID=2"])["PatientID"] == "2"


def test_a_record_is_plain_for_json():
    item = DataSet()
    item["CodeValue"] = "CTHEAD"
    data_set = DataSet()
    data_set["PatientName"] = "Müller^Jörg"
    data_set["ModalitiesInStudy"] = ["CT", "SR"]
    data_set["StudyDescription"] = None
    data_set["Rows"] = 512
    data_set["SeriesNumber"] = "3"
    data_set["ProcedureCodeSequence"] = [item]
    data_set.set(0x00091001, "LO", "private")
    assert isinstance(data_set["PatientName"], PersonName)
    assert as_record(data_set) == {
        "PatientName": "Müller^Jörg",
        "ModalitiesInStudy": ["CT", "SR"],
        "StudyDescription": None,
        "Rows": 512,
        "SeriesNumber": 3,
        "ProcedureCodeSequence": [{"CodeValue": "CTHEAD"}],
        "(0009,1001)": "private",
    }


@pytest.mark.parametrize(
    ("root", "service", "uid"),
    [
        ("study", "FIND", "1.2.840.10008.5.1.4.1.2.2.1"),
        ("study", "MOVE", "1.2.840.10008.5.1.4.1.2.2.2"),
        ("study", "GET", "1.2.840.10008.5.1.4.1.2.2.3"),
        ("patient", "FIND", "1.2.840.10008.5.1.4.1.2.1.1"),
        ("patient", "MOVE", "1.2.840.10008.5.1.4.1.2.1.2"),
        ("Patient", "GET", "1.2.840.10008.5.1.4.1.2.1.3"),
    ],
)
def test_the_model_of_root_and_service(root, service, uid):
    assert sop_class(root, service) == uid


def test_an_unknown_root_is_wrong_use():
    with pytest.raises(ConfigurationError, match="--root series is unknown"):
        sop_class("series", "FIND")


def test_a_uid_or_its_keyword():
    assert uid_of("syntax", "1.2.3") == "1.2.3"
    assert uid_of("sop-class", "CTImageStorage") == "1.2.840.10008.5.1.4.1.1.2"
    with pytest.raises(ConfigurationError, match="--syntax JPEG: no such UID"):
        uid_of("syntax", "JPEG")
