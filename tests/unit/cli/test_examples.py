"""Every command explains itself: what it does, and an example that can be typed."""

import runpy
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from filmroom.cli.main import app

TOOL = runpy.run_path(str(Path(__file__).parents[3] / "tools/write_reference.py"))
COMMANDS = dict(TOOL["commands"]())


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name):
    """Of the command itself: every option with a meaning, exit code 0."""
    words = name.split()[1:]
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert "Example: filmroom" in done.output
    unexplained = [p.name for p in COMMANDS[name].params if not (p.help or "").strip()]
    assert unexplained == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_is_of_the_command_and_uses_what_it_has(name):
    command = COMMANDS[name]
    assert command.epilog.startswith("Example: ")
    words = shlex.split(command.epilog.removeprefix("Example: "))
    assert " ".join(words[: len(name.split())]) == name
    options = {option for parameter in command.params for option in parameter.opts}
    given = [word.partition("=")[0] for word in words if word.startswith("-")]
    assert [option for option in given if option not in options] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_first_sentence_says_what_it_does(name):
    first = COMMANDS[name].help.splitlines()[0]
    assert first[0].isupper()
    assert len(first) <= 110


def test_the_program_itself():
    runner = CliRunner()
    assert runner.invoke(app, ["--version"]).output.startswith("filmroom 0.")
    done = runner.invoke(app, ["--help"])
    assert done.exit_code == 0
    for name in COMMANDS:
        assert name.split()[1] in done.output
    assert runner.invoke(app, []).exit_code == 2
    assert runner.invoke(app, ["nonsense"]).exit_code == 2
