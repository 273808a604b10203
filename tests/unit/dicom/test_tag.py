"""Tags from numbers, keywords and text."""

import pickle

import pytest

from filmroom.dicom import Tag
from filmroom.dicom.tag import as_tag
from filmroom.errors import InvalidValue


@pytest.mark.parametrize(
    "text",
    ["PatientName", "00100010", "0010,0010", "(0010,0010)", "(0010, 0010)", " 0010 0010 "],
)
def test_what_names_a_tag(text):
    assert Tag.parse(text) == 0x00100010


def test_hexadecimal_digits_in_either_case():
    assert Tag.parse("7fe0,0010") == Tag.parse("7FE00010") == 0x7FE00010


@pytest.mark.parametrize(
    "text", ["", "PatientNames", "0010001", "001000100", "0010;0010", "00g00010", "-0010010"]
)
def test_what_names_none(text):
    with pytest.raises(InvalidValue) as caught:
        Tag.parse(text)
    assert caught.value.message == "neither a keyword of PS3.6 nor a tag"


def test_parts():
    tag = Tag(0x00091002)
    assert (tag.group, tag.element) == (0x0009, 0x1002)
    assert Tag.of(0x0009, 0x1002) == tag
    assert isinstance(Tag.of(0, 0), Tag)


@pytest.mark.parametrize(("group", "element"), [(0x10000, 0), (0, 0x10000), (-1, 0), (0, -1)])
def test_numbers_beyond_16_bits(group, element):
    with pytest.raises(InvalidValue):
        Tag.of(group, element)


@pytest.mark.parametrize(
    ("tag", "private", "creator"),
    [
        (0x00100010, False, False),
        (0x00090010, True, True),
        (0x000900FF, True, True),
        (0x0009000F, True, False),
        (0x00090100, True, False),
        (0x00091001, True, False),
        (0x00090000, True, False),
    ],
)
def test_private_tags(tag, private, creator):
    assert Tag(tag).is_private is private
    assert Tag(tag).is_private_creator is creator


def test_how_it_is_written():
    assert str(Tag(0x7FE00010)) == "(7FE0,0010)"
    assert f"{Tag(0x00080005)}" == "(0008,0005)"
    assert repr(Tag(0x00080005)) == "Tag(0x00080005)"


def test_a_tag_is_its_number():
    assert {0x00100010: "here"}[Tag(0x00100010)] == "here"
    assert pickle.loads(pickle.dumps(Tag(5))) == 5
    assert sorted([Tag(2), 1, Tag(3)]) == [1, 2, 3]


def test_keys_of_a_data_set():
    assert as_tag(0x00100010) == as_tag("PatientName") == as_tag("0010,0010") == 0x00100010
    with pytest.raises(InvalidValue):
        as_tag("NoSuchKeyword")
