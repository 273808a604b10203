"""Everything that can go wrong, as one tree, with its codes and what each becomes for a peer.

::

    FilmroomError
    ├── DataError                   -800…-819  bytes that are not the DICOM they claim to be
    │   ├── InvalidDicomFile        -800
    │   ├── InvalidVR               -801
    │   ├── MissingRequiredTag      -802
    │   ├── InvalidTransferSyntax   -803
    │   ├── TruncatedData           -804
    │   ├── LengthOutOfBounds       -805
    │   ├── NestingTooDeep          -806
    │   ├── InvalidValue            -807
    │   ├── InvalidUID              -808
    │   └── InvalidCharacterSet     -809
    ├── ConfigurationError          -819       a setting that cannot work
    ├── AssociationError            -820…-839
    │   ├── AssociationRejected     -820
    │   ├── AssociationAborted      -821
    │   ├── NoPresentationContext   -822
    │   ├── RemoteProtocolError     -823       the peer broke the protocol; carries the abort
    │   ├── LocalProtocolError      -824       we did: a bug of ours, or a wrong call
    │   ├── AssociationTimeout      -825
    │   └── ConnectionFailed        -826
    ├── DimseError                  -840…-859
    │   ├── DimseFailure            -840       a response with a failure status
    │   ├── DimseTimeout            -841
    │   ├── InvalidDimseResponse    -842
    │   ├── OperationCancelled      -843
    │   └── UnknownDestination      -844
    ├── ArchiveError                -860…-879
    │   ├── StorageFailed           -860
    │   ├── DuplicateSopInstance    -861
    │   ├── InvalidSopClass         -862
    │   ├── OutOfResources          -863
    │   ├── IdentityMismatch        -864       command and data set disagree about the instance
    │   ├── ObjectNotFound          -865
    │   ├── ObjectDamaged           -866
    │   ├── ArchiveInUse            -867
    │   └── IndexOwnerLost          -868       whether a row was committed is not known
    └── QueryError                  -880…-899
        ├── QueryFailed             -880
        ├── NoMatchesFound          -881
        ├── TooManyMatches          -882
        └── InvalidIdentifier       -883

Two tables turn an error into an answer: :data:`DIMSE_STATUS` (PS3.7 Annex C, PS3.4 Annexes B and C)
and :data:`HTTP_STATUS`. A test holds both against the tree. Bytes from a peer can raise only
:class:`DataError` and :class:`RemoteProtocolError`: that sentence is what the fuzz targets check.

No message carries patient data: tags, lengths, offsets and UIDs only.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "DIMSE_STATUS",
    "HTTP_STATUS",
    "ArchiveError",
    "ArchiveInUse",
    "AssociationAborted",
    "AssociationError",
    "AssociationRejected",
    "AssociationTimeout",
    "ConfigurationError",
    "ConnectionFailed",
    "DataError",
    "DimseError",
    "DimseFailure",
    "DimseTimeout",
    "DuplicateSopInstance",
    "FilmroomError",
    "IdentityMismatch",
    "IndexOwnerLost",
    "InvalidCharacterSet",
    "InvalidDicomFile",
    "InvalidDimseResponse",
    "InvalidIdentifier",
    "InvalidSopClass",
    "InvalidTransferSyntax",
    "InvalidUID",
    "InvalidVR",
    "InvalidValue",
    "LengthOutOfBounds",
    "LocalProtocolError",
    "MissingRequiredTag",
    "NestingTooDeep",
    "NoMatchesFound",
    "NoPresentationContext",
    "ObjectDamaged",
    "ObjectNotFound",
    "OperationCancelled",
    "OutOfResources",
    "QueryError",
    "QueryFailed",
    "RemoteProtocolError",
    "StorageFailed",
    "TooManyMatches",
    "TruncatedData",
    "UnknownDestination",
    "dimse_status",
    "http_status",
]


class FilmroomError(Exception):
    """The root: ``message`` says what happened, ``hint`` what the reader can do about it."""

    code: ClassVar[int] = -899

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Code, message and hint on one line."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"[{self.code}] {self.message}{self._where()}{hint}"

    def _where(self) -> str:
        return ""


class DataError(FilmroomError):
    """Bytes that are not the DICOM they claim to be; ``tag`` and ``offset`` say where."""

    code = -800

    def __init__(
        self, message: str, *, tag: int | None = None, offset: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.tag = tag
        self.offset = offset

    def _where(self) -> str:
        tag = "" if self.tag is None else f" at ({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})"
        offset = "" if self.offset is None else f" at byte {self.offset}"
        return tag + offset


class InvalidDicomFile(DataError):
    """Not a DICOM Part 10 file, and not a bare data set either (PS3.10 §7)."""

    code = -800


class InvalidVR(DataError):
    """Two bytes stand where a VR must, and name none (PS3.5 §6.2)."""

    code = -801


class MissingRequiredTag(DataError):
    """An attribute is absent without which the object cannot be used."""

    code = -802


class InvalidTransferSyntax(DataError):
    """A transfer syntax that is unknown, or unfit for what is asked (PS3.5 §10)."""

    code = -803


class TruncatedData(DataError):
    """The bytes end in the middle of an element."""

    code = -804


class LengthOutOfBounds(DataError):
    """A declared length exceeds what is left, or what is allowed, before memory is taken for it."""

    code = -805


class NestingTooDeep(DataError):
    """Sequences inside sequences beyond the bound."""

    code = -806


class InvalidValue(DataError):
    """A value that its VR does not allow (PS3.5 §6.2)."""

    code = -807


class InvalidUID(DataError):
    """Not a UID: other characters than digits and dots, or over 64 of them (PS3.5 §9.1)."""

    code = -808


class InvalidCharacterSet(DataError):
    """Specific Character Set names no defined term (PS3.3 §C.12.1.1.2)."""

    code = -809


class ConfigurationError(FilmroomError):
    """A setting that cannot work; ``setting`` is its documented name."""

    code = -819

    def __init__(self, message: str, *, setting: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.setting = setting


class AssociationError(FilmroomError):
    """An association could not be made, or did not last."""

    code = -820


class AssociationRejected(AssociationError):
    """A-ASSOCIATE-RJ: result, source and reason are PS3.8 Table 9-21's numbers."""

    code = -820

    def __init__(
        self, message: str, *, result: int, source: int, reason: int, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.result = result
        self.source = source
        self.reason = reason


class AssociationAborted(AssociationError):
    """A-ABORT from the peer, or the connection was lost; numbers of PS3.8 Table 9-26."""

    code = -821

    def __init__(self, message: str, *, source: int = 0, reason: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.reason = reason


class NoPresentationContext(AssociationError):
    """No accepted presentation context carries the SOP class and transfer syntax needed."""

    code = -822


class RemoteProtocolError(AssociationError):
    """The peer broke the protocol; ``reason`` is the A-ABORT reason to answer with.

    ``offset`` counts bytes of the connection from its start (PS3.8 §9.3.8, Table 9-26).
    """

    code = -823

    def __init__(
        self, message: str, *, reason: int, offset: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.offset = offset

    def _where(self) -> str:
        return "" if self.offset is None else f" at byte {self.offset} of the connection"


class LocalProtocolError(AssociationError):
    """A call that the association's state does not allow: the caller's mistake."""

    code = -824


class AssociationTimeout(AssociationError):
    """The peer said nothing for longer than a time-out allows (ARTIM, idle, request)."""

    code = -825


class ConnectionFailed(AssociationError):
    """No transport connection to the peer."""

    code = -826


class DimseError(FilmroomError):
    """A DIMSE operation that did not succeed."""

    code = -840


class DimseFailure(DimseError):
    """A response with a failure status; ``status`` is its number (PS3.7 Annex C)."""

    code = -840

    def __init__(self, message: str, *, status: int, comment: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.comment = comment


class DimseTimeout(DimseError):
    """No response within the DIMSE time-out."""

    code = -841


class InvalidDimseResponse(DimseError):
    """A message that answers nothing that was asked, or lacks what it must carry."""

    code = -842


class OperationCancelled(DimseError):
    """Ended by C-CANCEL or by the graceful stop."""

    code = -843


class UnknownDestination(DimseError):
    """C-MOVE names a destination AE that the settings do not know (PS3.4 §C.4.2.1.5)."""

    code = -844


class ArchiveError(FilmroomError):
    """The archive could not keep or give an object; ``uid`` names it where known."""

    code = -860

    def __init__(self, message: str, *, uid: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.uid = uid

    def _where(self) -> str:
        return f" [{self.uid}]" if self.uid else ""


class StorageFailed(ArchiveError):
    """Data or index could not be made durable."""

    code = -860


class DuplicateSopInstance(ArchiveError):
    """Other bytes are already kept under this SOP Instance UID and the policy is ``reject``."""

    code = -861


class InvalidSopClass(ArchiveError):
    """A SOP class that this archive does not take."""

    code = -862


class OutOfResources(ArchiveError):
    """No space left, or no file descriptors (PS3.4 §B.2.3, A700)."""

    code = -863


class IdentityMismatch(ArchiveError):
    """SOP class or instance UID of the command is not that of the data set (PS3.4 §B.2.3, A900)."""

    code = -864


class ObjectNotFound(ArchiveError):
    """The index or the blob store does not hold the object."""

    code = -865


class ObjectDamaged(ArchiveError):
    """The kept bytes are not those that were received: size or checksum differ."""

    code = -866


class ArchiveInUse(ArchiveError):
    """Another server process already serves this data folder."""

    code = -867


class IndexOwnerLost(ArchiveError):
    """The process that owns the index ended before it answered: a row may be committed or not."""

    code = -868


class QueryError(FilmroomError):
    """A query could not be answered."""

    code = -880


class QueryFailed(QueryError):
    """The index failed to answer."""

    code = -880


class NoMatchesFound(QueryError):
    """Nothing matches where something must."""

    code = -881


class TooManyMatches(QueryError):
    """More matches than the setting ``max_matches`` allows (PS3.4 §C.4.1.1.4, A700)."""

    code = -882


class InvalidIdentifier(QueryError):
    """The identifier does not fit the SOP class: level, unique keys (PS3.4 §C.4.1.1.4, A900)."""

    code = -883


DIMSE_STATUS: dict[type[FilmroomError], int] = {
    FilmroomError: 0x0110,  # Processing failure, PS3.7 §C.5.5
    DataError: 0xC000,  # Cannot understand, PS3.4 Table B.2-1
    MissingRequiredTag: 0xA900,  # Data set does not match SOP class
    InvalidUID: 0xC000,
    ConfigurationError: 0x0110,
    AssociationError: 0x0110,
    NoPresentationContext: 0x0122,  # SOP class not supported
    DimseError: 0x0110,
    OperationCancelled: 0xFE00,  # Cancel, PS3.7 §C.3
    UnknownDestination: 0xA801,  # Move destination unknown, PS3.4 Table C.4-2
    ArchiveError: 0x0110,
    StorageFailed: 0x0110,
    DuplicateSopInstance: 0x0111,  # Duplicate SOP instance, PS3.7 §C.5.6
    InvalidSopClass: 0x0122,  # SOP class not supported, PS3.7 §C.5.18
    OutOfResources: 0xA700,  # Out of resources, PS3.4 Table B.2-1
    IdentityMismatch: 0xA900,
    ObjectNotFound: 0x0112,  # No such object instance, PS3.7 §C.5.12
    QueryError: 0xC000,  # Unable to process, PS3.4 Table C.4-1
    TooManyMatches: 0xA700,
    InvalidIdentifier: 0xA900,
}
"""The DIMSE status that an error becomes; a class without a row takes its nearest ancestor's."""

HTTP_STATUS: dict[type[FilmroomError], int] = {
    FilmroomError: 500,
    DataError: 400,
    InvalidTransferSyntax: 406,
    ConfigurationError: 500,
    AssociationError: 502,
    LocalProtocolError: 500,
    AssociationTimeout: 504,
    DimseError: 502,
    DimseTimeout: 504,
    OperationCancelled: 409,
    UnknownDestination: 404,
    ArchiveError: 500,
    DuplicateSopInstance: 409,
    InvalidSopClass: 415,
    OutOfResources: 507,
    IdentityMismatch: 409,
    ObjectNotFound: 404,
    ArchiveInUse: 503,
    QueryError: 500,
    NoMatchesFound: 404,
    TooManyMatches: 413,
    InvalidIdentifier: 400,
}
"""The HTTP status that an error becomes; a class without a row takes its nearest ancestor's."""


def dimse_status(error: FilmroomError) -> int:
    """The DIMSE status of ``error``; a failure that a peer answered with keeps its own number."""
    if isinstance(error, DimseFailure):
        return error.status
    return _nearest(DIMSE_STATUS, type(error))


def http_status(error: FilmroomError) -> int:
    """The HTTP status of ``error``."""
    return _nearest(HTTP_STATUS, type(error))


def _nearest(table: dict[type[FilmroomError], int], kind: type[FilmroomError]) -> int:
    return next(
        table[cls] for cls in kind.__mro__ if issubclass(cls, FilmroomError) and cls in table
    )
