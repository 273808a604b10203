"""Names in place of names: replacements that are the same wherever the same secret is.

Every replacement is an HMAC-SHA256 of what it replaces under the secret. So it is the same in
every object, run and process, needs no table, and without the secret leads back to nothing: an
unkeyed hash could be undone by trying (PS3.15 §E.1.1, note 3 of step 1).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from functools import lru_cache

from filmroom.dicom.dictionary import uid_type
from filmroom.dicom.uid import is_valid_uid
from filmroom.errors import ConfigurationError

__all__ = ["MIN_SECRET", "Pseudonyms"]

MIN_SECRET = 16
"""Bytes that a secret must have at least."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # digits and capitals without I, L, O, U
_STANDARD_ROOT = "1.2.840.10008."
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Replacements under one secret; without one given, under one that is made up and forgotten.

    Raises :class:`ConfigurationError` for a secret that is too short.
    """

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET:
            raise ConfigurationError(
                f"a secret of {len(self.secret)} bytes could be guessed",
                setting="secret",
                hint=f"at least {MIN_SECRET} random bytes, as from `head -c 32 /dev/urandom`",
            )

    def uid(self, uid: str) -> str:
        """The UID in place of ``uid``: ``2.25.`` and 128 bits (PS3.5 §B.2).

        What the standard itself registers stays: SOP classes, transfer syntaxes, well-known
        frames of reference. So does the empty text.
        """
        if not uid or uid_type(uid) or (uid.startswith(_STANDARD_ROOT) and is_valid_uid(uid)):
            return uid
        return _uid(self.secret, uid)

    def identifier(self, kind: str, value: str) -> str:
        """16 characters in place of an identifier; ``kind`` keeps apart what only looks alike."""
        number = int.from_bytes(_digest(self.secret, kind, value)[:8], "big") >> 4
        letters = ""
        for _ in range(12):
            number, letter = divmod(number, len(_LETTERS))
            letters = _LETTERS[letter] + letters
        return f"ANON{letters}"

    def days(self, patient: str, within: int) -> int:
        """By how many days the dates of ``patient`` go back: 1 to ``within``."""
        return 1 + int.from_bytes(_digest(self.secret, "dates", patient)[:8], "big") % within


def _digest(secret: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(secret, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256")


@lru_cache(maxsize=_REMEMBERED)
def _uid(secret: bytes, uid: str) -> str:
    return f"2.25.{int.from_bytes(_digest(secret, 'uid', uid)[:16], 'big')}"
