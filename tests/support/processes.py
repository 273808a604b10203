"""Programs that tests speak with, each a process of its own: Filmroom's server and DCMTK's tools.

Each is a context manager: inside it the program listens, after it the program is gone. Waiting is
done by reading what the program prints or by trying to connect, always with a bound.
"""

import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FILMROOM = os.environ.get("TESTED_FILMROOM") or str(Path(sys.executable).with_name("filmroom"))
"""The command under test; TESTED_FILMROOM names another one, an installed wheel's for instance."""
PATIENCE = 60.0
"""Seconds that anything may take on a slow machine before a test gives up."""


os.environ["TCP_NODELAY"] = "1"  # Debian's DCMTK waits 40 ms a message without it


def require(tool: str) -> str:
    """The path of a peer's program. Without it a test is skipped, and fails in CI."""
    # pynetdicom installs programs of the same names beside ours: DCMTK's own are meant.
    path = shutil.which(tool, path="/usr/bin:/usr/local/bin") or shutil.which(tool)
    if path is None:
        missing = f"{tool} is not installed (Debian's package dcmtk)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(check: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What ``check`` returns as soon as it is true; fails after ``patience`` seconds."""
    pause = threading.Event()
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = check()
        if result:
            return result
        pause.wait(0.02)
    raise AssertionError(f"waited {patience:g} s in vain: {what}")


def _listens(port: int, process: subprocess.Popen) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"{process.args} ended with {process.returncode} before it listened")
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@dataclass
class FilmroomServer:
    """A running ``filmroom serve``."""

    process: subprocess.Popen
    port: int
    data: Path
    log: Path
    aet: str = "FILMROOM"
    lines: list[str] = field(default_factory=list)

    def address(self) -> list[str]:
        """Host and port, as arguments of a command."""
        return ["127.0.0.1", str(self.port)]

    def stop(self) -> int:
        """Ask it to stop, as an operator would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def log_text(self) -> str:
        """What it logged until now."""
        return self.log.read_text(errors="replace")

    def files(self) -> list[Path]:
        """The objects it keeps."""
        return sorted(path for path in self.data.rglob("*.dcm") if "incoming" not in path.parts)

    def leftovers(self) -> list[Path]:
        """Half-received objects on its disk."""
        return [
            path
            for path in self.data.rglob("*")
            if path.is_file() and ("incoming" in path.parts or path.suffix in {".part", ".tmp"})
        ]


@contextmanager
def filmroom_server(
    data: Path,
    *flags: str,
    environment: dict[str, str] | None = None,
    before: Sequence[str] = (),
    preexec: Callable[[], None] | None = None,
) -> Iterator[FilmroomServer]:
    """``filmroom serve`` on ``data`` and a free port; ``before`` is put before the command."""
    log = data.with_name(data.name + ".log")
    command = [*before, FILMROOM, "serve", "--data", str(data), "--dicom-port", "0", *flags]
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
            env={**os.environ, "FILMROOM_LOG_FORMAT": "json", **(environment or {})},
            preexec_fn=preexec,
        )
    lines: queue.Queue[str | None] = queue.Queue()
    said: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            lines.put(line)
        lines.put(None)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while True:
            line = lines.get(timeout=PATIENCE)
            if line is None:
                raise AssertionError(f"no server: {''.join(said)}{log.read_text()}")
            if found := re.search(r"dicom://[^:]+:(\d+)", line):
                break
        yield FilmroomServer(process, int(found[1]), data, log, lines=said)
    finally:
        _end(process)
        reader.join(10)
        assert process.stdout is not None
        process.stdout.close()


@dataclass
class Peer:
    """A running program of DCMTK's that listens."""

    process: subprocess.Popen
    port: int
    aet: str
    folder: Path

    def address(self) -> list[str]:
        """Host and port, as arguments of a command."""
        return ["127.0.0.1", str(self.port)]

    def files(self) -> list[Path]:
        """What it received."""
        return sorted(path for path in self.folder.iterdir() if path.name != "index.dat")


@contextmanager
def _listening(command: list[str], port: int, aet: str, folder: Path) -> Iterator[Peer]:
    with (folder.with_name(folder.name + ".log")).open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        eventually(lambda: _listens(port, process), f"{command[0]} listens on {port}")
        yield Peer(process, port, aet, folder)
    finally:
        _end(process)


@contextmanager
def storescp(
    folder: Path,
    *flags: str,
    port: int | None = None,
    aet: str = "STORESCP",
    takes: Sequence[str] = ("+xa",),
) -> Iterator[Peer]:
    """DCMTK's storescp, which keeps data sets bit for bit; it takes every transfer syntax."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        require("storescp"),
        "-aet",
        aet,
        "-od",
        str(folder),
        "+B",
        *takes,
        *flags,
        str(port),
    ]
    with _listening(command, port, aet, folder) as peer:
        yield peer


@contextmanager
def dcmqrscp(
    folder: Path, destinations: dict[str, int] | None = None, aet: str = "QRSCP"
) -> Iterator[Peer]:
    """DCMTK's archive; it may move to ``destinations``, AE titles and their ports."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    hosts = [
        f"peer{number} = ({title}, localhost, {target})"
        for number, (title, target) in enumerate((destinations or {}).items())
    ]
    configuration = folder.with_name(folder.name + ".cfg")
    configuration.write_text(
        "\n".join(
            (
                *(f"NetworkTCPPort = {port}", "MaxPDUSize = 65536", "MaxAssociations = 16"),
                *("HostTable BEGIN", *hosts, "HostTable END"),
                *("VendorTable BEGIN", "VendorTable END"),
                *("AETable BEGIN", f"{aet} {folder} RW (200, 1024mb) ANY", "AETable END", ""),
            )
        )
    )
    command = [require("dcmqrscp"), "-c", str(configuration), "+xe"]
    with _listening(command, port, aet, folder) as peer:
        yield peer


def run(*command: str | Path, check: bool = True, **options: Any) -> subprocess.CompletedProcess:
    """Run a command to its end; with ``check`` anything but exit code 0 fails the test."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE * 1.5,
        check=False,
        **options,
    )
    if check:
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def filmroom(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess:
    """Run a ``filmroom`` command to its end."""
    return run(FILMROOM, *arguments, check=check)


def filmroom_json(*arguments: str | Path, check: bool = True) -> Any:
    """What a ``filmroom`` command answers with ``--json``."""
    done = filmroom(*arguments, "--json", check=check)
    return json.loads(done.stdout)
