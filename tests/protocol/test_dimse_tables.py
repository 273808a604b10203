"""PS3.7 Annex E, §9.3 and §10.3 typed a second time, and the number tables of PS3.8."""

from struct import pack

import pytest
from joined import fault
from pynetdicom import dimse_messages as peer

from filmroom.errors import LocalProtocolError, RemoteProtocolError
from filmroom.net import category, decode_command, dimse, encode_command
from filmroom.net.answer import RESPONSES
from filmroom.net.command import ELEMENTS
from filmroom.net.dimse import MESSAGES, DataSetUse
from filmroom.net.reasons import ABORT_REASONS, REJECT_REASONS
from filmroom.net.status import GENERAL, SERVICES, Category, meaning

CLASS, INSTANCE, MESSAGE, ANSWERED, STATUS = 0x0002, 0x1000, 0x0110, 0x0120, 0x0900
R_CLASS, R_INSTANCE = 0x0003, 0x1001
# name: command field, required elements (beside 0100 and 0800), data set
TABLE = {
    "CStoreRQ": (0x0001, {CLASS, MESSAGE, 0x0700, INSTANCE}, "required"),
    "CStoreRSP": (0x8001, {ANSWERED, STATUS}, "none"),
    "CGetRQ": (0x0010, {CLASS, MESSAGE, 0x0700}, "required"),
    "CGetRSP": (0x8010, {ANSWERED, STATUS}, "optional"),
    "CFindRQ": (0x0020, {CLASS, MESSAGE, 0x0700}, "required"),
    "CFindRSP": (0x8020, {ANSWERED, STATUS}, "optional"),
    "CMoveRQ": (0x0021, {CLASS, MESSAGE, 0x0700, 0x0600}, "required"),
    "CMoveRSP": (0x8021, {ANSWERED, STATUS}, "optional"),
    "CEchoRQ": (0x0030, {CLASS, MESSAGE}, "none"),
    "CEchoRSP": (0x8030, {ANSWERED, STATUS}, "none"),
    "CCancelRQ": (0x0FFF, {ANSWERED}, "none"),
    "NEventReportRQ": (0x0100, {CLASS, MESSAGE, INSTANCE, 0x1002}, "optional"),
    "NEventReportRSP": (0x8100, {ANSWERED, STATUS}, "optional"),
    "NGetRQ": (0x0110, {R_CLASS, MESSAGE, R_INSTANCE}, "none"),
    "NGetRSP": (0x8110, {ANSWERED, STATUS}, "optional"),
    "NSetRQ": (0x0120, {R_CLASS, MESSAGE, R_INSTANCE}, "required"),
    "NSetRSP": (0x8120, {ANSWERED, STATUS}, "optional"),
    "NActionRQ": (0x0130, {R_CLASS, MESSAGE, R_INSTANCE, 0x1008}, "optional"),
    "NActionRSP": (0x8130, {ANSWERED, STATUS}, "optional"),
    "NCreateRQ": (0x0140, {CLASS, MESSAGE}, "optional"),
    "NCreateRSP": (0x8140, {ANSWERED, STATUS}, "optional"),
    "NDeleteRQ": (0x0150, {R_CLASS, MESSAGE, R_INSTANCE}, "none"),
    "NDeleteRSP": (0x8150, {ANSWERED, STATUS}, "none"),
}
VRS = {
    0x0002: "UI", 0x0003: "UI", 0x0110: "US", 0x0120: "US", 0x0600: "AE", 0x0700: "US",
    0x0900: "US", 0x0901: "AT", 0x0902: "LO", 0x0903: "US", 0x1000: "UI", 0x1001: "UI",
    0x1002: "US", 0x1005: "AT", 0x1008: "US", 0x1020: "US", 0x1021: "US", 0x1022: "US",
    0x1023: "US", 0x1030: "AE", 0x1031: "US",
}  # fmt: skip
SAMPLE = {"US": 7, "UI": "1.2.840.1", "AE": "ODD", "LO": "odd", "AT": (0x00100010, 0x7FE00010)}
NAMES = pytest.mark.parametrize("name", TABLE)


def sample(name, *, full=True):
    kind = getattr(dimse, name)
    layout = MESSAGES[kind]
    fields = layout.required + (layout.optional if full else ())
    return kind(
        **{field: SAMPLE[ELEMENTS[field][1].vr] for field in fields},
        has_data_set=layout.data_set is DataSetUse.REQUIRED,
    )


def elements(command):
    """(0000,eeee) and value of a command set."""
    out = {}
    position = 0
    while position < len(command):
        length = int.from_bytes(command[position + 4 : position + 8], "little")
        element = int.from_bytes(command[position + 2 : position + 4], "little")
        out[element] = command[position + 8 : position + 8 + length]
        position += 8 + length
    return out


def command_of(values):
    return b"".join(pack("<HHI", 0, e, len(v)) + v for e, v in values.items())


def test_every_message_is_in_the_table():
    assert {kind.__name__ for kind in MESSAGES} == set(TABLE)
    assert {element: codec.vr for element, codec in ELEMENTS.values()} == VRS


@NAMES
def test_command_field_and_elements(name):
    kind = getattr(dimse, name)
    field, required, data_set = TABLE[name]
    assert field == kind.COMMAND_FIELD
    assert {ELEMENTS[f][0] for f in MESSAGES[kind].required} == required
    assert MESSAGES[kind].data_set.value == data_set


@NAMES
@pytest.mark.parametrize("full", [True, False])
def test_round_trip_in_tag_order_with_group_length(name, full):
    message = sample(name, full=full)
    command = encode_command(message, message.has_data_set)
    got = elements(command)
    assert list(got) == sorted(got)
    assert int.from_bytes(got[0], "little") == len(command) - 12
    assert all(len(value) % 2 == 0 for value in got.values())
    assert decode_command(command) == message


@NAMES
def test_the_peer_reads_ours(name):
    message = sample(name)
    values = elements(encode_command(message, message.has_data_set))
    assert int.from_bytes(values[0x0100], "little") in peer._MESSAGE_TYPES
    theirs = peer._MESSAGE_TYPES[int.from_bytes(values[0x0100], "little")][1]()
    if name == "CCancelRQ":
        return
    allowed = {int(e.tag) for e in theirs.command_set}
    # Status elements of PS3.7 Annex C go with any response; the peer's tables leave them out.
    assert set(values) - {0x0901, 0x0902, 0x0903, 0x1005, 0x1002, 0x1008} <= allowed | {0}


@NAMES
def test_each_missing_required_element_is_named(name):
    message = sample(name)
    values = elements(encode_command(message, message.has_data_set))
    for element in TABLE[name][1] | {0x0100, 0x0800}:
        cut = {e: v for e, v in values.items() if e != element}
        with pytest.raises(RemoteProtocolError, match=rf"\(0000,{element:04X}\)") as caught:
            decode_command(command_of(cut), offset=99)
        assert (caught.value.reason, caught.value.offset) == (6, 99)


@NAMES
def test_truncated_at_every_length(name):
    message = sample(name)
    command = encode_command(message, message.has_data_set)
    for end in range(len(command)):
        error = fault(lambda end=end: decode_command(command[:end]))
        if error is None:
            assert decode_command(command[:end]) != message
        else:
            assert error.reason == 6


@NAMES
def test_a_data_set_where_it_may_not_be_is_our_mistake(name):
    use = TABLE[name][2]
    for has_data_set in (True, False):
        wrong = (use, has_data_set) in {("required", False), ("none", True)}
        if wrong:
            with pytest.raises(LocalProtocolError):
                encode_command(sample(name), has_data_set)
        else:
            got = decode_command(encode_command(sample(name), has_data_set))
            assert got.has_data_set is has_data_set


def test_lenient_without_group_length_and_with_unknown_elements():
    values = elements(encode_command(dimse.CEchoRQ(message_id=3), has_data_set=False))
    del values[0]
    values[0x0001] = b"\1\0\0\0"
    assert decode_command(command_of(values)) == dimse.CEchoRQ(message_id=3)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(b"", id="empty"),
        pytest.param(pack("<HHI", 0x0010, 0x0010, 0), id="other group"),
        pytest.param(pack("<HHI", 0, 0x0002, 0xFFFFFFFF), id="length beyond the end"),
        pytest.param(command_of({0x0100: b"\x99\x99", 0x0800: b"\1\1"}), id="unknown field"),
        pytest.param(
            command_of({0x0100: b"\x30\0", 0x0800: b"\1\1", 0x0002: b"1", 0x0110: b"\1\0\0"}),
            id="US of three bytes",
        ),
        pytest.param(
            command_of(
                {
                    0x0100: b"\x20\0",
                    0x0110: b"\1\0",
                    0x0002: b"1.2",
                    0x0700: b"\0\0",
                    0x0800: b"\1\1",
                }
            ),
            id="C-FIND without identifier",
        ),
    ],
)
def test_garbage(command):
    with pytest.raises(RemoteProtocolError) as caught:
        decode_command(command)
    assert caught.value.reason == 6


def test_every_request_has_its_response():
    assert {q.COMMAND_FIELD | 0x8000: r for q, r in RESPONSES.items()} == {
        r.COMMAND_FIELD: r for r in RESPONSES.values()
    }


def test_table_9_21():
    assert set(REJECT_REASONS) == {
        (1, 1), (1, 2), (1, 3), (1, 7), (2, 1), (2, 2), (3, 1), (3, 2)
    }  # fmt: skip


def test_table_9_26():
    assert set(ABORT_REASONS) == {0, 1, 2, 4, 5, 6}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x0000, "success"), (0xFF00, "pending"), (0xFF01, "pending"), (0xFE00, "cancel"),
        (0x0001, "warning"), (0x0107, "warning"), (0x0116, "warning"), (0xB000, "warning"),
        (0xB006, "warning"), (0xB007, "warning"), (0xA700, "failure"), (0xA801, "failure"),
        (0xA900, "failure"), (0xC000, "failure"), (0x0110, "failure"), (0x0111, "failure"),
        (0x0112, "failure"), (0x0122, "failure"), (0x0124, "failure"), (0x0210, "failure"),
        (0x0211, "failure"), (0x0212, "failure"), (0x0213, "failure"),
    ],
)  # fmt: skip
def test_status_categories(code, kind):
    assert category(code) is Category(kind)


def test_status_tables_agree_with_the_rule():
    for row in (*GENERAL, *(row for rows in SERVICES.values() for row in rows)):
        assert row.first <= row.last
        assert category(row.first) is category(row.last) is row.category
        assert meaning(row.first)
    assert meaning(0xA801, "C-MOVE") == "Refused: move destination unknown"
