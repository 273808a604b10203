"""What is to be done: the profile, its options, and the rules of the house (PS3.15 §E.2, §E.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from filmroom.deidentification.descriptors import Descriptors
from filmroom.deidentification.options import Option
from filmroom.deidentification.private import SafePrivate
from filmroom.deidentification.rules import Rules
from filmroom.deidentification.table import Action, Decision, decide
from filmroom.errors import ConfigurationError

__all__ = ["Profile"]

_DEFAULT_SHIFT = 3650


@dataclass(frozen=True, slots=True)
class Profile:
    """The Basic Application Level Confidentiality Profile with ``options``.

    ``date_shift`` is by how many days at most dates go back with modified dates. ``rules`` are
    the user's own: pixels by device, safe private attributes, words, actions. Raises
    :class:`ConfigurationError` for options that exclude each other.
    """

    options: frozenset[Option] = frozenset()
    rules: Rules = field(default_factory=Rules)
    date_shift: int = _DEFAULT_SHIFT

    def __post_init__(self) -> None:
        if {Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES} <= self.options:
            raise ConfigurationError(
                "dates cannot be both kept and modified",
                setting="option",
                hint=f"take either {Option.RETAIN_FULL_DATES} or {Option.RETAIN_MODIFIED_DATES}",
            )
        if self.date_shift < 1:
            raise ConfigurationError("dates move by one day at least", setting="date_shift_days")

    @classmethod
    def basic(cls, *options: Option, rules: Rules | None = None) -> Profile:
        """The profile with some options."""
        return cls(frozenset(options), Rules() if rules is None else rules)

    def decision(self, tag: int, attribute_type: str = "") -> Decision | None:
        """What to do with ``tag``; None says that it is kept as it is."""
        action = self.rules.actions.get(tag)
        if action is not None:
            return Decision(action, None, Action.X if action in (Action.C, Action.K) else action)
        return decide(tag, self.options, attribute_type)

    @property
    def descriptors(self) -> Descriptors:
        """How descriptions are cleaned."""
        return Descriptors(self.rules.words)

    @property
    def safe_private(self) -> SafePrivate:
        """The private attributes that may stay whatever the object is."""
        return SafePrivate(self.rules.private, bulk=Option.CLEAN_PIXEL_DATA not in self.options)

    def sorted_options(self) -> Iterable[Option]:
        """The options in the order of the standard."""
        return (option for option in Option if option in self.options)
