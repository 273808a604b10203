import pytest

from filmroom.errors import InvalidValue
from filmroom.pixels.window import Window
from filmroom.pixels.window_presets import PRESETS, preset, presets_for


def test_every_preset_is_a_window_of_hounsfield_units():
    for name, row in PRESETS.items():
        assert row.name == name
        assert preset(name, "CT") == Window(row.centre, row.width, explanation=name)
        assert -1024 < row.centre < row.centre + row.width / 2 < 3071


@pytest.mark.parametrize(
    ("name", "centre", "width"),
    [
        ("soft-tissue", 40, 400),
        ("abdomen", 40, 350),
        ("liver", 80, 150),
        ("mediastinum", 50, 350),
        ("lung", -600, 1500),
        ("angiography", 300, 600),
        ("bone", 400, 1800),
        ("spine", 50, 250),
        ("brain", 40, 80),
        ("stroke", 32, 8),
        ("subdural", 75, 215),
        ("temporal-bone", 600, 2800),
    ],
)
def test_the_presets_row_by_row(name, centre, width):
    window = preset(name.upper().replace("-", "_"), "CT")
    assert (window.centre, window.width) == (centre, width)
    assert len(PRESETS) == 12


def test_presets_that_suit_the_body_part_come_first():
    assert [row.name for row in presets_for("CT", "chest")][:2] == ["mediastinum", "lung"]
    assert presets_for("CT", "C SPINE")[0].name == "bone"
    assert len(presets_for("CT")) == len(PRESETS)
    assert presets_for("MR", "HEAD") == ()


@pytest.mark.parametrize(("name", "modality"), [("lungs", "CT"), ("lung", "MR"), ("lung", "")])
def test_a_preset_that_does_not_fit_is_refused(name, modality):
    with pytest.raises(InvalidValue, match="preset"):
        preset(name, modality)
