"""Looking tags and UIDs up; private elements by their creator."""

import pytest

from filmroom.dicom import (
    VR,
    Entry,
    PrivateDictionary,
    lookup,
    tag_for,
    uid_for,
    uid_keyword,
    uid_name,
)
from filmroom.dicom.dictionary import NO_PRIVATE_DICTIONARY, uid_type


def test_an_element():
    entry = lookup(0x00100010)
    assert entry == Entry(0x00100010, "PatientName", (VR.PN,), "1", "Patient's Name")
    assert entry.single_valued
    assert not entry.retired
    assert not lookup(0x00080008).single_valued


@pytest.mark.parametrize(
    ("tag", "keyword"),
    [
        (0x60003000, "OverlayData"),
        (0x60023000, "OverlayData"),
        (0x601E3000, "OverlayData"),
        (0x60FE0010, "OverlayRows"),
        (0x50020005, "CurveDimensions"),
        (0x7F020010, "VariablePixelData"),
        (0x00203102, "SourceImageIDs"),
        (0x00280410, "RowsForNthOrderCoefficients"),
        (0x00280421, "ColumnsForNthOrderCoefficients"),
        (0x10001230, "EscapeTriplet"),
        (0x10101234, "ZonalMap"),
    ],
)
def test_repeating_groups(tag, keyword):
    entry = lookup(tag)
    assert (entry.tag, entry.keyword) == (tag, keyword)


@pytest.mark.parametrize("tag", [0x00080007, 0x60000003, 0x00091010, 0x00190001, 0x61003000])
def test_what_is_in_no_table(tag):
    assert lookup(tag) is None


@pytest.mark.parametrize("tag", [0x60013000, 0x50010005, 0x60FF3000])
def test_odd_groups_repeat_nothing(tag):
    """A private group is its creator's, also where the mask of a repeating group would fit."""
    assert lookup(tag) is None


@pytest.mark.parametrize(
    ("tag", "keyword", "vr"),
    [
        (0x00080000, "GenericGroupLength", VR.UL),
        (0x7FE00000, "GenericGroupLength", VR.UL),
        (0x00090000, "PrivateGroupLength", VR.UL),
        (0x00090010, "PrivateCreator", VR.LO),
        (0x7FE100FF, "PrivateCreator", VR.LO),
        (0x00020000, "FileMetaInformationGroupLength", VR.UL),
        (0x00000000, "CommandGroupLength", VR.UL),
    ],
)
def test_group_lengths_and_creators(tag, keyword, vr):
    entry = lookup(tag)
    assert (entry.keyword, entry.vrs) == (keyword, (vr,))


def test_several_vrs():
    assert lookup(0x7FE00010).vrs == (VR.OB, VR.OW)
    assert lookup(0x00280106).vrs == (VR.US, VR.SS)
    assert lookup(0x00283006).vrs == (VR.US, VR.OW)
    assert lookup(0x00281200).vrs == (VR.US, VR.SS, VR.OW)
    assert lookup(0xFFFEE000).vrs == ()


def test_keywords():
    assert tag_for("PixelData") == 0x7FE00010
    assert tag_for("NoSuchKeyword") is None
    assert tag_for("") is None


def test_uids():
    ct = "1.2.840.10008.5.1.4.1.1.2"
    assert uid_for("CTImageStorage") == ct
    assert uid_for("") is None
    assert (uid_keyword(ct), uid_name(ct), uid_type(ct)) == (
        "CTImageStorage",
        "CT Image Storage",
        "SOP Class",
    )
    assert (uid_keyword("1.2.3"), uid_name("1.2.3"), uid_type("1.2.3")) == ("", "1.2.3", "")


ACME = PrivateDictionary.of(
    "ACME 1.1", [(0x00290010, "Weight", VR.DS, "1"), (0x002900FF, "Frames", VR.SQ, "1")]
)
OTHER = PrivateDictionary.of("OTHER", [(0x00290010, "Name", VR.LO, "1-n")])


def test_private_elements_of_any_block():
    for block in (0x10, 0x11, 0xFF):
        assert ACME.lookup("ACME 1.1", 0x00290010 | block << 8).vrs == (VR.DS,)
    assert ACME.lookup("ACME 1.1", 0x002910FF).keyword == "Frames"


def test_private_elements_of_others():
    assert ACME.lookup("ACME 1.2", 0x00291010) is None
    assert ACME.lookup("ACME 1.1", 0x00311010) is None
    assert ACME.lookup("ACME 1.1", 0x00291011) is None
    assert NO_PRIVATE_DICTIONARY.lookup("ACME 1.1", 0x00291010) is None


def test_dictionaries_together():
    more = PrivateDictionary.of("ACME 1.1", [(0x00290010, "Mass", VR.FD, "1")])
    both = ACME | OTHER | more
    assert both.lookup("OTHER", 0x00291010).vm == "1-n"
    assert both.lookup("ACME 1.1", 0x00291010).keyword == "Mass"
    assert both.lookup("ACME 1.1", 0x002910FF).keyword == "Frames"
    assert ACME.lookup("ACME 1.1", 0x00291010).keyword == "Weight"
