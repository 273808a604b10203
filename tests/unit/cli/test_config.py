import tomllib

import pytest

from filmroom.config import Settings, load_settings


def test_what_is_shown_is_a_settings_file_of_what_is_in_force(command, tmp_path, monkeypatch):
    (tmp_path / "filmroom.toml").write_text(
        'aet = "ARCHIVE"\nallowed_calling_aets = ["CT1", "MR1"]\nmax_matches = 7\n'
        '[destinations.WS1]\nhost = "10.0.0.5"\nport = 104\n'
        '[destinations."WS 2"]\nhost = "10.0.0.6"\n'
    )
    monkeypatch.setenv("FILMROOM_DURABILITY", "relaxed")
    done = command("config", "show")
    assert done.code == 0
    shown = tmp_path / "shown.toml"
    shown.write_text(done.out)
    in_force = load_settings()
    assert in_force.durability == "relaxed"
    monkeypatch.delenv("FILMROOM_DURABILITY")
    assert load_settings(shown).model_dump() == in_force.model_dump()


def test_every_setting_is_shown_with_its_meaning(command):
    shown = command("config", "show").out
    for name, field in Settings.model_fields.items():
        assert f"# {field.description}\n" in shown
        assert name in shown
    assert tomllib.loads(shown)["aet"] == "FILMROOM"


def test_json(command, tmp_path):
    record = command("config", "show", "--json").json()
    assert set(record) == set(Settings.model_fields)
    assert record["dicom_port"] == 11112
    assert record["index_url"] is None
    assert record["destinations"] == {}


def test_good_settings(command, tmp_path):
    (tmp_path / "good.toml").write_text('aet = "ARCHIVE"\n')
    done = command("config", "check", "--config", "good.toml")
    assert (done.code, done.err) == (0, "")
    assert done.out == "settings are good: data in filmroom-data, AE title ARCHIVE\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dicom_port = 99999\n", "dicom_port: Input should be less than or equal to 65535"),
        ("aett = 1\n", "aett: no such setting"),
        ("[destinations.WS1]\nport = 104\n", "destinations.WS1.host: Field required"),
        ("aet = \n", "is not valid TOML"),
    ],
)
@pytest.mark.parametrize("name", ["check", "show"])
def test_bad_settings_are_wrong_use(command, tmp_path, text, told, name):
    (tmp_path / "filmroom.toml").write_text(text)
    done = command("config", name)
    assert (done.code, done.out) == (2, "")
    assert "[-819]" in done.err
    assert told in done.err


def test_a_file_that_is_missing(command):
    assert command("config", "check", "--config", "missing.toml").code == 2


def test_without_a_subcommand_the_help_is_shown(command):
    done = command("config")
    assert done.code == 2
    assert "show" in done.out + done.err
