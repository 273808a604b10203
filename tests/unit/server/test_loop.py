import resource

import pytest

from filmroom.server.loop import MAX_SURPLUS, Room, allow_open_files


@pytest.mark.parametrize("open_files", [32, 64, 200, 256, 1024, 4096, 65_536, 1 << 20, 1 << 30])
def test_associations_and_those_without_room_fit_into_the_open_files(open_files):
    room = Room.within(open_files)
    assert room.associations >= 1
    assert room.surplus <= MAX_SURPLUS
    assert 3 * room.associations + room.surplus < open_files
    more = Room.within(open_files + 1024)
    assert more.associations > room.associations


def test_room_for_what_is_common():
    assert Room.within(1024) == Room(associations=277, surplus=64)
    assert Room.within(1 << 20).associations > 100_000


def test_a_limit_that_is_none(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (-1, resource.RLIM_INFINITY))
    assert allow_open_files() > 1 << 20
