"""PS3.8 Table 9-10 typed a second time, by state; held against the data and against bytes."""

import pytest
from joined import (
    ABORT,
    AC,
    DATA,
    GARBAGE,
    RELEASE_RP,
    RELEASE_RQ,
    RJ,
    RQ,
    in_state,
    wire,
)
from pynetdicom.fsm import TRANSITION_TABLE

from filmroom.errors import LocalProtocolError
from filmroom.net import (
    AAbort,
    Aborted,
    AReleaseRP,
    AReleaseRQ,
    AssociationAccepted,
    AssociationRejected,
    AssociationRequested,
    CEchoRQ,
    CommandReceived,
    ConnectionClosed,
    ReleaseConfirmed,
    ReleaseRequested,
    State,
)
from filmroom.net.state import TRANSITIONS, Action, Evt

_UNEXPECTED = {3: "AA-8", 4: "AA-8", 6: "AA-8", 10: "AA-8", 12: "AA-8", 13: "AA-8", 19: "AA-8"}
_ENDS = {15: "AA-1", 16: "AA-3", 17: "AA-4"}
BY_STATE = {
    1: {1: "AE-1", 5: "AE-5"},
    2: {
        **dict.fromkeys((3, 4, 10, 12, 13, 19), "AA-1"),
        6: "AE-6",
        16: "AA-2",
        17: "AA-5",
        18: "AA-2",
    },
    3: {**_UNEXPECTED, **_ENDS, 7: "AE-7", 8: "AE-8"},
    4: {2: "AE-2", 15: "AA-2", 17: "AA-4"},
    5: {**_UNEXPECTED, **_ENDS, 3: "AE-3", 4: "AE-4"},
    6: {**_UNEXPECTED, **_ENDS, 9: "DT-1", 10: "DT-2", 11: "AR-1", 12: "AR-2"},
    7: {**_UNEXPECTED, **_ENDS, 10: "AR-6", 12: "AR-8", 13: "AR-3"},
    8: {**_UNEXPECTED, **_ENDS, 9: "AR-7", 14: "AR-4"},
    9: {**_UNEXPECTED, **_ENDS, 14: "AR-9"},
    10: {**_UNEXPECTED, **_ENDS, 13: "AR-10"},
    11: {**_UNEXPECTED, **_ENDS, 13: "AR-3"},
    12: {**_UNEXPECTED, **_ENDS, 14: "AR-4"},
    13: {
        **dict.fromkeys((3, 4, 10, 12, 13), "AA-6"),
        6: "AA-7",
        16: "AA-2",
        17: "AR-5",
        18: "AA-2",
        19: "AA-7",
    },
}
NEXT = {
    "AE-1": 4, "AE-2": 5, "AE-3": 6, "AE-4": 1, "AE-5": 2, "AE-6": 3, "AE-7": 6, "AE-8": 13,
    "DT-1": 6, "DT-2": 6,
    "AR-1": 7, "AR-2": 8, "AR-3": 1, "AR-4": 13, "AR-5": 1, "AR-6": 7, "AR-7": 8, "AR-9": 11,
    "AR-10": 12,
    "AA-1": 13, "AA-2": 1, "AA-3": 1, "AA-4": 1, "AA-5": 1, "AA-6": 13, "AA-7": 13, "AA-8": 13,
}  # fmt: skip
CLOSES = {"AE-4", "AR-3", "AA-2", "AA-3"}
SAYS = {
    "AE-3": AssociationAccepted,
    "AE-4": AssociationRejected,
    "AE-6": AssociationRequested,
    "DT-2": CommandReceived,
    "AR-2": ReleaseRequested,
    "AR-3": ReleaseConfirmed,
    "AR-6": CommandReceived,
    "AR-8": ReleaseRequested,
    "AR-10": ReleaseConfirmed,
    "AA-3": Aborted,
    "AA-4": ConnectionClosed,
    "AA-8": Aborted,
}
SENDS = {
    "AR-1": AReleaseRQ().encode(),
    "AR-4": AReleaseRP().encode(),
    "AR-9": AReleaseRP().encode(),
    "AA-1": AAbort(0, 0).encode(),
}
RECEIVED = {3: AC, 4: RJ, 6: RQ, 10: DATA, 12: RELEASE_RQ, 13: RELEASE_RP, 16: ABORT, 19: GARBAGE}
LATE = 1000.0
CELLS = [(state, evt) for state in range(1, 14) for evt in range(1, 20)]


def cell_id(value):
    return str(value)


@pytest.mark.parametrize(("state", "evt"), CELLS, ids=cell_id)
def test_data_of_the_cell(state, evt):
    action = TRANSITIONS.get((State[f"STA{state}"], Evt[f"EVT{evt}"]))
    assert (action and action.name.replace("_", "-")) == BY_STATE[state].get(evt)


def test_a_third_reading_agrees():
    assert {
        (f"Evt{evt}", f"Sta{state}"): action
        for state, row in BY_STATE.items()
        for evt, action in row.items()
    } == TRANSITION_TABLE


def test_states_events_and_actions_are_as_many_as_printed():
    assert (len(State), len(Evt), len(Action)) == (13, 19, 28)
    assert set(TRANSITIONS.values()) == set(Action)


def do(association, evt):
    """Makes the event happen, as the shell would; gives what came out as events."""
    if evt in RECEIVED:
        return association.receive(RECEIVED[evt], 0.0)
    if evt in (2, 5):
        return association.connection_made(0.0)
    if evt == 17:
        return association.connection_lost(0.0)
    if evt == 18:
        return association.handle_timeout(LATE)
    call = {
        7: lambda: association.accept(0.0),
        8: lambda: association.reject(1, 1, 7, 0.0),
        9: lambda: wire(association.send_message(1, CEchoRQ(message_id=1), 0.0)),
        11: lambda: association.release(0.0),
        14: lambda: association.respond_release(0.0),
        15: lambda: association.abort(0.0),
    }[evt]
    call()
    return []


DRIVEN = [
    (state, evt)
    for state, evt in CELLS
    if evt in BY_STATE[state] and (state, evt) != (1, 1)  # done by Association.requestor
]


@pytest.mark.parametrize(("state", "evt"), DRIVEN, ids=cell_id)
def test_an_association_does_what_the_cell_says(state, evt):
    association = in_state(f"STA{state}")
    action = BY_STATE[state][evt]
    events = do(association, evt)
    # STA7, STA9 and STA11 are reached as requestor by the fixture.
    following = NEXT.get(action, 9)
    assert association.state is State[f"STA{following}"]
    if action in SAYS:
        assert type(events[-1]) is SAYS[action]
    sent = b"".join(association.data_to_send())
    if action in ("AA-7", "AA-8"):
        reason = 1 if evt == 19 else 2
        assert sent == AAbort(2, reason).encode()
    elif action in ("AE-2", "AE-7", "AE-8"):
        assert sent[0] == {"AE-2": 1, "AE-7": 2, "AE-8": 3}[action]
    else:
        assert sent == SENDS.get(action, b"")
    assert association.wants_close == (action in CLOSES)
    # ARTIM runs in STA2 and STA13, and nowhere else does the cell start it.
    if following in (2, 13):
        assert association.deadline() is not None


@pytest.mark.parametrize("evt", [7, 8, 9, 11, 14])
@pytest.mark.parametrize("state", range(1, 14))
def test_a_call_without_a_cell_is_refused_and_changes_nothing(state, evt):
    if evt in BY_STATE[state]:
        return
    association = in_state(f"STA{state}")
    with pytest.raises(LocalProtocolError):
        do(association, evt)
    assert association.state is State[f"STA{state}"]
    assert association.data_to_send() == []


@pytest.mark.parametrize("state", [1, 4])
@pytest.mark.parametrize("evt", sorted(RECEIVED))
def test_bytes_where_there_is_no_connection_do_nothing(state, evt):
    association = in_state(f"STA{state}")
    assert association.receive(RECEIVED[evt], 0.0) == []
    assert association.state is State[f"STA{state}"]


def test_release_collision_seen_from_the_acceptor():
    association = in_state("STA10")
    association.receive(RELEASE_RP, 0.0)
    association.respond_release(0.0)
    assert b"".join(association.data_to_send()) == RELEASE_RP
    assert association.state is State.STA13


def test_refused_by_the_service_provider():
    association = in_state("STA2")
    assert association.receive(RQ[:6] + b"\0\2" + RQ[8:], 0.0) == []
    assert b"".join(association.data_to_send()).hex() == "030000000004" + "00010202"
    assert association.state is State.STA13
