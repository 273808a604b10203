"""One run: start a server, send it everything, and see what that took."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from processes import eventually, free_port

from senders import ObjectSet, Send
from servers import Start

DCMTK_TUNED = {**os.environ, "TCP_NODELAY": "1"}
"""Debian's DCMTK leaves Nagle's algorithm on unless told: 40 ms for each object."""

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """What one server did with one set of objects."""

    server: str
    sender: str
    associations: int
    place: str
    megabytes: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    lost: int
    objects: str = ""

    @property
    def rate(self) -> float:
        return self.megabytes / self.seconds

    @property
    def cpu_per_gb(self) -> float:
        return self.cpu_seconds / self.megabytes * 1000


def cpu_seconds(root: int) -> float:
    """User and system seconds of a process, its descendants, and those it has buried."""
    total = 0
    for pid in [root, *(child.pid for child in psutil.Process(root).children(recursive=True))]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


class PeakMemory(threading.Thread):
    """Watches the resident memory of a process and its descendants."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(root)
        self._done = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._done.wait(0.05):
            now = 0
            for process in [self._root, *self._root.children(recursive=True)]:
                try:
                    now += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, now)

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self.peak


def listens(port: int, process: subprocess.Popen) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"{process.args} ended with {process.returncode} before it listened")
    return any(
        connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
        for connection in psutil.net_connections("tcp")
    )


def own_seconds(said: list[bytes]) -> float | None:
    """What a sender that measures itself says, without its start."""
    try:
        return max(json.loads(line)["seconds"] for line in said)
    except (ValueError, KeyError, TypeError):
        return None


def settled(pid: int) -> None:
    """Wait until a server that has just started does nothing more."""
    last = -1.0
    for _ in range(40):
        time.sleep(0.3)
        now = cpu_seconds(pid)
        if now == last:
            return
        last = now


def measure(
    server: str,
    start: Start,
    sender: str,
    send: Send,
    associations: int,
    place: str,
    root: Path,
    parts: list[Path],
    objects: ObjectSet,
) -> Run:
    """Send all ``parts`` to a new server, on ``associations`` associations at once."""
    folder = Path(tempfile.mkdtemp(prefix="filmroom-bench-", dir=root))
    kept = folder / "kept"
    kept.mkdir()
    port = free_port()
    files = [path for part in parts for path in part.iterdir()]
    process = subprocess.Popen(
        start(kept, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=DCMTK_TUNED,
    )
    try:
        eventually(lambda: listens(port, process), f"{server} listens")
        # Whatever it does at its start is none of the work that is measured.
        settled(process.pid)
        shares = [parts[number::associations] for number in range(associations)]
        memory = PeakMemory(process.pid)
        memory.start()
        # A share of several folders becomes one folder of links, to be one association.
        folders = []
        for number, share in enumerate(shares):
            links = folder / f"share{number}"
            links.mkdir()
            for part in share:
                for path in part.iterdir():
                    (links / path.name).symlink_to(path)
            folders.append(links)
        cpu_before = cpu_seconds(process.pid)
        began = time.perf_counter()
        senders = [
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=DCMTK_TUNED
            )
            for command in send(port, folders)
        ]
        said = [one.communicate()[0] for one in senders]
        seconds = own_seconds(said) or time.perf_counter() - began
        used = cpu_seconds(process.pid) - cpu_before
        peak = memory.stop()
        stored = sum(
            path.is_file() and path.stat().st_size > objects.pixels * 0.9
            for path in kept.rglob("*")
            if "index" not in str(path.relative_to(kept))
        )
        size = sum(path.stat().st_size for path in files) / 1e6
        return Run(
            *(server, sender, associations, place, size, seconds, used, peak / 1e6),
            lost=len(files) - stored,
            objects=objects.name,
        )
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder)
