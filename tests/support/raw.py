"""A peer made by hand: PDUs and messages byte by byte, to break at will.

PS3.8 §9.3, PS3.7 Annex E.
"""

import socket
import struct
from dataclasses import dataclass, field

VERIFICATION = "1.2.840.10008.1.1"
CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ, P_DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)

STATUS, FIELD, ANSWERS, DATA_SET_TYPE = 0x0900, 0x0100, 0x0120, 0x0800
NO_DATA_SET, DATA_SET = 0x0101, 0x0000


def pdu(kind: int, body: bytes, length: int | None = None) -> bytes:
    """A PDU; ``length`` states another length than the body has."""
    return struct.pack(">BxI", kind, len(body) if length is None else length) + body


def item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(body)) + body


def associate_rq(
    contexts: dict[int, tuple[str, list[str]]],
    *,
    called: str = "FILMROOM",
    calling: str = "RAW",
    max_length: int = 65_536,
    version: int = 1,
    application_context: str = APPLICATION_CONTEXT,
) -> bytes:
    """An A-ASSOCIATE-RQ for ``contexts``: abstract and transfer syntaxes by id."""
    body = struct.pack(
        ">H2x16s16s32x", version, called.ljust(16).encode(), calling.ljust(16).encode()
    )
    body += item(0x10, application_context.encode())
    for number, (abstract, syntaxes) in contexts.items():
        inside = item(0x30, abstract.encode())
        inside += b"".join(item(0x40, syntax.encode()) for syntax in syntaxes)
        body += item(0x20, struct.pack(">B3x", number) + inside)
    user = item(0x51, struct.pack(">I", max_length)) + item(0x52, b"1.2.3.4")
    return pdu(ASSOCIATE_RQ, body + item(0x50, user))


def command(elements: dict[int, str | int]) -> bytes:
    """A command set in Implicit VR Little Endian, its group length first."""
    body = b""
    for element, value in sorted(elements.items()):
        if isinstance(value, int):
            raw = struct.pack("<H", value)
        else:
            raw = value.encode()
            raw += b"\0" * (len(raw) % 2)
        body += struct.pack("<HHI", 0, element, len(raw)) + raw
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def c_echo_rq(message_id: int = 1) -> bytes:
    return command(
        {0x0002: VERIFICATION, FIELD: 0x0030, 0x0110: message_id, DATA_SET_TYPE: NO_DATA_SET}
    )


def c_store_rq(
    sop_instance_uid: str, message_id: int = 1, sop_class_uid: str = CT_IMAGE_STORAGE
) -> bytes:
    return command(
        {
            0x0002: sop_class_uid,
            FIELD: 0x0001,
            0x0110: message_id,
            0x0700: 0,
            DATA_SET_TYPE: DATA_SET,
            0x1000: sop_instance_uid,
        }
    )


def c_find_rq(message_id: int = 1, sop_class_uid: str = STUDY_ROOT_FIND) -> bytes:
    return command(
        {
            0x0002: sop_class_uid,
            FIELD: 0x0020,
            0x0110: message_id,
            0x0700: 0,
            DATA_SET_TYPE: DATA_SET,
        }
    )


def c_cancel_rq(message_id: int = 1) -> bytes:
    return command({FIELD: 0x0FFF, ANSWERS: message_id, DATA_SET_TYPE: NO_DATA_SET})


def pdv(context: int, data: bytes, *, is_command: bool, last: bool = True) -> bytes:
    control = (1 if is_command else 0) | (2 if last else 0)
    return struct.pack(">IBB", len(data) + 2, context, control) + data


def p_data(context: int, data: bytes, *, is_command: bool, last: bool = True) -> bytes:
    return pdu(P_DATA, pdv(context, data, is_command=is_command, last=last))


def message(
    context: int, command_set: bytes, data: bytes | None = None, size: int = 16_000
) -> bytes:
    """A whole message, its data set cut in fragments of ``size`` bytes."""
    sent = [p_data(context, command_set, is_command=True)]
    if data is not None:
        for start in range(0, max(1, len(data)), size):
            last = start + size >= len(data)
            piece = data[start : start + size]
            sent.append(p_data(context, piece, is_command=False, last=last))
    return b"".join(sent)


@dataclass
class RawPeer:
    """A connection that sends what it is told to and reads PDUs."""

    port: int
    timeout: float = 30.0
    accepted: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        self._pdvs: list[tuple[int, bytes]] = []

    def __enter__(self) -> "RawPeer":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            more = self.socket.recv(count - len(received))
            if not more:
                raise ConnectionError("the connection was closed")
            received += more
        return bytes(received)

    def read_pdu(self) -> tuple[int, bytes]:
        """Kind and body of the next PDU; ConnectionError when the peer has closed."""
        kind, length = struct.unpack(">BxI", self._exactly(6))
        return kind, self._exactly(length)

    def closed(self) -> bool:
        """Whether the peer closes the connection and sends nothing more before that."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def associate(self, *abstract_syntaxes: str, syntaxes: tuple[str, ...] = (EXPLICIT,)) -> None:
        """Ask for contexts 1, 3, 5…; all must be accepted."""
        contexts = {2 * n + 1: (uid, list(syntaxes)) for n, uid in enumerate(abstract_syntaxes)}
        self.send(associate_rq(contexts))
        kind, body = self.read_pdu()
        assert kind == ASSOCIATE_AC, f"PDU {kind:02X}: {body.hex()}"
        at = 68
        while at < len(body):
            part, length = struct.unpack_from(">BxH", body, at)
            if part == 0x21 and body[at + 6] == 0:
                self.accepted[body[at + 4]] = body[at + 12 : at + 4 + length].decode()
            at += 4 + length
        assert set(self.accepted) == set(contexts)

    def read_command(self) -> dict[int, bytes]:
        """Values by element of the next command set, data sets skipped."""
        collected = b""
        while True:
            while not self._pdvs:
                kind, body = self.read_pdu()
                assert kind == P_DATA, f"PDU {kind:02X}: {body.hex()}"
                at = 0
                while at < len(body):
                    (length,) = struct.unpack_from(">I", body, at)
                    self._pdvs.append((body[at + 5], body[at + 6 : at + 4 + length]))
                    at += 4 + length
            control, data = self._pdvs.pop(0)
            if control & 1:
                collected += data
                if control & 2:
                    return _elements(collected)

    def status(self) -> int:
        """The status of the next response."""
        return struct.unpack("<H", self.read_command()[STATUS])[0]

    def echo(self) -> int:
        """C-ECHO on context 1."""
        self.send(message(1, c_echo_rq()))
        return self.status()

    def release(self) -> None:
        self.send(pdu(RELEASE_RQ, bytes(4)))
        while (got := self.read_pdu()[0]) != RELEASE_RP:
            assert got == P_DATA


def _elements(data: bytes) -> dict[int, bytes]:
    values = {}
    at = 0
    while at < len(data):
        _, element, length = struct.unpack_from("<HHI", data, at)
        values[element] = data[at + 8 : at + 8 + length]
        at += 8 + length
    return values
