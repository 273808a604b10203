"""Transfer syntaxes as people name them on the command line."""

from __future__ import annotations

from filmroom.dicom import TRANSFER_SYNTAXES, TransferSyntax, uid_for
from filmroom.errors import ConfigurationError

__all__ = ["SHORT_NAMES", "syntax_named"]

SHORT_NAMES: dict[str, str] = {
    "implicit": "ImplicitVRLittleEndian",
    "explicit": "ExplicitVRLittleEndian",
    "big-endian": "ExplicitVRBigEndian",
    "deflated": "DeflatedExplicitVRLittleEndian",
    "rle": "RLELossless",
    "jpeg": "JPEGBaseline8Bit",
    "jpeg-12": "JPEGExtended12Bit",
    "jpeg-lossless": "JPEGLosslessSV1",
    "jpeg-ls": "JPEGLSLossless",
    "jpeg-ls-lossy": "JPEGLSNearLossless",
    "jpeg-2000": "JPEG2000Lossless",
    "jpeg-2000-lossy": "JPEG2000",
    "htj2k": "HTJ2KLossless",
    "htj2k-rpcl": "HTJ2KLosslessRPCL",
    "htj2k-lossy": "HTJ2K",
    "jpeg-xl": "1.2.840.10008.1.2.4.110",
    "jpeg-xl-lossy": "1.2.840.10008.1.2.4.112",
}
"""Keywords or UIDs of PS3.6 Annex A by the names that are easier to type."""


def syntax_named(text: str) -> TransferSyntax:
    """The transfer syntax that ``text`` is the UID, the keyword or a short name of.

    Raises ConfigurationError where it is none.
    """
    name = SHORT_NAMES.get(text.lower(), text)
    syntax = TRANSFER_SYNTAXES.get(uid_for(name) or name)
    if syntax is None:
        raise ConfigurationError(
            f"--syntax {text}: no such transfer syntax",
            setting="syntax",
            hint=f"a UID, a keyword of PS3.6, or one of {', '.join(SHORT_NAMES)}",
        )
    return syntax
