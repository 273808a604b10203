"""The command ``filmroom``: the commands put together, and errors told to people."""

from __future__ import annotations

import sys

import typer

from filmroom import __version__
from filmroom.cli import (
    config,
    convert,
    deidentify,
    delete,
    dump,
    echo,
    export,
    find,
    get,
    import_,
    json,
    move,
    reindex,
    render,
    serve,
    stats,
    store,
    validate,
    verify,
    xml,
)
from filmroom.errors import ConfigurationError, FilmroomError

__all__ = ["app", "main"]

app = typer.Typer(
    name="filmroom",
    help="Filmroom, a PACS: receives medical images, keeps, finds and hands them out.",
    epilog="Example: filmroom serve --data ./filmroom-data",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"filmroom {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass


for _command in (
    serve,
    echo,
    store,
    find,
    move,
    get,
    import_,
    export,
    reindex,
    verify,
    validate,
    stats,
    delete,
    deidentify,
    render,
    dump,
    json,
    xml,
    convert,
):
    _command.register(app)
config.register(app)


def main() -> None:
    """Run the command line; a FilmroomError becomes one line on standard error."""
    try:
        app()
    except FilmroomError as error:
        print(f"filmroom: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
