"""``filmroom verify``: hold index and objects against each other."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from filmroom.archive.pace import Pace
from filmroom.archive.verify import VerifyKind, verify
from filmroom.cli.local import existing_archive, tracked
from filmroom.cli.options import Config, Data, Json
from filmroom.cli.remote import print_json

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify", epilog="Example: filmroom verify --data /srv/filmroom --json")(_verify)


def _verify(
    data: Data = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Check presence and size, not the checksums.")
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option("--rate", min=0.001, help="Read at most this many MB a second."),
    ] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Check that every kept object is there and unchanged, and that nothing else is.

    Exit code 1 when anything is wrong; each fault is a line with its file.
    """
    counts: Counter[VerifyKind] = Counter()
    faults = []
    with existing_archive(data, config) as archive:
        total = archive.stats().instances
        pace = None if rate is None else Pace(rate * 1_000_000)
        steps = verify(archive, digests=not quick, pace=pace)
        for step in tracked(steps, "verify", total):
            counts[step.kind] += 1
            if step.kind is not VerifyKind.GOOD:
                faults.append(step)
    if as_json:
        print_json(
            {
                **{kind.value: counts[kind] for kind in VerifyKind},
                "faults": [
                    {
                        "kind": step.kind.value,
                        "file": step.blob_key,
                        "sop_instance_uid": step.sop_instance_uid,
                    }
                    for step in faults
                ],
            }
        )
    else:
        for step in faults:
            print(f"{step.kind.value}: {step.blob_key}")  # noqa: T201
        print(f"{counts[VerifyKind.GOOD]} objects are good, {len(faults)} faults")  # noqa: T201
    raise typer.Exit(1 if faults else 0)
