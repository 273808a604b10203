"""UIDs (PS3.5 §9, Annex B) and the transfer syntaxes they name (PS3.5 §10, Annex A)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from filmroom.dicom._uids import UIDS
from filmroom.errors import InvalidTransferSyntax

__all__ = [
    "IMPLEMENTATION_CLASS_UID",
    "IMPLEMENTATION_VERSION_NAME",
    "TRANSFER_SYNTAXES",
    "DeflatedExplicitVRLittleEndian",
    "ExplicitVRBigEndian",
    "ExplicitVRLittleEndian",
    "ImplicitVRLittleEndian",
    "TransferSyntax",
    "generate_uid",
    "is_valid_uid",
    "transfer_syntax",
]

IMPLEMENTATION_CLASS_UID = "2.25.171936207213954264396034282446937046591"
"""Names this implementation in associations and files (PS3.7 §D.3.3.2)."""
IMPLEMENTATION_VERSION_NAME = "FILMROOM_0_1"

_VALID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")


def generate_uid() -> str:
    """A new UID from a random UUID (PS3.5 §B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def is_valid_uid(uid: str) -> bool:
    """Whether ``uid`` is 1 to 64 characters of dotted numbers without leading zeros."""
    return len(uid) <= 64 and _VALID.fullmatch(uid) is not None and uid.isascii()


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """How a data set is laid out in bytes."""

    uid: str
    name: str
    implicit_vr: bool = False
    little_endian: bool = True
    deflated: bool = False
    encapsulated: bool = False
    lossy: bool = False
    """Whether decoding may give other pixels than were encoded."""

    def same_layout(self, other: TransferSyntax) -> bool:
        """Whether data elements other than pixel data look alike in both, once inflated."""
        return self.implicit_vr == other.implicit_vr and self.little_endian == other.little_endian

    def __str__(self) -> str:
        return self.name


_PREFIX = "1.2.840.10008.1.2"
_IMPLICIT = {_PREFIX, "1.2.840.10008.1.20"}
_DEFLATED = {f"{_PREFIX}.1.99", f"{_PREFIX}.4.95", f"{_PREFIX}.4.205"}
_REFERENCED = {f"{_PREFIX}.4.94", f"{_PREFIX}.4.95", f"{_PREFIX}.4.204", f"{_PREFIX}.4.205"}
_LOSSLESS = {f"{_PREFIX}.4.{n}" for n in (57, 58, 65, 66, 70, 80, 90, 92, 110, 201, 202)} | {
    f"{_PREFIX}.5",
    f"{_PREFIX}.1.98",
}
_NOT_DATA_SETS = {f"{_PREFIX}.6.1", f"{_PREFIX}.6.2"}  # MIME and XML carry no data elements
_LATER = {
    f"{_PREFIX}.4.110": "JPEG XL Lossless",
    f"{_PREFIX}.4.111": "JPEG XL JPEG Recompression",
    f"{_PREFIX}.4.112": "JPEG XL",
}
"""Transfer syntaxes of later editions of PS3.6 Annex A than the tables that were at hand."""


def _table() -> dict[str, TransferSyntax]:
    table = {}
    known = {uid: name for uid, (_, kind, name, _) in UIDS.items() if kind == "Transfer Syntax"}
    for uid, name in (known | _LATER).items():
        if uid in _NOT_DATA_SETS:
            continue
        compressed = uid.startswith((f"{_PREFIX}.4.", f"{_PREFIX}.5")) and uid not in _REFERENCED
        encapsulated = compressed or uid == f"{_PREFIX}.1.98"
        table[uid] = TransferSyntax(
            uid=uid,
            name=name,
            implicit_vr=uid in _IMPLICIT,
            little_endian=uid != f"{_PREFIX}.2",
            deflated=uid in _DEFLATED,
            encapsulated=encapsulated,
            lossy=encapsulated and uid not in _LOSSLESS,
        )
    return table


TRANSFER_SYNTAXES: dict[str, TransferSyntax] = _table()
"""Every transfer syntax of PS3.6 Annex A that carries data elements, by UID."""

ImplicitVRLittleEndian = TRANSFER_SYNTAXES[_PREFIX]
ExplicitVRLittleEndian = TRANSFER_SYNTAXES[f"{_PREFIX}.1"]
DeflatedExplicitVRLittleEndian = TRANSFER_SYNTAXES[f"{_PREFIX}.1.99"]
ExplicitVRBigEndian = TRANSFER_SYNTAXES[f"{_PREFIX}.2"]


def transfer_syntax(uid: str) -> TransferSyntax:
    """The transfer syntax of ``uid``; raises :class:`InvalidTransferSyntax` for an unknown one."""
    try:
        return TRANSFER_SYNTAXES[uid]
    except KeyError:
        shown = uid if is_valid_uid(uid) else "what stands there"
        raise InvalidTransferSyntax(f"{shown} is no transfer syntax known here") from None
