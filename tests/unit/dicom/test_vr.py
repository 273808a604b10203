"""A VR is its two letters. The rows of the table are in tests/protocol/test_vr_table.py."""

import pickle

import pytest

from filmroom.dicom import VR


def test_it_is_its_letters():
    assert VR.PN == "PN"
    assert str(VR.PN) == "PN"
    assert f"{VR.PN}" == "PN"
    assert hash(VR.PN) == hash("PN")
    assert {"PN": 1}[VR.PN] == 1
    assert VR("PN") is VR.PN


def test_it_stays_itself_when_pickled():
    assert pickle.loads(pickle.dumps(VR.OW)) is VR.OW


def test_what_is_no_vr():
    with pytest.raises(ValueError, match="XX"):
        VR("XX")


def test_facts_are_frozen():
    with pytest.raises(AttributeError):
        VR.PN.facts.item_size = 3
