import pytest

from filmroom.deidentification import Action, Option, Profile, Rules
from filmroom.deidentification.beyond import KINDS, NEVER_SHIFTED
from filmroom.deidentification.table import decide, row_of
from filmroom.dicom import lookup, tag_for

NONE = frozenset()


def action(keyword, *options, kind=""):
    decision = decide(tag_for(keyword), frozenset(options), kind)
    return decision and decision.action


@pytest.mark.parametrize(
    ("keyword", "options", "expected"),
    [
        ("StudyDate", (), "Z"),
        ("StudyDate", (Option.RETAIN_FULL_DATES,), "K"),
        ("StudyDate", (Option.RETAIN_MODIFIED_DATES,), "C"),
        ("StudyDate", (Option.RETAIN_UIDS,), "Z"),
        ("StudyDescription", (Option.CLEAN_DESCRIPTORS,), "C"),
        ("DeviceUID", (Option.RETAIN_DEVICE_IDENTITY,), "K"),
        ("DeviceUID", (Option.RETAIN_UIDS,), "K"),
        ("DigitalSignatureUID", (Option.RETAIN_UIDS,), "U"),
        ("PatientBirthDate", tuple(Option), "Z"),
        ("Modality", (), None),
        ("PixelData", (), None),
    ],
)
def test_an_option_goes_before_the_profile(keyword, options, expected):
    assert action(keyword, *options) == expected


def test_cleaning_goes_before_keeping():
    options = Option.CLEAN_DESCRIPTORS, Option.RETAIN_PATIENT_CHARACTERISTICS
    assert action("Allergies", *options) is Action.C
    both = Option.RETAIN_MODIFIED_DATES, Option.RETAIN_DEVICE_IDENTITY
    assert action("BeamHoldTransitionDateTime", *both) is Action.C


def test_what_is_never_shifted_gets_the_action_of_the_profile():
    for tag in NEVER_SHIFTED:
        decision = decide(tag, frozenset({Option.RETAIN_MODIFIED_DATES}))
        assert decision.action is decision.base
        assert decide(tag, frozenset({Option.RETAIN_FULL_DATES})).action is Action.K


def test_the_base_is_what_the_profile_alone_does():
    decision = decide(tag_for("ContentDate"), frozenset({Option.RETAIN_FULL_DATES}), "2C")
    assert (decision.action, decision.base) == (Action.K, Action.Z)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (0x00142006, "Z/D"),  # Evaluator Name: a name that neither table lists
        (0x00143076, "X/Z/D"),  # Date of Gain Calibration
        (0x00081167, "U"),  # Multi-frame Source SOP Instance UID
        (0x00081190, "X"),  # Retrieve URL
        (0x00081111 | 0x00010000, "X"),  # private
        (0x00080FFF, "X"),  # nobody knows it
        (0x00020016, "X"),  # belongs into the file meta information
    ],
)
def test_attributes_that_neither_table_lists(tag, expected):
    assert row_of(tag)[0] == expected


def test_kinds_of_things_stay():
    assert all(row_of(tag) is None and lookup(tag) for tag in KINDS)


def test_actions_of_the_house():
    tag = tag_for("StudyDescription")
    keeping = Profile.basic(rules=Rules(actions={tag: Action.K})).decision(tag)
    assert (keeping.action, keeping.base) == (Action.K, Action.X)
    emptying = Profile.basic(rules=Rules(actions={tag: Action.Z})).decision(tag)
    assert (emptying.action, emptying.base) == (Action.Z, Action.Z)
