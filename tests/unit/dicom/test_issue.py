"""Issues name what, which tag and where."""

from filmroom.dicom import Issue


def test_how_it_is_written():
    assert str(Issue(0x00100010, 5, "odd length")) == "odd length at (0010,0010) at byte 5"
    assert str(Issue(None, 5, "odd length")) == "odd length at byte 5"
    assert str(Issue(0x7FE00010, None, "odd length")) == "odd length at (7FE0,0010)"


def test_alike_are_equal():
    assert len({Issue(1, 2, "a"), Issue(1, 2, "a"), Issue(1, 3, "a")}) == 2
