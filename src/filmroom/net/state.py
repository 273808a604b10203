"""The association's state machine as the standard prints it: 13 states, 19 events, 28 actions.

PS3.8 §9.2, Tables 9-1 to 9-10. Nothing here acts: :mod:`filmroom.net.association` does what an
action says.
"""

from __future__ import annotations

from enum import Enum

__all__ = ["TRANSITIONS", "Action", "Evt", "State"]


class State(Enum):
    """The states (PS3.8 Tables 9-1 to 9-5)."""

    STA1 = "Idle"
    STA2 = "Transport connection open (awaiting A-ASSOCIATE-RQ PDU)"
    STA3 = "Awaiting local A-ASSOCIATE response primitive (from local user)"
    STA4 = "Awaiting transport connection opening to complete (from local transport service)"
    STA5 = "Awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ PDU"
    STA6 = "Association established and ready for data transfer"
    STA7 = "Awaiting A-RELEASE-RP PDU"
    STA8 = "Awaiting local A-RELEASE response primitive (from local user)"
    STA9 = "Release collision requestor side; awaiting A-RELEASE response (from local user)"
    STA10 = "Release collision acceptor side; awaiting A-RELEASE-RP PDU"
    STA11 = "Release collision requestor side; awaiting A-RELEASE-RP PDU"
    STA12 = "Release collision acceptor side; awaiting A-RELEASE response primitive"
    STA13 = "Awaiting transport connection close indication (association no longer exists)"


class Evt(Enum):
    """The events (PS3.8 Table 9-10, first column)."""

    EVT1 = "A-ASSOCIATE request (local user)"
    EVT2 = "Transport connect confirmation (local transport service)"
    EVT3 = "A-ASSOCIATE-AC PDU (received on transport connection)"
    EVT4 = "A-ASSOCIATE-RJ PDU (received on transport connection)"
    EVT5 = "Transport connection indication (local transport service)"
    EVT6 = "A-ASSOCIATE-RQ PDU (received on transport connection)"
    EVT7 = "A-ASSOCIATE response primitive (accept)"
    EVT8 = "A-ASSOCIATE response primitive (reject)"
    EVT9 = "P-DATA request primitive"
    EVT10 = "P-DATA-TF PDU"
    EVT11 = "A-RELEASE request primitive"
    EVT12 = "A-RELEASE-RQ PDU (received on open transport connection)"
    EVT13 = "A-RELEASE-RP PDU (received on transport connection)"
    EVT14 = "A-RELEASE response primitive"
    EVT15 = "A-ABORT request primitive"
    EVT16 = "A-ABORT PDU (received on open transport connection)"
    EVT17 = "Transport connection closed indication (local transport service)"
    EVT18 = "ARTIM timer expired (rejection/abort/release)"
    EVT19 = "Unrecognized or invalid PDU received"


class Action(Enum):
    """The actions and their next state (PS3.8 Tables 9-6 to 9-9)."""

    AE_1 = "Issue TRANSPORT CONNECT request primitive to local transport service. Sta4"
    AE_2 = "Send A-ASSOCIATE-RQ PDU. Sta5"
    AE_3 = "Issue A-ASSOCIATE confirmation (accept) primitive. Sta6"
    AE_4 = "Issue A-ASSOCIATE confirmation (reject) primitive and close transport connection. Sta1"
    AE_5 = "Issue transport connection response primitive; start ARTIM timer. Sta2"
    AE_6 = (
        "Stop ARTIM timer; if acceptable by the service provider issue A-ASSOCIATE indication, "
        "Sta3; otherwise send A-ASSOCIATE-RJ PDU and start ARTIM timer, Sta13"
    )
    AE_7 = "Send A-ASSOCIATE-AC PDU. Sta6"
    AE_8 = "Send A-ASSOCIATE-RJ PDU and start ARTIM timer. Sta13"
    DT_1 = "Send P-DATA-TF PDU. Sta6"
    DT_2 = "Send P-DATA indication primitive. Sta6"
    AR_1 = "Send A-RELEASE-RQ PDU. Sta7"
    AR_2 = "Issue A-RELEASE indication primitive. Sta8"
    AR_3 = "Issue A-RELEASE confirmation primitive and close transport connection. Sta1"
    AR_4 = "Issue A-RELEASE-RP PDU and start ARTIM timer. Sta13"
    AR_5 = "Stop ARTIM timer. Sta1"
    AR_6 = "Issue P-DATA indication. Sta7"
    AR_7 = "Issue P-DATA-TF PDU. Sta8"
    AR_8 = "Issue A-RELEASE indication (release collision): requestor Sta9, acceptor Sta10"
    AR_9 = "Send A-RELEASE-RP PDU. Sta11"
    AR_10 = "Issue A-RELEASE confirmation primitive. Sta12"
    AA_1 = "Send A-ABORT PDU (service-user source) and (re)start ARTIM timer. Sta13"
    AA_2 = "Stop ARTIM timer if running. Close transport connection. Sta1"
    AA_3 = "Issue A-ABORT or A-P-ABORT indication by its source, close transport connection. Sta1"
    AA_4 = "Issue A-P-ABORT indication primitive. Sta1"
    AA_5 = "Stop ARTIM timer (no association existed). Sta1"
    AA_6 = "Ignore PDU. Sta13"
    AA_7 = "Send A-ABORT PDU. Sta13"
    AA_8 = "Send A-ABORT PDU (service-provider source), issue A-P-ABORT, start ARTIM timer. Sta13"


_TABLE_9_10 = """
        Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
EVT1    AE-1  -     -     -     -     -     -     -     -     -     -     -     -
EVT2    -     -     -     AE-2  -     -     -     -     -     -     -     -     -
EVT3    -     AA-1  AA-8  -     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
EVT4    -     AA-1  AA-8  -     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
EVT5    AE-5  -     -     -     -     -     -     -     -     -     -     -     -
EVT6    -     AE-6  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
EVT7    -     -     AE-7  -     -     -     -     -     -     -     -     -     -
EVT8    -     -     AE-8  -     -     -     -     -     -     -     -     -     -
EVT9    -     -     -     -     -     DT-1  -     AR-7  -     -     -     -     -
EVT10   -     AA-1  AA-8  -     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
EVT11   -     -     -     -     -     AR-1  -     -     -     -     -     -     -
EVT12   -     AA-1  AA-8  -     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
EVT13   -     AA-1  AA-8  -     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
EVT14   -     -     -     -     -     -     -     AR-4  AR-9  -     -     AR-4  -
EVT15   -     -     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  -
EVT16   -     AA-2  AA-3  -     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
EVT17   -     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
EVT18   -     AA-2  -     -     -     -     -     -     -     -     -     -     AA-2
EVT19   -     AA-1  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
"""


def _parse(table: str) -> dict[tuple[State, Evt], Action]:
    transitions: dict[tuple[State, Evt], Action] = {}
    for line in table.strip().splitlines()[1:]:
        event, *cells = line.split()
        for state, cell in zip(State, cells, strict=True):
            if cell != "-":
                transitions[state, Evt[event]] = Action[cell.replace("-", "_")]
    return transitions


TRANSITIONS = _parse(_TABLE_9_10)
"""What to do on an event in a state; pairs that cannot be have no row (PS3.8 Table 9-10)."""
