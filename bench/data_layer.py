"""The data layer side by side with pydicom, in one run: ``make bench-data``.

Each comparison does the same with the same file in Filmroom and in pydicom. They take turns, so
that whatever else the machine does hits both alike: a ratio compares two neighbours in time, and
the figure is the median of the rounds. CPU time is measured, but for decoding in threads, where it
is the clock. Writes ``bench/DATA_LAYER.md``.
"""

import argparse
import datetime
import importlib.metadata
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from data_layer_memory import memory_lines
from data_layer_ways import Way, ways

OUT = Path(__file__).with_name("DATA_LAYER.md")
SECONDS_A_TURN = 0.05
HEAD = """# The data layer beside pydicom

Measured by `make bench-data` on {date}, in {rounds} rounds in which both take turns; on other days
and machines the times differ, the ratios less so. A ratio is the median of the rounds, in brackets
the lowest and highest. The object is a CT image of 150 elements before 512 by 512 pixels of
16 bits: header and pixels are real, of pydicom's test files. Files lie in /dev/shm, so disks do
not count, but for the one of 4 GB.

{machine}
"""


@dataclass
class Taken:
    """Seconds of each round."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [b / a for a, b in zip(self.ours, self.theirs, strict=True)]


def timed(run: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeats):
        run()
    return (clock() - start) / repeats


def repeats_for(run: Callable[[], object], seconds: float) -> int:
    """How often to run for one turn; runs it once or twice beforehand, so that caches are warm."""
    run()
    return max(1, round(seconds / max(timed(run, 1, time.perf_counter), 1e-7)))


def measure(chosen: list[Way], rounds: int, seconds: float) -> dict[str, Taken]:
    repeats = {
        way.name: (repeats_for(way.ours, seconds), repeats_for(way.theirs, seconds))
        for way in chosen
    }
    taken = {way.name: Taken() for way in chosen}
    for number in range(rounds):
        for way in chosen:
            clock = time.perf_counter if way.threads else time.process_time
            ours, theirs = repeats[way.name]
            turns = [(taken[way.name].ours, way.ours, ours)]
            turns.append((taken[way.name].theirs, way.theirs, theirs))
            for found, run, count in turns if number % 2 else reversed(turns):
                found.append(timed(run, count, clock))
        print(f"round {number + 1} of {rounds}", flush=True)
    return taken


def spread(values: list[float]) -> str:
    return f"**{statistics.median(values):.1f}** ({min(values):.1f} to {max(values):.1f})"


def duration(values: list[float]) -> str:
    middle = statistics.median(values)
    return f"{middle * 1e3:.2f} ms" if middle >= 1e-3 else f"{middle * 1e6:.0f} µs"


def table(chosen: list[Way], taken: dict[str, Taken]) -> list[str]:
    lines = [
        '`specific_tags` are the tags that the archive indexes; "asked for" is by issue 3.',
        "",
        "| what | Filmroom | pydicom | times as fast | asked for |",
        "|---|--:|--:|--:|--:|",
    ]
    for way in chosen:
        found = taken[way.name]
        asked = "" if way.target is None else f"{way.target:g}"
        ratio = spread(found.ratios)
        if way.target is not None and statistics.median(found.ratios) < way.target:
            asked += ", missed"
        cells = (way.name, duration(found.ours), duration(found.theirs), ratio, asked)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    cores = len(list(Path("/sys/devices/system/cpu").glob("cpu[0-9]*")))
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("filmroom", "pydicom", "numpy", "imagecodecs", "pylibjpeg-openjpeg")
    )
    return (
        f"{cores} cores of {cpu}, Linux {platform.release()}, "
        f"Python {platform.python_version()}; {versions}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-data", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="3 rounds, and no file is written")
    parser.add_argument("--only", default="", help="comparisons whose name has this in it")
    chosen = parser.parse_args()
    rounds = 3 if chosen.quick else chosen.rounds
    folder = Path(tempfile.mkdtemp(prefix="filmroom-bench-", dir="/dev/shm"))
    try:
        picked = [way for way in ways(folder) if chosen.only in way.name]
        lines = table(picked, measure(picked, rounds, SECONDS_A_TURN))
        lines += [""] + [way.note for way in picked if way.note] + ["", *memory_lines()]
    finally:
        shutil.rmtree(folder)
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    text = HEAD.format(date=date, rounds=rounds, machine=machine()) + "\n" + "\n".join(lines) + "\n"
    print(text)
    if not chosen.quick and not chosen.only:
        OUT.write_text(text)


if __name__ == "__main__":
    main()
