"""The generated dictionary against the counts of PS3.6, PS3.7 Annex E and PS3.4 Annex B."""

from collections import Counter

import pytest

from filmroom.dicom import STORAGE_SOP_CLASSES, VR, is_valid_uid, lookup, uid_for
from filmroom.dicom._elements import ELEMENTS, REPEATING
from filmroom.dicom._uids import UIDS
from filmroom.dicom.dictionary import tag_for, uid_type

ELEMENTS_IN_THE_TABLE = 5180
OF_REPEATING_GROUPS = 88
RETIRED = 495
BY_VR = {
    "SQ": 1279, "CS": 812, "DS": 483, "US": 398, "LO": 362, "FD": 311, "FL": 292, "IS": 240,
    "SH": 134, "UI": 108, "ST": 101, "UL": 89, "LT": 64, "DT": 64, "DA": 61, "TM": 55, "UT": 44,
    "OB": 38, "PN": 32, "AT": 26, "US or SS": 25, "OW": 24, "AE": 19, "SS": 18, "UR": 16,
    "SL": 15, "OF": 15, "UC": 13, "OB or OW": 11, "OL": 7, "UV": 6, "OD": 6, "OV": 3, "": 3,
    "AS": 2, "US or SS or OW": 1, "US or OW": 1, "UN": 1, "SV": 1,
}  # fmt: skip
UIDS_BY_TYPE = {
    "SOP Class": 304, "Transfer Syntax": 59, "LDAP OID": 39, "Well-known frame of reference": 28,
    "Well-known SOP Instance": 19, "Coding Scheme": 15, "Meta SOP Class": 9, "Service Class": 3,
    "Application Hosting Model": 2, "Application Context Name": 1,
    "DICOM UIDs as a Coding Scheme": 1, "Mapping Resource": 1,
    "Synchronization Frame of Reference": 1,
}  # fmt: skip
RETIRED_UIDS = 75
STORAGE_CLASSES = 174


def rows():
    return [*ELEMENTS.values(), *(row for _, _, row in REPEATING)]


def test_elements():
    assert len(ELEMENTS) == ELEMENTS_IN_THE_TABLE - OF_REPEATING_GROUPS
    assert len(REPEATING) == OF_REPEATING_GROUPS
    assert Counter(row[1] for row in rows()) == BY_VR
    assert sum(row[4] for row in rows()) == RETIRED


@pytest.mark.parametrize(
    ("group", "count"),
    [(0x0000, 46), (0x0008, 265), (0x0010, 77), (0x0040, 328), (0x300A, 615)],
)
def test_elements_of_a_group(group, count):
    assert sum(tag >> 16 == group for tag in ELEMENTS) == count


def test_every_vr_is_one_of_the_34():
    codes = {vr.value for vr in VR}
    assert all(set(row[1].split(" or ")) <= codes for row in rows() if row[1])


def test_keywords_are_unique():
    keywords = Counter(row[0] for row in rows() if row[0])
    assert not [keyword for keyword, count in keywords.items() if count > 1]


def test_every_tag_is_found_and_every_keyword_leads_back():
    for tag, (keyword, _, _, _, retired) in ELEMENTS.items():
        entry = lookup(tag)
        assert (entry.tag, entry.keyword, entry.retired) == (tag, keyword, retired)
        assert not keyword or tag_for(keyword) == tag


def test_repeating_groups_have_masks_of_whole_digits():
    for mask, value, _ in REPEATING:
        digits = f"{mask:08X}"
        assert set(digits) <= {"0", "F"}
        assert value & mask == value


def test_uids():
    assert Counter(row[1] for row in UIDS.values()) == UIDS_BY_TYPE
    assert sum(row[3] for row in UIDS.values()) == RETIRED_UIDS
    assert all(is_valid_uid(uid) for uid in UIDS)
    assert all(not row[0] or uid_for(row[0]) == uid for uid, row in UIDS.items())


def test_storage_sop_classes():
    assert len(STORAGE_SOP_CLASSES) == STORAGE_CLASSES
    assert all(uid_type(uid) in ("SOP Class", "") for uid in STORAGE_SOP_CLASSES)
