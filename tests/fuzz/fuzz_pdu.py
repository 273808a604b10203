"""PDUs, commands and the association.

For all bytes, in every state of PS3.8 Table 9-10:

- reading a PDU or a command raises `RemoteProtocolError` or nothing, and what was read and is
  encoded again is read as the same;
- an association takes them without raising at all: what breaks the protocol becomes events and an
  A-ABORT to send;
- however the bytes are cut, events, state and answer are the same;
- what the association keeps is bounded.

The first byte chooses the state, the second how the bytes are cut.
"""

import struct
from dataclasses import asdict, replace

from joined import ABORT, AC, DATA, ECHO, RELEASE_RP, RELEASE_RQ, RJ, RQ, fault, in_state, settled

from filmroom.errors import RemoteProtocolError
from filmroom.net import Association, decode_command, encode_command, read_pdu
from filmroom.net.dimse import MESSAGES, CStoreRQ, DataSetUse

STATES = [f"STA{number}" for number in range(1, 14)]
STORE = encode_command(
    CStoreRQ(message_id=2, affected_sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
             affected_sop_instance_uid="1.2.3"),
    has_data_set=True,
)  # fmt: skip
MOST_KEPT = 2 << 20


def check(data: bytes) -> None:
    state, step = (STATES[data[0] % 13], data[1] % 64 + 1) if len(data) > 1 else ("STA2", 1)
    body = data[2:]
    check_pdu(body)
    check_command(body)
    whole, cut = in_state(state), in_state(state)
    expected = settled(whole.receive(body, 0.0))
    events = []
    for start in range(0, len(body), step):
        events += cut.receive(body[start : start + step], 0.0)
        assert kept(cut) <= MOST_KEPT
    assert settled(events) == expected
    assert cut.state is whole.state
    assert list(map(bytes, cut.data_to_send())) == list(map(bytes, whole.data_to_send()))


def check_pdu(body: bytes) -> None:
    try:
        read = read_pdu(body)
    except RemoteProtocolError:
        return
    if read is None:
        return
    pdu, length = read
    assert 6 <= length <= len(body)
    encoded = pdu.encode()
    assert read_pdu(encoded) == (pdu, len(encoded))


def check_command(body: bytes) -> None:
    error = fault(lambda: decode_command(body))
    if error is None:
        message = decode_command(body)
        present = message.has_data_set
        # LENIENT: a data set is taken off the wire where there should be none; we never send one.
        sent = present and MESSAGES[type(message)].data_set is not DataSetUse.NONE
        again = decode_command(encode_command(message, sent))
        assert as_sent(replace(again, has_data_set=present)) == as_sent(message)


def as_sent(message):
    """Titles and comments are sent in ASCII and cut to what their VR holds, UIDs as they came."""
    fields = asdict(message)
    for name, value in fields.items():
        if isinstance(value, str) and not name.endswith("uid"):
            longest = 64 if name == "error_comment" else None
            fields[name] = value[:longest].encode("ascii", "replace").decode().strip(" \0")
    return fields


def kept(association: Association) -> int:
    """Bytes that an association holds back."""
    return (
        len(association._body)
        + len(association._head)
        + len(association._pdata._command)
        + len(association._pdata._carry)
    )


def pdata(context: int, control: int, fragment: bytes) -> bytes:
    header = struct.pack(">BxIIBB", 4, len(fragment) + 6, len(fragment) + 2, context, control)
    return header + fragment


def seeds() -> list[bytes]:
    streams = [
        RQ, AC, RJ, DATA, RELEASE_RQ, RELEASE_RP, ABORT, ECHO, STORE,
        RQ + DATA + RELEASE_RQ,
        pdata(3, 3, STORE) + pdata(3, 0, b"\x08\0\x05\0") + pdata(3, 2, b"CS\0\0"),
        pdata(1, 1, ECHO[:30]) + pdata(1, 3, ECHO[30:]) + RELEASE_RQ,
    ]  # fmt: skip
    return [
        bytes([number % 13, number * 7 % 64]) + stream
        for number, stream in enumerate(stream for stream in streams for _ in range(13))
    ]
