"""C-FIND over an index of a million studies: ``python bench/find.py [--studies N]``.

A generator writes the rows through the index itself, without objects. A server of its own answers
on the network, one association asks one query after the other, and each is timed from the request
to the final response. Prints a table in Markdown: matches, median and 99th percentile, and the
resident memory of the server before and after. The index is kept in ``--folder`` for the next run.
"""

import argparse
import asyncio
import datetime
import random
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
from processes import eventually, free_port

from filmroom.archive.index import OnDuplicate, SqliteIndex
from filmroom.archive.record import InstanceRecord
from filmroom.client import LocalEntity, ProposedContext, RemoteEntity, associate, find
from filmroom.client.contexts import UNCOMPRESSED
from filmroom.dicom import DataSet, tag_for
from measure import listens
from servers import FILMROOM

ROOT = "1.2.826.0.1.3680043.10.77"
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
STUDY_ROOT = "1.2.840.10008.5.1.4.1.2.2.1"
FAMILY = (
    "Abel Adler Bach Becker Braun Curie Dietrich Ebner Fischer Frank Gauss Graf Haas Hahn Huber "
    "Jung Kaiser Keller Klein Koch Kraus Lang Lehmann Maier Meitner Moser Neumann Noether Otto "
    "Peters Pohl Richter Roth Sauer Schmidt Schulz Simon Sommer Stein Vogel Wagner Weber Winter "
    "Wolf Ziegler"
).split()
GIVEN = (
    "Ada Anna Bernd Carl Clara David Emma Erik Frieda Georg Hanna Hugo Ida Jan Julia Karl Lena "
    "Lise Max Mia Nina Olga Paul Rosa Sara Tom Ulla Vera Willi Zoe"
).split()
SYLLABLES = (
    "ba be bi bo da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri".split()
)


FIRST_DAY, DAYS = datetime.date(2005, 1, 1), 7_300
"""Studies are spread evenly over twenty years: 137 a day of a million."""


def record(number: int, chance: random.Random) -> InstanceRecord:
    """The first instance of study ``number``; of three studies two share a patient."""
    patient = number - number % 3 % 2
    own = random.Random(patient)
    family = own.choice(FAMILY) + "".join(own.choices(SYLLABLES, k=2))
    modality = "MR" if number % 4 == 0 else "CT"
    date = FIRST_DAY + timedelta(number * 7_919 % DAYS)
    values = {
        "SpecificCharacterSet": "ISO_IR 100",
        "PatientID": f"P{patient:08}",
        "PatientName": f"{family}^{own.choice(GIVEN)}",
        "PatientBirthDate": f"{date - timedelta(own.randrange(33_000)):%Y%m%d}",
        "PatientSex": own.choice("FM"),
        "StudyDate": f"{date:%Y%m%d}",
        "StudyTime": f"{number % 24:02}{number % 60:02}00",
        "AccessionNumber": f"A{number:09}",
        "StudyID": str(number % 10_000),
        "StudyDescription": chance.choice(("Thorax", "Abdomen", "Head", "Spine", "Knee")),
        "ReferringPhysicianName": f"{chance.choice(FAMILY)}^{chance.choice(GIVEN)}",
        "Modality": modality,
        "SeriesNumber": "1",
        "SeriesDescription": "axial",
        "BodyPartExamined": "CHEST",
        "InstitutionName": "Bench Hospital",
        "InstanceNumber": "1",
        "Rows": "512",
        "Columns": "512",
    }
    study = f"{ROOT}.{number}"
    return InstanceRecord(
        values={tag_for(keyword) or 0: text for keyword, text in values.items()},
        sop_class_uid=MR if modality == "MR" else CT,
        sop_instance_uid=f"{study}.1.1",
        series_instance_uid=f"{study}.1",
        study_instance_uid=study,
        transfer_syntax_uid=UNCOMPRESSED[0],
        blob_key=f"00/00/{study}/{study}.1/{study}.1.1.dcm",
        size=526_000,
        data_set_offset=376,
        digest="0" * 32,
        source_ae="BENCH",
        received_at=1_700_000_000.0,
    )


def generate(path: Path, studies: int) -> None:
    """Write the rows that are not there yet."""
    index = SqliteIndex(path, durable=False)
    chance = random.Random(1895)
    there = index.stats().studies
    began = time.perf_counter()
    waiting: deque = deque()
    for number in range(studies):
        made = record(number, chance)
        if number < there:
            continue
        waiting.append(index.add(made, OnDuplicate.KEEP))
        if len(waiting) > 5_000:
            waiting.popleft().result()
        if number and number % 100_000 == 0:
            print(f"{number:,} studies, {time.perf_counter() - began:.0f} s", file=sys.stderr)
    while waiting:
        waiting.popleft().result()
    index.close()


def query(level: str, keys: dict[str, str], returns: tuple[str, ...]) -> DataSet:
    asked = DataSet()
    asked["QueryRetrieveLevel"] = level
    for keyword in returns:
        asked[keyword] = None
    for keyword, value in keys.items():
        asked[keyword] = value
    return asked


STUDY_RETURNS = (
    "PatientName", "PatientID", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "StudyTime",
    "AccessionNumber", "StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedInstances",
)  # fmt: skip
SERIES_RETURNS = ("SeriesInstanceUID", "Modality", "SeriesNumber", "NumberOfSeriesRelatedInstances")
IMAGE_RETURNS = ("SOPInstanceUID", "SOPClassUID", "InstanceNumber", "Rows", "Columns")


def queries(studies: int, chance: random.Random) -> dict[str, Iterator[DataSet]]:
    """For each kind of query an endless stream of them, each different."""

    def study(**keys):
        return query("STUDY", keys, STUDY_RETURNS)

    def number():
        return chance.randrange(studies)

    def name():
        return chance.choice(FAMILY) + "".join(chance.choices(SYLLABLES, k=2))

    def forever(make):
        while True:
            yield make()

    def series():
        return query("SERIES", {"StudyInstanceUID": f"{ROOT}.{number()}"}, SERIES_RETURNS)

    def image():
        study = f"{ROOT}.{number()}"
        keys = {"StudyInstanceUID": study, "SeriesInstanceUID": f"{study}.1"}
        return query("IMAGE", keys, IMAGE_RETURNS)

    def one_day():
        date = f"{FIRST_DAY + timedelta(chance.randrange(DAYS)):%Y%m%d}"
        return study(StudyDate=f"{date}-{date}", ModalitiesInStudy="MR")

    return {
        "patient ID": forever(lambda: study(PatientID=f"P{number():08}")),
        "accession number": forever(lambda: study(AccessionNumber=f"A{number():09}")),
        "study UID": forever(lambda: study(StudyInstanceUID=f"{ROOT}.{number()}")),
        "date range and modality": forever(one_day),
        "name prefix": forever(lambda: study(PatientName=f"{name()}^{chance.choice('ABC')}*")),
        "part of a name, `*part*`": forever(lambda: study(PatientName=f"*{name().lower()[2:]}*")),
        "series of a study": forever(series),
        "images of a series": forever(image),
    }


async def ask(connection, asked: DataSet, timeout: float) -> tuple[int, float, float]:
    """Matches, seconds to the first of them and to the end."""
    began = time.perf_counter()
    first = count = 0
    async for _ in find(connection, STUDY_ROOT, asked, timeout=timeout):
        if not count:
            first = time.perf_counter() - began
        count += 1
    return count, first or time.perf_counter() - began, time.perf_counter() - began


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure_all(port: int, process: psutil.Process, chosen: argparse.Namespace) -> None:
    chance = random.Random(7)
    local = LocalEntity("BENCH")
    contexts = [ProposedContext(STUDY_ROOT, UNCOMPRESSED)]
    async with associate(RemoteEntity("127.0.0.1", port), local, contexts) as connection:
        print("| query | matches | median ms | p99 ms |\n|---|---|---|---|")
        for name, stream in queries(chosen.studies, chance).items():
            times, matches = [], []
            for number in range(chosen.repeats + 5):
                count, _, took = await ask(connection, next(stream), 120)
                if number >= 5:
                    times.append(took * 1000)
                    matches.append(count)
            print(
                f"| {name} | {statistics.mean(matches):.1f} | {statistics.median(times):.1f} |"
                f" {percentile(times, 0.99):.1f} |",
                flush=True,
            )
        before = process.memory_info().rss / 1e6
        last = FIRST_DAY + timedelta(DAYS // 10 - 1)
        asked = query("STUDY", {"StudyDate": f"-{last:%Y%m%d}"}, STUDY_RETURNS)
        count, first, took = await ask(connection, asked, 120)
        after = process.memory_info().rss / 1e6
        print(
            f"\nA query of {count:,} matches: the first after {first * 1000:.1f} ms, all after"
            f" {took:.1f} s; memory of the server {before:.0f} MB before, {after:.0f} MB after."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=300, help="queries of each kind")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/filmroom-bench-index"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    generate(chosen.folder / "index.sqlite", chosen.studies)
    port = free_port()
    command = [FILMROOM, "serve", "--data", str(chosen.folder), "--dicom-port", str(port)]
    server = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: listens(port, server), "the server listens")
        asyncio.run(measure_all(port, psutil.Process(server.pid), chosen))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
