import subprocess
import sys

import pytest
from typer.main import get_command

from filmroom.cli.main import COMMANDS, app

PROBE = """
import sys
from filmroom.cli.main import app
from typer.main import get_command
get_command(app).get_command(None, sys.argv[1])
print("numpy" in sys.modules, "imagecodecs" in sys.modules)
"""


@pytest.mark.parametrize("name", ["serve", "echo", "store", "find", "import", "convert"])
def test_a_command_loads_no_codecs_before_it_needs_them(name):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, name], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"


def test_the_table_names_every_command_once():
    assert list(get_command(app).commands) == list(COMMANDS)
    assert all(command.name == name for name, command in get_command(app).commands.items())


def test_what_is_no_command_is_told():
    assert get_command(app).get_command(None, "nonsense") is None
