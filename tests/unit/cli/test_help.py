import json

import pytest
import typer
from typer.testing import CliRunner

from filmroom.cli.main import app
from filmroom.cli.retrieval import report
from filmroom.client import Progress


@pytest.mark.parametrize("default", ["FILMROOM", "127.0.0.1", "11112", "./filmroom-data", "keep"])
def test_the_help_of_serve_tells_the_defaults(default):
    result = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "160"})
    assert f"default: {default}" in result.output


def test_a_failed_move_tells_what_the_status_means_in_the_words_of_c_move(capsys):
    final = Progress(0xA801, 0, 0, 0, 0, comment="[-844] move destination NOWHERE is unknown")
    with pytest.raises(typer.Exit) as left:
        report("C-MOVE", "moved", final, as_json=False)
    assert left.value.exit_code == 1
    assert "status A801, Refused: move destination unknown [-844]" in capsys.readouterr().err


def test_json_of_a_retrieval_is_one_object(capsys):
    with pytest.raises(typer.Exit) as left:
        report("C-GET", "fetched", Progress(0, 0, 3, 0, 0), as_json=True)
    assert left.value.exit_code == 0
    assert json.loads(capsys.readouterr().out)["completed"] == 3
