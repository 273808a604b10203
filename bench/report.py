"""Tables for people: medians, spread, ratios, and what it was measured on."""

import datetime
import importlib.metadata
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from measure import Run

HEAD = """# Results

C-STORE, measured by `make bench` on {date}. Every server got the same objects from the same senders
on the same machine, in {rounds} interleaved rounds; each run is a new server process on an empty
folder. A figure is the median of the rounds, in brackets the lowest and highest. CPU seconds are
the server's alone, with its child processes; memory is the peak of its resident set, children added
up. The ratios compare a server's rate with those of `storescp --fork` and of Orthanc in the same
round.

Filmroom syncs every object and commits its index row before it answers; "relaxed" indexes without
syncing. Orthanc indexes, and syncs its objects unless "unsynced"; the others neither sync nor
index. The senders run on the same cores: DCMTK's storescu needs a CPU second per GB and more, the
fast sender a third of it. It measures itself, without its start; the times of the others include
it. DCMTK's programs run with TCP_NODELAY=1: without it Debian's build waits 40 ms an object for
delayed acknowledgements.
"""


def machine() -> list[str]:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    dcmtk = subprocess.run(
        [shutil.which("storescp") or "storescp", "--version"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    version = re.search(r"v(\d+\.\d+\.\d+)", dcmtk)
    cores = len(list(Path("/sys/devices/system/cpu").glob("cpu[0-9]*")))
    return [
        f"- {cores} cores of {cpu[1] if cpu else platform.machine()}, "
        f"{int(memory[1]) / 1e6:.0f} GB of memory, Linux {platform.release()}"
        if memory
        else platform.platform(),
        f"- Python {sys.version.split()[0]}, Filmroom {importlib.metadata.version('filmroom')}, "
        f"DCMTK {version[1] if version else '?'}, "
        f"pynetdicom {importlib.metadata.version('pynetdicom')}, "
        f"pydicom {importlib.metadata.version('pydicom')}",
        f"- memory: /dev/shm (tmpfs, where a sync costs nothing); disk: {tempfile.gettempdir()}",
    ]


def spread(values: list[float], form: str) -> str:
    middle = format(statistics.median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({format(min(values), form)}–{format(max(values), form)})"


def write_report(out: Path, runs: list[Run]) -> None:
    same = Counter((r.objects, r.server, r.sender, r.associations, r.place) for r in runs)
    rounds = max(same.values())
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [HEAD.format(rounds=rounds, date=date)]
    lines += [*machine(), ""]
    for objects, place, sender, associations in dict.fromkeys(
        (run.objects, run.place, run.sender, run.associations) for run in runs
    ):
        plural = "association" if associations == 1 else "associations"
        lines += [
            f"## {objects}: {sender}, {associations} {plural}, {place}",
            "",
            "| server | MB/s | × storescp --fork | × Orthanc | CPU s per GB | peak MB | lost |",
            "|---|---|---|---|---|---|---|",
        ]
        table: dict[str, list[Run]] = {}
        for run in runs:
            if (run.objects, run.place, run.sender, run.associations) == (
                *(objects, place, sender, associations),
            ):
                table.setdefault(run.server, []).append(run)
        for server, its in table.items():
            ratios = [
                [run.rate / other.rate for run, other in zip(its, base, strict=False)]
                for base in (table.get("storescp --fork", []), table.get("Orthanc", []))
            ]
            lines.append(
                f"| {server} | {spread([run.rate for run in its], '.0f')} "
                f"| {spread(ratios[0], '.2f') if ratios[0] else ''} "
                f"| {spread(ratios[1], '.1f') if ratios[1] else ''} "
                f"| {spread([run.cpu_per_gb for run in its], '.1f')} "
                f"| {max(run.peak_mb for run in its):.0f} | {max(run.lost for run in its)} |"
            )
        lines.append("")
    out.write_text("\n".join(lines))
