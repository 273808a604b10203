"""Running a command as a person does, in this process, and peers in a thread of their own."""

import asyncio
import functools
import io
import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from loop import Handler, accepting, policy, serving

from filmroom.archive import Archive
from filmroom.cli import main
from filmroom.net import response_to
from filmroom.transport import CollectingSink

PATIENCE = 30.0
"""Seconds after which a peer that does not start or end fails its test."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one line of JSON that it wrote."""
        (line,) = self.out.splitlines()
        return json.loads(line)


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Runs ``filmroom ARGUMENTS…`` in an empty folder, without settings from outside."""
    for name in list(os.environ):
        if name.startswith("FILMROOM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    root = logging.getLogger()
    handlers, level, logs = list(root.handlers), root.level, structlog.get_config()

    def run(*arguments: object, answer: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["filmroom", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        capsys.readouterr()
        try:
            main()
            code: Any = 0
        except SystemExit as left:
            code = left.code or 0
        written = capsys.readouterr()
        return Done(code, written.out, written.err)

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**logs)


@contextmanager
def _in_a_thread(peer: Callable[[], AbstractAsyncContextManager[Any]]) -> Iterator[Any]:
    """What ``peer`` gives, while its event loop runs in another thread."""
    started: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def live() -> None:
        async with peer() as value:
            stop = asyncio.Event()
            started.put((value, asyncio.get_running_loop(), stop))
            await stop.wait()

    def work() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:
            started.put(error)
            raise

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    got = started.get(timeout=PATIENCE)
    if isinstance(got, BaseException):
        raise got
    value, loop, stop = got
    try:
        yield value
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "served", durability="relaxed") as opened:
        yield opened


@pytest.fixture
def served_too():
    """Serves an archive with the settings of the test; gives host and port as arguments."""

    @contextmanager
    def serve(archive, **settings):
        with _in_a_thread(lambda: serving(archive, **settings)) as server:
            yield ("127.0.0.1", server.port)

    return serve


@pytest.fixture
def served(archive, served_too):
    """The same for the archive of the test."""
    return functools.partial(served_too, archive)


@pytest.fixture
def peer():
    """A peer that answers each request with the next of ``answers``; gives host and port.

    An answer is a list of (status, data set or None, elements), or a function that makes the work
    to be done for an operation.
    """

    @contextmanager
    def answering(*answers, **rules):
        left = list(answers)

        def serve(operation):
            answer = left.pop(0)

            async def respond():
                if callable(answer):
                    await answer(operation)
                    return
                for status, data, elements in answer:
                    response = response_to(operation.message, status, **elements)
                    await operation.respond(response, data)

            def whole(_data=b""):
                operation.connection.run(operation, respond())

            if operation.message.has_data_set:
                return CollectingSink(whole)
            return whole()

        with _in_a_thread(lambda: accepting(Handler(serve), policy(**rules))) as port:
            yield ("127.0.0.1", port)

    return answering
