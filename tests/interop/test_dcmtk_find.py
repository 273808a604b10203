"""DCMTK's findscu against a server with a few patients."""

import itertools

import pytest
from objects import ROOT
from processes import require, run
from pydicom import dcmread

_folders = itertools.count()


@pytest.fixture
def find(hospital, tmp_path):
    """Run findscu with keys; returns the responses as data sets."""

    def query(*keys, model="-S", options=()):
        folder = tmp_path / f"responses{next(_folders)}"
        folder.mkdir()
        arguments = [part for key in keys for part in ("-k", key)]
        done = run(
            *(require("findscu"), "-v", "-X", "-od", folder, model, *options),
            *("-aec", "FILMROOM", *hospital.server.address(), *arguments),
        )
        query.output = done.stdout + done.stderr
        return [dcmread(path) for path in sorted(folder.glob("rsp*.dcm"))]

    return query


def values(responses, keyword):
    return sorted(str(response[keyword].value) for response in responses)


def study(*keys):
    return ("QueryRetrieveLevel=STUDY", "StudyInstanceUID", *keys)


@pytest.mark.parametrize("model", ["-P", "-S"])
def test_the_study_level(find, model):
    extra = ("PatientID=P1",) if model == "-P" else ()
    found = find(*study("StudyDate", *extra), model=model)
    expected = {"20230101", "20230102"}
    if model == "-S":
        expected |= {"20230103", "20230104", "20240229"}
    assert set(values(found, "StudyDate")) == expected
    assert {response.QueryRetrieveLevel for response in found} == {"STUDY"}


def test_the_patient_level(find):
    keys = ("QueryRetrieveLevel=PATIENT", "PatientID", "PatientName", "PatientBirthDate")
    found = find(*keys, "NumberOfPatientRelatedStudies", model="-P")
    assert values(found, "PatientID") == ["P1", "P2", "P3", "P4"]
    numbers = {r.PatientID: int(r.NumberOfPatientRelatedStudies) for r in found}
    assert numbers == {"P1": 2, "P2": 1, "P3": 1, "P4": 1}


@pytest.mark.parametrize("model", ["-P", "-S"])
def test_the_series_level(find, model):
    keys = ["QueryRetrieveLevel=SERIES", f"StudyInstanceUID={ROOT}.1.1", "SeriesInstanceUID"]
    if model == "-P":
        keys.append("PatientID=P1")
    found = find(*keys, "SeriesNumber", "Modality", "NumberOfSeriesRelatedInstances", model=model)
    assert values(found, "SeriesInstanceUID") == [f"{ROOT}.1.1.1", f"{ROOT}.1.1.2"]
    numbers = {int(r.SeriesNumber): int(r.NumberOfSeriesRelatedInstances) for r in found}
    assert numbers == {1: 3, 2: 2}


@pytest.mark.parametrize("model", ["-P", "-S"])
def test_the_image_level(find, model):
    keys = [
        *("QueryRetrieveLevel=IMAGE", f"StudyInstanceUID={ROOT}.1.1"),
        *(f"SeriesInstanceUID={ROOT}.1.1.1", "SOPInstanceUID", "InstanceNumber", "SOPClassUID"),
    ]
    if model == "-P":
        keys.append("PatientID=P1")
    found = find(*keys, model=model)
    assert values(found, "InstanceNumber") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("key", "patients"),
    [
        ("PatientName=Smith*", ["P2", "P3"]),
        ("PatientName=smith*", ["P2", "P3"]),
        ("PatientName=SMITH^ANNA", ["P2"]),
        ("PatientName=*bob", ["P3"]),
        ("PatientName=Sm?th^Anna", ["P2"]),
        ("PatientName=Smith", []),
        ("PatientID=P2", ["P2"]),
        ("PatientID=p2", []),
        ("PatientID=P?", ["P1", "P1", "P2", "P3", "P4"]),
        ("PatientName=muller*", ["P1", "P1"]),
        ("StudyDate=20230102-20230103", ["P1", "P2"]),
        ("StudyDate=20230103-", ["P2", "P3", "P4"]),
        ("StudyDate=-20230101", ["P1"]),
        ("StudyDate=20240229", ["P4"]),
        ("StudyTime=1030-1130", ["P1", "P2"]),
        (f"StudyInstanceUID={ROOT}.1.2\\{ROOT}.4.5", ["P1", "P4"]),
        ("AccessionNumber=A12", ["P1"]),
        ("ModalitiesInStudy=MR", ["P1"]),
        ("StudyDescription=*3", ["P2"]),
        ("ReferringPhysicianName=referrer*", ["P1", "P1", "P2", "P3", "P4"]),
        ("ProcedureCodeSequence[0].CodeValue=CTHEAD", ["P2"]),
        ("ProcedureCodeSequence[0].CodeValue=NONE", []),
    ],
)
def test_matching(find, key, patients):
    keys = ["QueryRetrieveLevel=STUDY", "PatientID", key]
    if not key.startswith("StudyInstanceUID"):
        keys.append("StudyInstanceUID")
    if key.startswith("PatientID"):
        keys.remove("PatientID")
    assert values(find(*keys), "PatientID") == patients


def test_a_name_in_another_character_set(find):
    found = find(*study("SpecificCharacterSet=ISO_IR 192", "PatientName=*山田*"))
    assert [str(response.PatientName) for response in found] == [
        "Yamada^Tarou=山田^太郎=やまだ^たろう"
    ]


def test_names_come_back_with_the_character_set_they_need(find):
    found = find(*study("PatientName", "PatientID=P1"))
    assert {str(response.PatientName) for response in found} == {"Müller^Jörg"}


def test_sequence_matching_at_the_series_level(find):
    keys = ("QueryRetrieveLevel=SERIES", f"StudyInstanceUID={ROOT}.2.3", "SeriesInstanceUID")
    path = "RequestAttributesSequence[0].ScheduledProcedureStepID"
    assert len(find(*keys, f"{path}=SPS3")) == 1
    assert find(*keys, f"{path}=SPS4") == []


def test_counts_and_modalities(find):
    keys = ("NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances", "ModalitiesInStudy")
    (found,) = find("QueryRetrieveLevel=STUDY", f"StudyInstanceUID={ROOT}.1.1", *keys)
    assert (found.NumberOfStudyRelatedSeries, found.NumberOfStudyRelatedInstances) == (2, 5)
    assert found.ModalitiesInStudy == "CT"


def test_a_missing_upper_key_is_an_identifier_that_does_not_match(find):
    assert find("QueryRetrieveLevel=SERIES", "SeriesInstanceUID") == []
    assert "DataSetDoesNotMatchSOPClass" in find.output


def test_cancel(find):
    found = find(*study("PatientID"), options=("--cancel", "1"))
    assert 1 <= len(found) <= 5
    assert "Cancel" in find.output
