import pytest
from identifiable import SECRET, ULTRASOUND, ct_image, deidentified, item, pixels

from filmroom.deidentification import (
    METHOD_CODES,
    Deidentifier,
    Option,
    PixelRule,
    Profile,
    Region,
    Rules,
)
from filmroom.errors import ConfigurationError, InvalidValue

CLEAN = Option.CLEAN_PIXEL_DATA
VISIBLE = Option.CLEAN_RECOGNIZABLE_VISUAL_FEATURES
TOP = Region(0, 0, 8, 2)


def ultrasound(**attributes):
    return ct_image(SOPClassUID=ULTRASOUND, Modality="US", **pixels(**attributes))


def run(data_set, *options, rules=None, **settings):
    profile = Profile.basic(*options, rules=rules)
    return Deidentifier(profile, secret=SECRET, **settings).apply(data_set)


# ---------------------------------------------------------------------- marks


def codes(data_set):
    return [code["CodeValue"] for code in data_set["DeidentificationMethodCodeSequence"]]


def test_the_marks_of_the_basic_profile():
    made = deidentified(ct_image())
    assert made["PatientIdentityRemoved"] == "YES"
    assert made["DeidentificationMethod"] == "FILMROOM_0_1 PS3.15 Annex E"
    assert made["LongitudinalTemporalInformationModified"] == "REMOVED"
    (code,) = made["DeidentificationMethodCodeSequence"]
    assert (code["CodeValue"], code["CodingSchemeDesignator"]) == ("113100", "DCM")
    assert code["CodeMeaning"] == "Basic Application Confidentiality Profile"
    assert "BurnedInAnnotation" not in made


@pytest.mark.parametrize("option", list(Option))
def test_every_option_has_its_code(option):
    made = deidentified(ct_image(), option)
    assert codes(made) == ["113100", METHOD_CODES[option][0]]


@pytest.mark.parametrize(
    ("option", "state"),
    [(Option.RETAIN_FULL_DATES, "UNMODIFIED"), (Option.RETAIN_MODIFIED_DATES, "MODIFIED")],
)
def test_what_became_of_dates_is_told(option, state):
    made = deidentified(ct_image(), option)
    assert made["LongitudinalTemporalInformationModified"] == state


def test_an_earlier_step_stays_told():
    earlier = item(CodeValue="X1", CodingSchemeDesignator="99X", CodeMeaning="By hand")
    given = ct_image(
        PatientIdentityRemoved="NO",
        DeidentificationMethod="By hand",
        DeidentificationMethodCodeSequence=(earlier,),
    )
    once = deidentified(given, Option.CLEAN_DESCRIPTORS)
    twice = deidentified(once, Option.CLEAN_DESCRIPTORS)
    assert twice["PatientIdentityRemoved"] == "YES"
    assert twice["DeidentificationMethod"] == ("By hand", "FILMROOM_0_1 PS3.15 Annex E")
    assert codes(twice) == ["X1", "113100", "113105"]


def test_dates_are_either_kept_or_modified():
    with pytest.raises(ConfigurationError, match="both kept and modified"):
        Profile.basic(Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES)


def test_dates_move_by_a_day_at_least():
    with pytest.raises(ConfigurationError) as raised:
        Profile(date_shift=0)
    assert raised.value.setting == "date_shift_days"


# ---------------------------------------------------------------------- burned in annotation


@pytest.mark.parametrize(
    "given",
    [
        ct_image(BurnedInAnnotation="YES", **pixels()),
        ultrasound(),
        ct_image(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", **pixels()),
        ct_image(Modality="OT", **pixels()),
        ct_image(ConversionType="WSD", **pixels()),
        ct_image(ImageType=("DERIVED", "SECONDARY", "SCREEN SAVE"), **pixels()),
    ],
)
def test_what_may_show_the_patient_is_refused_or_warned_of(given):
    with pytest.raises(InvalidValue, match="burned in annotation") as raised:
        run(given)
    assert raised.value.tag == 0x00280301
    result = run(given, burned_in="warn")
    assert len(result.warnings) == 1
    assert result.data_set.text("BurnedInAnnotation") == given.text("BurnedInAnnotation")


@pytest.mark.parametrize(
    "given",
    [
        ct_image(**pixels()),
        ultrasound(BurnedInAnnotation="NO"),
        ct_image(SOPClassUID=ULTRASOUND),
    ],
)
def test_what_has_none_or_no_pixels_passes(given):
    assert run(given).warnings == ()


def test_regions_of_the_caller_are_blanked():
    made = deidentified(ultrasound(), CLEAN, regions=(TOP,))
    raw = bytes(made.raw("PixelData"))
    assert raw == bytes(16) + b"\x55" * 48
    assert made["BurnedInAnnotation"] == "NO"
    assert "113101" in codes(made)


def test_the_option_alone_does_not_pass_what_nobody_cleaned():
    for burned_in in ("refuse", "warn"):
        with pytest.raises(InvalidValue, match="nothing tells where"):
            run(ultrasound(), CLEAN, burned_in=burned_in)


def test_the_option_passes_what_has_none():
    assert deidentified(ct_image(**pixels()), CLEAN)["BurnedInAnnotation"] == "NO"


def test_regions_do_nothing_without_the_option():
    result = run(ct_image(**pixels()), regions=(TOP,))
    assert result.regions == ()


def test_all_rules_that_fit_count():
    rules = Rules(
        pixels=(
            PixelRule((TOP,), modality="US"),
            PixelRule((Region(0, 7, 99, 9),), manufacturer="acme"),
            PixelRule((Region(3, 3, 1, 1),), modality="CT"),
        )
    )
    result = run(ultrasound(), CLEAN, rules=rules)
    assert result.regions == (TOP, Region(0, 7, 8, 1))


def test_a_rule_without_regions_says_that_there_are_none():
    rules = Rules(pixels=(PixelRule(modality="US"),))
    result = run(ultrasound(), CLEAN, rules=rules)
    assert result.regions == ()
    assert result.data_set["BurnedInAnnotation"] == "NO"


def corners(x0, y0, x1, y1):
    return item(
        RegionLocationMinX0=x0, RegionLocationMinY0=y0, RegionLocationMaxX1=x1,
        RegionLocationMaxY1=y1,
    )  # fmt: skip


def test_all_but_the_ultrasound_regions_is_blanked():
    given = ultrasound(SequenceOfUltrasoundRegions=(corners(2, 2, 5, 5),))
    made = deidentified(given, CLEAN, outside_ultrasound_regions=True)
    raw = bytes(made.raw("PixelData"))
    row = b"\0\0\x55\x55\x55\x55\0\0"
    assert raw == bytes(16) + row * 4 + bytes(16)


@pytest.mark.parametrize("where", ["caller", "rule"])
def test_without_ultrasound_regions_nothing_tells_where(where):
    rules = Rules(pixels=(PixelRule(outside_ultrasound_regions=True),)) if where == "rule" else None
    with pytest.raises(InvalidValue, match="nothing tells where"):
        run(ultrasound(), CLEAN, rules=rules, outside_ultrasound_regions=where == "caller")


# ---------------------------------------------------------------------- visible features


def test_recognizable_features_are_warned_of():
    result = run(ct_image(RecognizableVisualFeatures="YES", **pixels()))
    assert result.warnings == ("a person can be recognized in the pixels",)


def test_the_option_needs_to_know_where_they_are():
    with pytest.raises(InvalidValue, match="could be recognized"):
        run(ct_image(**pixels()), VISIBLE)
    made = deidentified(ct_image(**pixels()), VISIBLE, regions=(TOP,))
    assert made["RecognizableVisualFeatures"] == "NO"
    assert bytes(made.raw("PixelData")[:16]) == bytes(16)
    assert "113102" in codes(made)
    run(ct_image(RecognizableVisualFeatures="NO", **pixels()), VISIBLE)


def test_a_dry_run_blanks_nothing():
    profile = Profile.basic(CLEAN)
    result = Deidentifier(profile, secret=SECRET, regions=(TOP,)).apply(ultrasound(), pixels=False)
    assert result.regions == (TOP,)
    assert bytes(result.data_set.raw("PixelData")) == b"\x55" * 64
