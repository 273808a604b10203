"""What the server's processes have in common: their event loop and their limits."""

from __future__ import annotations

import asyncio
import resource

__all__ = ["QUERY_THREADS", "allow_open_files", "event_loop_runner"]

QUERY_THREADS = 8
"""Threads of a process that read index and objects for queries and retrievals."""


def event_loop_runner() -> asyncio.Runner:
    """A runner of uvloop's event loop where there is one, else of asyncio's own."""
    try:
        import uvloop
    except ImportError:  # not on this platform: asyncio's own loop serves as well, slower
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def allow_open_files() -> None:
    """Raise the soft limit of open files to the hard one: each association takes two."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
