"""Very many associations from one thread: sockets that never block, one selector for them all."""

import selectors
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from raw import (
    ASSOCIATE_AC,
    EXPLICIT,
    P_DATA,
    RELEASE_RP,
    RELEASE_RQ,
    VERIFICATION,
    associate_rq,
    c_echo_rq,
    message,
    pdu,
)

REQUEST = associate_rq({1: (VERIFICATION, [EXPLICIT])})
ECHO = message(1, c_echo_rq())
RELEASE = pdu(RELEASE_RQ, bytes(4))
SUCCESS = struct.pack("<HHIH", 0x0000, 0x0900, 2, 0x0000)
"""The element Status of a response that is one."""


@dataclass(eq=False)
class Member:
    """One connection; ``kinds`` are the types of the PDUs that it got."""

    socket: socket.socket
    kinds: list[int] = field(default_factory=list)
    failed_echoes: int = 0
    is_closed: bool = False
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def pdus(self) -> list[tuple[int, bytes]]:
        """Those that are whole; the rest is kept."""
        got = []
        while len(self.received) >= 6:
            kind, length = struct.unpack_from(">BxI", self.received)
            if len(self.received) < 6 + length:
                break
            got.append((kind, bytes(self.received[6 : 6 + length])))
            del self.received[: 6 + length]
        return got


class Crowd:
    """Connections to one port; a context manager that closes them."""

    def __init__(self, port: int, count: int, *, patience: float = 90.0) -> None:
        self._patience = patience
        self._selector = selectors.DefaultSelector()
        self.members: list[Member] = []
        for _ in range(count):
            connected = socket.create_connection(("127.0.0.1", port), timeout=patience)
            connected.setblocking(False)
            member = Member(connected)
            self.members.append(member)
            self._selector.register(connected, selectors.EVENT_READ, member)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            member.socket.close()
        self._selector.close()

    def associate(self) -> int:
        """All ask at once; how many were accepted."""
        for member in self.members:
            member.socket.send(REQUEST)
        self._until(lambda: all(m.kinds or m.is_closed for m in self.members))
        return sum(m.kinds == [ASSOCIATE_AC] for m in self.members)

    def echo(self, rounds: int, at_once: int) -> list[float]:
        """Each sends ``rounds`` C-ECHOs, ``at_once`` of them all under way; seconds of each."""
        taken: list[float] = []
        free = deque(self.members)
        left = dict.fromkeys(self.members, rounds)

        def ask() -> None:
            if free:
                member = free.popleft()
                left[member] -= 1
                member.sent_at = time.perf_counter()
                member.socket.send(ECHO)

        def answered(member: Member) -> None:
            taken.append(time.perf_counter() - member.sent_at)
            if left[member]:
                free.append(member)
            ask()

        for _ in range(at_once):
            ask()
        self._until(lambda: len(taken) == len(self.members) * rounds, answered)
        return taken

    def release(self) -> int:
        """All leave; how many were let go."""
        for member in self.members:
            with suppress(OSError):
                member.socket.send(RELEASE)
        self._until(lambda: all(m.is_closed or m.kinds[-1:] == [RELEASE_RP] for m in self.members))
        return sum(m.kinds[-1:] == [RELEASE_RP] for m in self.members)

    def until_closed(self) -> None:
        """Until the server has closed every one."""
        self._until(lambda: all(member.is_closed for member in self.members))

    def _until(self, is_done, answered=lambda _member: None) -> None:
        end = time.monotonic() + self._patience
        while not is_done():
            events = self._selector.select(max(0.0, end - time.monotonic()))
            assert events, f"the server is silent for {self._patience:g} s"
            for key, _ in events:
                member: Member = key.data
                try:
                    data = member.socket.recv(65_536)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    data = b""
                if not data:
                    member.is_closed = True
                    self._selector.unregister(member.socket)
                    continue
                member.received += data
                for kind, body in member.pdus():
                    member.kinds.append(kind)
                    if kind == P_DATA:
                        member.failed_echoes += SUCCESS not in body
                        answered(member)
