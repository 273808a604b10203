"""``filmroom deidentify``: copies of files without what tells who someone is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from filmroom.archive.import_ import walk
from filmroom.cli.local import tracked
from filmroom.cli.options import Json
from filmroom.cli.remote import print_json, tell
from filmroom.deidentification import (
    Deidentifier,
    MappingFile,
    Option,
    Outcome,
    OutcomeKind,
    Profile,
    Region,
    Report,
    Rules,
    Totals,
    check_apart,
    deidentify_files,
    load_rules,
)
from filmroom.errors import ConfigurationError

__all__ = ["register"]

_OTHERS_MAY_READ = 0o077


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command(
        "deidentify",
        epilog="Example: filmroom deidentify ./study --out ./anonymous --secret-file secret",
    )(_deidentify)


def _deidentify(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files, or folders with all below them.")
    ],
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help="Folder to write to; made if need be.")
    ],
    profile: Annotated[
        Literal["basic"], typer.Option("--profile", help="The profile of PS3.15 Annex E.")
    ] = "basic",
    options: Annotated[
        list[Option] | None,
        typer.Option(
            "--option", metavar="NAME", help=f"One of {', '.join(Option)}; may be repeated."
        ),
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            "--secret-file",
            exists=True,
            dir_okay=False,
            help="Secret of at least 16 random bytes: with it every run gives the same UIDs,"
            " pseudonyms and dates. Default: one for this run only.",
        ),
    ] = None,
    date_shift: Annotated[
        int,
        typer.Option(
            "--date-shift-days",
            min=1,
            max=36_500,
            help="With retain-modified-dates: days by which a patient's dates go back at most.",
        ),
    ] = 3650,
    blank: Annotated[
        list[str] | None,
        typer.Option(
            "--blank", metavar="X,Y,W,H", help="Region to blank in all images; may be repeated."
        ),
    ] = None,
    outside_ultrasound: Annotated[
        bool,
        typer.Option(
            "--outside-ultrasound-regions",
            help="Blank what ultrasound devices draw around their images.",
        ),
    ] = False,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            exists=True,
            dir_okay=False,
            help="TOML file: what to blank by device, safe private attributes, words, actions.",
        ),
    ] = None,
    burned_in: Annotated[
        Literal["refuse", "warn"],
        typer.Option(
            "--burned-in",
            help="What to do with objects that may show who they are of, and nothing tells where.",
        ),
    ] = "refuse",
    report: Annotated[
        Path | None,
        typer.Option("--report", dir_okay=False, help="JSON file for what was done, by new names."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            dir_okay=False,
            help="CSV file with old and new identifiers, for its owner only. Keep it safe.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=256, help="Processes that share the work.")
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but write the files.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Copy files and folders without what tells who someone is (PS3.15 Annex E).

    Originals are never touched. A file that cannot be de-identified is told and leaves no copy;
    the exit code is then 1. New files are named by their new UIDs.
    """
    for place in (out, report, mapping):
        if place is not None:
            check_apart(paths, place)
    if mapping is not None and out.resolve() in mapping.resolve().parents:
        raise ConfigurationError(
            "the mapping would be given away with the new files",
            setting="mapping",
            hint=f"keep it outside of {out}",
        )
    house = Rules() if rules is None else load_rules(rules)
    regions = tuple(Region.parse(text) for text in blank or ())
    chosen = set(options or ())
    if regions or outside_ultrasound or (rules and house.pixels):
        chosen.add(Option.CLEAN_PIXEL_DATA)
    wanted = Profile(frozenset(chosen), house, date_shift)
    secret = {} if secret_file is None else {"secret": _secret(secret_file)}
    deidentifier = Deidentifier(
        wanted,
        regions=regions,
        outside_ultrasound_regions=outside_ultrasound,
        burned_in=burned_in,
        **secret,
    )
    totals = Totals()
    with ExitStack() as stack:
        sinks: list[Totals | Report | MappingFile] = [totals]
        if report is not None:
            sinks.append(stack.enter_context(Report.open(report, deidentifier, totals)))
        if mapping is not None:
            sinks.append(stack.enter_context(MappingFile.open(mapping)))
        outcomes = deidentify_files(
            deidentifier, walk(paths), out, write=not dry_run, workers=workers
        )
        for outcome in _told(tracked(outcomes, "de-identify")):
            for sink in sinks:
                sink.add(outcome)
    if as_json:
        print_json(totals.as_json())
    else:
        parts = [f"{totals.files[kind.value]} {kind.value}" for kind in OutcomeKind]
        warned = f" ({totals.warnings} warnings)" if totals.warnings else ""
        print(", ".join(parts) + warned)  # noqa: T201
    raise typer.Exit(1 if totals.files[OutcomeKind.FAILED.value] else 0)


def _secret(path: Path) -> bytes:
    """The secret in a file; a line end after it does not count."""
    try:
        if path.stat().st_mode & _OTHERS_MAY_READ:
            tell(f"others may read {path}: chmod 600 {path}")
        return path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", setting="secret_file", hint="check its mode"
        ) from error


def _told(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """``outcomes``; what went wrong, or may have, is told to the person."""
    for outcome in outcomes:
        for warning in outcome.warnings:
            tell(f"{outcome.path}: {warning}")
        if outcome.error:
            tell(f"{outcome.path}: {outcome.error}")
        yield outcome
