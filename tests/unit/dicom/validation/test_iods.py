import runpy
import sys
from pathlib import Path

import pytest

from filmroom.dicom.dictionary import STORAGE_SOP_CLASSES, uid_for
from filmroom.dicom.validation._iods import IODS, SOP_CLASSES
from filmroom.dicom.validation.functional_groups import FUNCTIONAL_GROUPS
from filmroom.dicom.validation.iods import CONDITIONS, SECTIONS, iod_of
from filmroom.dicom.validation.modules import MODULES

ROOT = Path(__file__).parents[4]
STANDARD = ROOT.parent / "shared" / "standard"


@pytest.mark.skipif(not STANDARD.is_dir(), reason="the standard's tables are not beside the tree")
def test_the_iods_are_what_the_generator_makes(tmp_path, monkeypatch):
    generator = runpy.run_path(str(ROOT / "tools/generate_iods.py"))
    monkeypatch.setitem(generator["main"].__globals__, "TARGET", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate_iods.py", str(STANDARD)])
    generator["main"]()
    committed = ROOT / "src/filmroom/dicom/validation/_iods.py"
    assert (tmp_path / "_iods.py").read_text() == committed.read_text()


def test_every_storage_sop_class_has_its_iod():
    assert set(SOP_CLASSES) == set(STORAGE_SOP_CLASSES)
    assert len(IODS) >= 160


@pytest.mark.parametrize(
    ("keyword", "short", "name"),
    [
        ("CTImageStorage", "ct-image", "CT Image"),
        ("DigitalXRayImageStorageForProcessing", "digital-x-ray-image", "Digital X-Ray Image"),
        ("EncapsulatedPDFStorage", "encapsulated-pdf", "Encapsulated PDF"),
        ("ColorPaletteStorage", "color-palette", "Color Palette"),
    ],
)
def test_the_iod_of_a_sop_class(keyword, short, name):
    iod = iod_of(uid_for(keyword))
    assert (iod.short, iod.name) == (short, name)


def test_no_iod_for_what_is_no_storage_sop_class():
    assert iod_of("1.2.840.10008.1.1") is iod_of("") is None


@pytest.mark.parametrize("short", SECTIONS)
def test_every_mandatory_module_of_the_main_iods_is_a_table(short):
    missing = [name for name, usage in IODS[short] if usage == "M" and name not in MODULES]
    assert [name for name in missing if not name.endswith("functional-groups")] == []


def test_conditions_and_groups_are_of_iods_and_modules_that_there_are():
    for short, module in CONDITIONS:
        assert (module, "C") in IODS[short]
    assert set(FUNCTIONAL_GROUPS) <= set(IODS)


def test_the_section_of_an_iod_is_in_its_clause():
    assert iod_of(uid_for("CTImageStorage")).clause == "PS3.3 §A.3.3"
    assert iod_of(uid_for("SegmentationStorage")).clause == "PS3.3 §A"
