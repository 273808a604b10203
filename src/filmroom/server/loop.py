"""What the server's processes have in common: their event loop and their limits."""

from __future__ import annotations

import asyncio
import resource
from dataclasses import dataclass

__all__ = ["MAX_SURPLUS", "QUERY_THREADS", "Room", "allow_open_files", "event_loop_runner"]

QUERY_THREADS = 8
"""Threads of a process that read index and objects for queries and retrievals."""

MAX_SURPLUS = 1000
"""Connections beyond `max_associations` that are told so; more are closed without a word."""

_OWN_FILES = 128
"""Files that a process needs for itself: the index, folders being synced, pipes to the others."""
_ASSOCIATION_FILES = 3
"""Files of an association: its socket, an object being received, and one that is being kept."""


def event_loop_runner() -> asyncio.Runner:
    """A runner of uvloop's event loop where there is one, else of asyncio's own."""
    try:
        import uvloop
    except ImportError:  # not on this platform: asyncio's own loop serves as well, slower
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def allow_open_files() -> int:
    """Raise the soft limit of open files to the hard one, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1 << 30


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections one process has files for, so that those inside never lack one."""

    associations: int
    surplus: int
    """Those that are told that there is no room."""

    @classmethod
    def within(cls, open_files: int) -> Room:
        """The room of a process that may open as many files."""
        surplus = min(MAX_SURPLUS, open_files // 16)
        left = open_files - surplus - min(_OWN_FILES, open_files // 2)
        return cls(max(1, left // _ASSOCIATION_FILES), surplus)
