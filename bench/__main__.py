"""C-STORE of CT objects into Filmroom and its peers, side by side: ``make bench``.

Every server gets the same objects from the same senders, in rounds: each round runs every
combination once, so that whatever else the machine does hits them alike. Each run starts a server
of its own on an empty folder. Writes ``bench/RESULTS.md``.
"""

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from measure import Run, measure
from report import write_report
from senders import SENDERS, SETS, ObjectSet, make_objects
from servers import SERVERS

PLACES = {"memory": Path("/dev/shm"), "disk": Path(tempfile.gettempdir())}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the objects")
    parser.add_argument("--sets", nargs="+", default=["ct"], choices=SETS)
    parser.add_argument("--rounds", type=int, default=3, help="times that each is measured")
    parser.add_argument("--servers", nargs="+", default=list(SERVERS), choices=SERVERS)
    parser.add_argument("--senders", nargs="+", default=list(SENDERS), choices=SENDERS)
    parser.add_argument("--places", nargs="+", default=list(PLACES), choices=PLACES)
    parser.add_argument("--associations", nargs="+", type=int, default=[1, 4, 8])
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    return parser.parse_args()


def measure_set(chosen: argparse.Namespace, objects: ObjectSet) -> list[Run]:
    """All combinations with one set of objects, in rounds."""
    source = Path(tempfile.mkdtemp(prefix="filmroom-bench-", dir=PLACES["memory"]))
    runs: list[Run] = []
    try:
        parts = make_objects(source, objects, parts=max(chosen.associations))
        combinations = [
            (server, sender, associations, place)
            for place in chosen.places
            for sender in chosen.senders
            for associations in chosen.associations
            for server in chosen.servers
        ]
        for round_ in range(1, chosen.rounds + 1):
            for server, sender, associations, place in combinations:
                run = measure(
                    *(server, SERVERS[server], sender, SENDERS[sender]),
                    *(associations, place, PLACES[place], parts, objects),
                )
                runs.append(run)
                print(
                    f"{round_}/{chosen.rounds} {place:6} {sender:14} {associations}: {server:28}"
                    f" {run.rate:6.0f} MB/s {run.cpu_per_gb:5.1f} CPU s/GB {run.peak_mb:5.0f} MB"
                    + (f"  LOST {run.lost}" if run.lost else ""),
                    flush=True,
                )
    finally:
        shutil.rmtree(source)
    return runs


def main() -> None:
    chosen = arguments()
    runs: list[Run] = []
    for name in chosen.sets:
        objects = SETS[name]
        if chosen.quick:
            objects = replace(objects, count=max(objects.count // 10, 4))
        runs += measure_set(chosen, objects)
    write_report(chosen.out, runs)
    print(chosen.out)


if __name__ == "__main__":
    main()
