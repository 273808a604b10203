"""C-MOVE and C-GET of a series of 1,000 images: ``python bench/retrieve.py [--quick]``.

Each server keeps the same series in memory; DCMTK's getscu and movescu fetch it and drop what
comes, so that the server is what is measured. Rounds are interleaved. Prints a table in Markdown.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from objects import ROOT
from processes import eventually, free_port

from measure import DCMTK_TUNED, cpu_seconds, listens, settled
from senders import SETS, make_objects, storescu
from servers import RECEIVER_PORT, dcmqrscp, filmroom, orthanc

AE_TITLES = {"Filmroom": "FILMROOM", "Orthanc": "ORTHANC", "dcmqrscp": "QRSCP"}
SERVERS = {
    "Filmroom": lambda folder, port: [
        *filmroom(folder, port), "--destination", f"BENCH=127.0.0.1:{RECEIVER_PORT}",
    ],
    "Orthanc": orthanc,
    "dcmqrscp": dcmqrscp,
}  # fmt: skip


@contextmanager
def serving(name: str, folder: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    port = free_port()
    process = subprocess.Popen(
        SERVERS[name](folder, port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=DCMTK_TUNED,
    )
    try:
        eventually(lambda: listens(port, process), f"{name} listens")
        yield process, port
    finally:
        process.terminate()
        process.wait(60)


def fetch(service: str, name: str, port: int) -> list[str]:
    tool = shutil.which("getscu" if service == "C-GET" else "movescu", path="/usr/bin") or service
    how = ["--ignore"] if service == "C-GET" else ["-aem", "BENCH"]
    study = f"{ROOT}.1.1"
    keys = (
        "QueryRetrieveLevel=SERIES",
        f"StudyInstanceUID={study}",
        f"SeriesInstanceUID={study}.1",
    )
    return [
        *(tool, "-S", *how, "--max-pdu", "131072", "-aec", AE_TITLES[name], "-aet", "BENCH"),
        *(part for key in keys for part in ("-k", key)),
        *("127.0.0.1", str(port)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 images")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="filmroom-bench-", dir=memory))
    count = 100 if chosen.quick else 1000
    rates: dict[tuple[str, str], list[tuple[float, float]]] = {}
    receiver = subprocess.Popen(
        [shutil.which("storescp") or "storescp", "--fork", "--ignore", "--max-pdu", "131072",
         str(RECEIVER_PORT)],
        env=DCMTK_TUNED,
    )  # fmt: skip
    try:
        [source] = make_objects(root / "source", replace(SETS["ct"], count=count), parts=1)
        for part in source.iterdir():
            one_series(part)
        size = sum(path.stat().st_size for path in source.iterdir()) / 1e6
        for name in SERVERS:
            (root / name).mkdir()
            with serving(name, root / name) as (_, port):
                [command] = storescu(port, [source])
                subprocess.run([*command, "-aec", AE_TITLES[name]], env=DCMTK_TUNED, check=True)
        for _ in range(chosen.rounds):
            for name in SERVERS:
                with serving(name, root / name) as (process, port):
                    settled(process.pid)
                    for service in ("C-GET", "C-MOVE"):
                        before, began = cpu_seconds(process.pid), time.perf_counter()
                        subprocess.run(
                            fetch(service, name, port),
                            env={**os.environ, **DCMTK_TUNED},
                            stdout=subprocess.DEVNULL,
                            check=True,
                        )
                        seconds = time.perf_counter() - began
                        cpu = (cpu_seconds(process.pid) - before) / size * 1000
                        rates.setdefault((service, name), []).append((size / seconds, cpu))
    finally:
        receiver.terminate()
        receiver.wait()
        shutil.rmtree(root)
    print("| service | server | MB/s | lowest–highest | CPU s per GB |\n|---|---|---|---|---|")
    for (service, name), runs in sorted(rates.items()):
        speeds = [speed for speed, _ in runs]
        print(
            f"| {service} | {name} | {statistics.median(speeds):.0f} |"
            f" {min(speeds):.0f}–{max(speeds):.0f} |"
            f" {statistics.median(cpu for _, cpu in runs):.1f} |"
        )


def one_series(path: Path) -> None:
    """The objects of a set are of several series: make them one."""
    from pydicom import dcmread

    data_set = dcmread(path)
    data_set.SeriesInstanceUID = f"{ROOT}.1.1.1"
    data_set.save_as(path)


if __name__ == "__main__":
    main()
