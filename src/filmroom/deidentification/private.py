"""Private attributes that may stay: those known to be safe (PS3.15 §E.3.10).

Known from Table E.3.10-1, from the user, or from what the object says of its own private blocks
in Private Data Element Characteristics Sequence (PS3.3 §C.12.1.1.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from filmroom.deidentification.safe_private import SAFE_PRIVATE
from filmroom.deidentification.table import Action
from filmroom.dicom import VR, DataSet
from filmroom.errors import ConfigurationError

__all__ = ["CHARACTERISTICS", "PrivateAction", "SafePrivate", "block_key", "parse_private_tag"]

CHARACTERISTICS = 0x00080300
"""Private Data Element Characteristics Sequence."""

_GROUP = 0x00080301
_CREATOR = 0x00080302
_STATUS = 0x00080303
_NONIDENTIFYING = 0x00080304
_ACTIONS = 0x00080305
_IDENTIFYING = 0x00080306
_ACTION = 0x00080307

_BULK = frozenset({VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.SQ, VR.UN})
_RECOMMENDED = {"D": Action.D, "Z": Action.Z, "U": Action.U}


@dataclass(frozen=True, slots=True)
class PrivateAction:
    """What happens to one private attribute, and its VR where the table knows it."""

    action: Action
    vr: VR | None = None


_REMOVE = PrivateAction(Action.X)


@dataclass(frozen=True, slots=True)
class SafePrivate:
    """Safe private attributes of one data set, by creator and ``0xGGGG00EE``.

    ``added`` are the user's; ``declared`` what the object says itself: actions by creator and
    attribute, 0xGGGG0000 for a whole block. Without ``bulk`` nothing is kept that may hold
    another copy of the pixels.
    """

    added: Mapping[str, frozenset[int]] = field(default_factory=dict)
    declared: Mapping[tuple[str, int], Action] = field(default_factory=dict)
    bulk: bool = True

    def of(self, creator: str, tag: int) -> PrivateAction:
        """What happens to ``tag`` in a block that ``creator`` reserved."""
        key = tag & 0xFFFF00FF
        if key in self.added.get(creator, ()):
            return PrivateAction(Action.K)
        vr = SAFE_PRIVATE.get(creator, {}).get(key)
        if vr is not None:
            if vr in _BULK and not self.bulk:
                return _REMOVE
            return PrivateAction(Action.U if vr is VR.UI else Action.K, vr)
        action = self.declared.get((creator, key)) or self.declared.get((creator, key & 0xFFFF0000))
        return _REMOVE if action is None else PrivateAction(action)

    def with_declared(self, data_set: DataSet) -> SafePrivate:
        """These, and what ``data_set`` declares of its own private blocks."""
        declared = dict(_declared(data_set.sequence(CHARACTERISTICS)))
        return SafePrivate(self.added, declared, self.bulk) if declared else self


def _declared(items: Iterable[DataSet]) -> Iterable[tuple[tuple[str, int], Action]]:
    for item in items:
        groups, creator = item.values_of(_GROUP), item.text(_CREATOR)
        if not groups or not creator or not isinstance(groups[0], int):
            continue
        group = groups[0] << 16
        if item.text(_STATUS) == "SAFE":
            yield (creator, group), Action.K
        for element in _numbers(item, _NONIDENTIFYING):
            yield (creator, group | element), Action.K
        for recommended in item.sequence(_ACTIONS):
            action = _RECOMMENDED.get(recommended.text(_ACTION), Action.X)
            for element in _numbers(recommended, _IDENTIFYING):
                yield (creator, group | element), action


def _numbers(item: DataSet, tag: int) -> Iterable[int]:
    return (value & 0xFF for value in item.values_of(tag) if isinstance(value, int))


def block_key(tag: int) -> int:
    """The tag of the private creator that reserves the block of ``tag`` (PS3.5 §7.8.1)."""
    return tag & 0xFFFF0000 | (tag >> 8 & 0xFF)


def parse_private_tag(text: str) -> int:
    """``GGGG,xxEE`` or ``GGGGxxEE`` as 0xGGGG00EE; raises :class:`ConfigurationError`."""
    plain = text.strip().strip("()").replace(",", "").lower()
    try:
        if len(plain) != 8 or plain[4:6] != "xx":
            raise ValueError
        group, element = int(plain[:4], 16), int(plain[6:], 16)
        if not group & 1:
            raise ValueError
    except ValueError:
        raise ConfigurationError(
            f"{text} names no private attribute",
            setting="private",
            hint="write it like 0029,xx10, with an odd group and xx for the block",
        ) from None
    return group << 16 | element
