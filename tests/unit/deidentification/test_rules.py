import re
from pathlib import Path

import pytest
from identifiable import ct_image

from filmroom.deidentification import Action, PixelRule, Region, Rules, load_rules
from filmroom.errors import ConfigurationError

EVERYTHING = """
[[pixels]]
manufacturer = "acme*"
model = "Sono 3?"
modality = "US"
rows = 768
columns = 1024
blank = [[0, 0, 1024, 60], [900, 60, 124, 20]]
outside_ultrasound_regions = true

[[pixels]]
modality = "OT"
blank = []

[private]
"ACME 1.1" = ["0029,xx10", "0029xx11"]

[descriptors]
words = ["Schädel"]

[actions]
SeriesDescription = "C"
"0008,0070" = "X"
"""


def load(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return load_rules(path)


def test_a_file_with_everything(tmp_path):
    rules = load(tmp_path, EVERYTHING)
    assert rules.pixels == (
        PixelRule(
            (Region(0, 0, 1024, 60), Region(900, 60, 124, 20)),
            True,
            "acme*",
            "Sono 3?",
            "US",
            768,
            1024,
        ),
        PixelRule(modality="OT"),
    )
    assert rules.private == {"ACME 1.1": {0x00290010, 0x00290011}}
    assert rules.words == {"schädel"}
    assert rules.actions == {0x0008103E: Action.C, 0x00080070: Action.X}


def test_an_empty_file_has_no_rules(tmp_path):
    rules = load(tmp_path, "")
    assert rules == Rules()


@pytest.mark.parametrize(
    ("attributes", "fits"),
    [
        ({}, True),
        ({"Manufacturer": "ACME Corp."}, True),
        ({"Manufacturer": "Other"}, False),
        ({"ManufacturerModelName": "sono 37"}, True),
        ({"ManufacturerModelName": "Sono 4"}, False),
        ({"Modality": "CT"}, False),
        ({"Rows": 767}, False),
        ({"Rows": None}, False),
    ],
)
def test_every_part_of_a_rule_must_fit(tmp_path, attributes, fits):
    rule = load(tmp_path, EVERYTHING).pixels[0]
    given = {
        "Manufacturer": "ACME", "ManufacturerModelName": "Sono 31", "Modality": "US",
        "Rows": 768, "Columns": 1024,
    }  # fmt: skip
    assert rule.fits(ct_image(**{**given, **attributes})) is fits


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[pixels]", "not valid TOML"),
        ("[[pixels]]\nblanks = []", "pixels.0.blanks"),
        ("[[pixels]]\nblank = [[1, 2, 3]]", "pixels.0.blank"),
        ("[[pixels]]\nblank = [[1, 2, 0, 3]]", "no region"),
        ("[[pixels]]\nrows = 0", "pixels.0.rows"),
        ('[private]\n"A" = ["0029,1010"]', "names no private attribute"),
        ('[actions]\nNoSuchThing = "X"', "NoSuchThing is no attribute"),
        ('[actions]\nPatientName = "Q"', "actions.PatientName"),
        ("[nonsense]", "nonsense"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, named):
    with pytest.raises(ConfigurationError, match=named) as raised:
        load(tmp_path, text)
    assert raised.value.setting


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="No such file"):
        load_rules(tmp_path / "missing.toml")


def test_the_example_of_the_how_to_can_be_loaded(tmp_path):
    page = (Path(__file__).parents[3] / "docs/how-to/deidentify.md").read_text()
    (example,) = re.findall(r"^```text\n(\[\[pixels\]\].*?)^```$", page, re.MULTILINE | re.DOTALL)
    rules = load(tmp_path, example)
    assert rules.pixels[0].regions == (Region(0, 0, 1024, 60),)
    assert rules.actions == {0x0008103E: Action.C}
