"""PS3.15 Table E.1-1: rows typed a second time, its totals, and the module as generated."""

import csv
import runpy
import sys
from collections import Counter
from pathlib import Path

import pytest

from filmroom.deidentification import METHOD_CODES, Action, Option, Profile
from filmroom.deidentification._actions import ACTIONS, PRIVATE, REPEATING
from filmroom.deidentification.beyond import ACTIONS_BEYOND
from filmroom.deidentification.options import PROFILE_CODE
from filmroom.deidentification.safe_private import SAFE_PRIVATE
from filmroom.deidentification.table import resolve, row_of
from filmroom.dicom import VR, lookup, tag_for

ROOT = Path(__file__).parents[2]
STANDARD = ROOT.parent / "shared" / "standard" / "deidentification.tsv"

DATES = {"retain-full-dates": "K", "retain-modified-dates": "C"}
DEVICE = {"retain-device-identity": "K"}
UIDS = {"retain-uids": "K"}
TEXT = {"clean-descriptors": "C"}
INSTITUTION = {"retain-institution-identity": "K"}
PATIENT = {"retain-patient-characteristics": "K"}

ROWS = [
    ("AccessionNumber", "Z", {}),
    ("AcquisitionContextSequence", "X/Z", {"clean-structured-content": "C"}),
    ("AcquisitionDate", "X/Z", DATES),
    ("AcquisitionDateTime", "X/Z/D", DATES),
    ("AcquisitionDeviceProcessingDescription", "X/D", TEXT),
    ("Allergies", "X", TEXT | {"retain-patient-characteristics": "C"}),
    ("AnnotationGroupUID", "D", UIDS),
    ("CalibrationDateTime", "Z", DATES | DEVICE),
    ("ClinicalTrialSiteName", "Z", INSTITUTION),
    ("ClinicalTrialSponsorName", "D", {}),
    ("ContentCreatorName", "Z/D", {}),
    ("ContentDate", "Z/D", DATES),
    ("ContentSequence", "D", {"clean-structured-content": "C"}),
    ("ContrastBolusAgent", "Z/D", TEXT),
    ("DataSetTrailingPadding", "X", {}),
    ("DeviceSerialNumber", "X/Z/D", DEVICE),
    ("DeviceUID", "U", UIDS | DEVICE),
    ("DigitalSignatureUID", "U", {}),
    ("DigitalSignaturesSequence", "X", {}),
    ("EncapsulatedDocument", "D", {}),
    ("EthnicGroup", "X", PATIENT),
    ("FrameOfReferenceUID", "U", UIDS),
    ("GraphicAnnotationSequence", "D", {"clean-graphics": "C"}),
    ("IconImageSequence", "X", {}),
    ("InstanceCreationTime", "X/Z/D", DATES),
    ("InstitutionName", "X/Z/D", INSTITUTION),
    ("IssuerOfPatientID", "X", {}),
    ("MediaStorageSOPInstanceUID", "U", UIDS),
    ("OperatorIdentificationSequence", "X/D", {}),
    ("OtherPatientIDs", "X", {}),
    ("PatientAge", "X", PATIENT),
    ("PatientBirthDate", "Z", {}),
    ("PatientID", "Z/D", {}),
    ("PatientName", "Z", {}),
    ("PatientSex", "Z", PATIENT),
    ("PatientSexNeutered", "X/Z", PATIENT),
    ("PatientWeight", "X", PATIENT),
    ("ReferencedImageSequence", "X/Z/U*", UIDS),
    ("ReferencedPatientSequence", "X", UIDS),
    ("ReferencedPerformedProcedureStepSequence", "X/Z/D", UIDS),
    ("ReferencedSOPInstanceUID", "U", UIDS),
    ("ReferencedStudySequence", "X/Z", UIDS),
    ("RequestAttributesSequence", "X", TEXT),
    ("RetrieveAETitle", "X", {"retain-device-identity": "C"}),
    ("SeriesDescription", "X", TEXT),
    ("SeriesInstanceUID", "U", UIDS),
    ("SOPInstanceUID", "U", UIDS),
    ("SourceImageSequence", "X/Z/U*", UIDS),
    ("SpecimenPreparationSequence", "Z", {"clean-structured-content": "C"}),
    ("StationName", "X/Z/D", DEVICE),
    ("StudyDate", "Z", DATES),
    ("StudyDescription", "X", TEXT),
    ("StudyID", "Z", {}),
    ("StudyInstanceUID", "U", UIDS),
    ("TimezoneOffsetFromUTC", "X", DATES),
    ("UID", "U", {}),
    ("VerifyingObserverSequence", "D", {}),
]


@pytest.mark.parametrize(("keyword", "action", "options"), ROWS)
def test_row(keyword, action, options):
    assert (ACTIONS[tag_for(keyword)][0], ACTIONS[tag_for(keyword)][2]) == (action, options)


@pytest.mark.parametrize(
    ("tag", "action"),
    [
        (0x50002500, "X"),
        (0x501E3000, "X"),
        (0x60003000, "X"),
        (0x60FE4000, "X"),
        (0x00091001, "X"),
        (0x00290010, "X"),
    ],
)
def test_repeating_groups_and_private_attributes(tag, action):
    assert row_of(tag)[0] == action


def test_totals():
    """617 single attributes, three rows of repeating groups, one of private attributes."""
    rows = [*ACTIONS.values(), *(row for _, _, row in REPEATING), PRIVATE]
    assert len(rows) == 621
    assert Counter(row[0] for row in rows) == {
        "X": 384, "D": 92, "U": 54, "Z": 42, "X/D": 22, "X/Z": 11, "X/Z/D": 8, "Z/D": 6,
        "X/Z/U*": 2,
    }  # fmt: skip
    assert Counter(f"{option} {action}" for row in rows for option, action in row[2].items()) == {
        "retain-full-dates K": 165,
        "retain-modified-dates C": 165,
        "clean-descriptors C": 125,
        "retain-uids K": 59,
        "retain-device-identity K": 46,
        "retain-device-identity C": 11,
        "retain-institution-identity K": 10,
        "retain-patient-characteristics K": 9,
        "retain-patient-characteristics C": 4,
        "clean-graphics C": 4,
        "clean-structured-content C": 3,
        "retain-safe-private C": 1,
    }


def test_every_attribute_is_in_the_dictionary():
    assert [hex(tag) for tag in ACTIONS | ACTIONS_BEYOND if lookup(tag) is None] == []


def test_what_goes_beyond_the_table_is_not_in_it():
    assert not ACTIONS.keys() & ACTIONS_BEYOND.keys()


@pytest.mark.parametrize(
    ("action", "by_type"),
    [
        ("Z/D", {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "Z", "": "D"}),
        ("X/Z", {"2": "Z", "2C": "Z", "3": "X", "": "Z"}),
        ("X/D", {"1": "D", "1C": "D", "3": "X", "": "D"}),
        ("X/Z/D", {"1": "D", "2": "Z", "3": "X", "": "D"}),
        ("X/Z/U*", {"1": "U", "2": "Z", "3": "X", "": "U"}),
        ("X", {"1": "X", "": "X"}),
    ],
)
def test_actions_that_depend_on_the_type(action, by_type):
    assert {kind: resolve(action, kind) for kind in by_type} == by_type


def test_codes_of_cid_7050():
    assert PROFILE_CODE[0] == "113100"
    assert [METHOD_CODES[option][0] for option in Option] == [
        str(code) for code in range(113101, 113113)
    ]
    assert all(len(meaning) <= 64 for _, meaning in METHOD_CODES.values())


def test_safe_private_attributes():
    assert sum(map(len, SAFE_PRIVATE.values())) == 130
    assert SAFE_PRIVATE["Philips PET Private Group"] == {0x70530000: VR.DS, 0x70530009: VR.DS}
    assert SAFE_PRIVATE["SIEMENS MR HEADER"][0x0019000C] is VR.IS
    assert SAFE_PRIVATE["GEMS_PARM_01"].keys() == {0x00430027, 0x00430039, 0x0043006F}
    assert len(SAFE_PRIVATE["NQLeft"]) == len(SAFE_PRIVATE["NQRight"]) == 22


@pytest.mark.parametrize("option", [None, *Option])
def test_every_row_gives_a_decision_under_every_option(option):
    profile = Profile.basic(*([option] if option else []))
    for tag, (basic, _, by_option) in ACTIONS.items():
        decision = profile.decision(tag)
        if option in by_option and decision.option is option:
            assert decision.action in (by_option[option], decision.base)
        else:
            assert decision.action == resolve(basic)
        assert decision.base in Action


@pytest.mark.skipif(not STANDARD.is_file(), reason="the standard's tables are not beside the tree")
def test_the_module_is_what_the_generator_makes(tmp_path, monkeypatch):
    generator = runpy.run_path(str(ROOT / "tools/generate_deidentification.py"))
    monkeypatch.setitem(generator["main"].__globals__, "TARGET", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate_deidentification.py", str(STANDARD.parent)])
    generator["main"]()
    committed = ROOT / "src/filmroom/deidentification/_actions.py"
    assert (tmp_path / "_actions.py").read_text() == committed.read_text()


@pytest.mark.skipif(not STANDARD.is_file(), reason="the standard's tables are not beside the tree")
def test_the_module_holds_every_row_of_the_standard():
    with STANDARD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    exact = [row for row in rows if set(row["id"]) <= set("0123456789abcdef")]
    assert {int(row["id"], 16): row["basicProfile"] for row in exact} == {
        tag: row[0] for tag, row in ACTIONS.items()
    }
    assert len(rows) == len(exact) + len(REPEATING) + 1
