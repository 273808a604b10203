"""The command ``filmroom``: the commands put together, and errors told to people."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from filmroom import __version__
from filmroom.errors import ConfigurationError, FilmroomError

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: dict[str, str] = {
    "serve": "serve",
    "echo": "echo",
    "store": "store",
    "find": "find",
    "move": "move",
    "get": "get",
    "import": "import_",
    "export": "export",
    "reindex": "reindex",
    "verify": "verify",
    "backup": "backup",
    "restore": "restore",
    "validate": "validate",
    "stats": "stats",
    "delete": "delete",
    "deidentify": "deidentify",
    "render": "render",
    "dump": "dump",
    "json": "json",
    "xml": "xml",
    "convert": "convert",
    "config": "config",
}
"""The commands in the order of the help, and the module of this package that registers each."""


class _Commands(TyperGroup):
    """Loads the module of a command when it is asked for: an echo needs no codecs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, or None for a name that is none."""
        module = COMMANDS.get(cmd_name)
        return None if module is None else _loaded(cmd_name, module)

    @property
    def commands(self) -> dict[str, Any]:
        """All commands, loaded."""
        return {name: _loaded(name, module) for name, module in COMMANDS.items()}

    @commands.setter
    def commands(self, commands: MutableMapping[str, Any]) -> None:
        """Nothing is registered but what the table names."""


def _loaded(name: str, module: str) -> Any:
    loader = typer.Typer(context_settings=_CONTEXT)
    loader.callback()(_nothing)  # so that one command makes a group too
    import_module(f"filmroom.cli.{module}").register(loader)
    return get_command(loader).commands[name]  # type: ignore[attr-defined]


def _nothing() -> None:
    pass


_CONTEXT = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="filmroom",
    cls=_Commands,
    help="Filmroom, a PACS: receives medical images, keeps, finds and hands them out.",
    epilog="Example: filmroom serve --data ./filmroom-data",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
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
