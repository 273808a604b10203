import errno
import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from filmroom.config import Destination, Settings, load_settings
from filmroom.errors import ConfigurationError


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No filmroom.toml and no FILMROOM_ variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("FILMROOM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "given.toml"
        path.write_text(text)
        return path

    return write


def test_defaults():
    settings = load_settings()
    assert (settings.aet, settings.host, settings.dicom_port) == ("FILMROOM", "127.0.0.1", 11112)
    assert (settings.durability, settings.on_duplicate) == ("full", "keep")
    assert settings.destinations == {}
    assert settings.allowed_calling_aets == ()
    assert not settings.check_called_aet
    assert not settings.unknown_sop_classes


def test_every_setting_has_a_description_and_a_default():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


def test_later_sources_win(monkeypatch, toml):
    file = toml('aet = "FILE"\nhost = "10.0.0.1"\nmax_matches = 5\n')
    assert load_settings(file).aet == "FILE"
    monkeypatch.setenv("FILMROOM_AET", "VARIABLE")
    monkeypatch.setenv("FILMROOM_HOST", "10.0.0.2")
    assert load_settings(file).aet == "VARIABLE"
    settings = load_settings(file, aet="FLAG", host=None)
    assert (settings.aet, settings.host, settings.max_matches) == ("FLAG", "10.0.0.2", 5)
    assert settings.dicom_port == 11112


def test_the_file_of_the_working_folder_is_read(tmp_path, toml):
    (tmp_path / "filmroom.toml").write_text('aet = "HERE"')
    assert load_settings().aet == "HERE"
    assert load_settings(toml('aet = "THERE"')).aet == "THERE"


def test_settings_do_not_change_once_loaded():
    with pytest.raises(ValidationError):
        load_settings().aet = "OTHER"


WRONG = [
    ("aet", ""),
    ("aet", "   "),
    ("aet", "SEVENTEEN LETTERS"),
    ("aet", "BACK\\SLASH"),
    ("aet", "ÄTITLE"),
    ("aet", 3),
    ("host", ""),
    ("dicom_port", -1),
    ("dicom_port", 65_536),
    ("dicom_port", "dicom"),
    ("dicom_port", 1.5),
    ("durability", "none"),
    ("on_duplicate", "KEEP"),
    ("check_called_aet", "perhaps"),
    ("allowed_calling_aets", ["OK", "NOT\\OK"]),
    ("allowed_calling_aets", "A,B"),
    ("unknown_sop_classes", 7),
    ("relational_queries", []),
    ("max_matches", -1),
    ("workers", -1),
    ("workers", 65),
    ("max_associations", 0),
    ("max_associations", 100_001),
    ("max_pdu", 4_095),
    ("max_pdu", 1 << 30),
    ("association_timeout", 0),
    ("network_timeout", -1),
    ("network_timeout", "nan"),
    ("idle_timeout", 86_401),
    ("dimse_timeout", "soon"),
    ("connect_timeout", 0),
    ("stop_timeout", 0),
    ("verify_rate", -1),
    ("verify_interval", -1),
    ("log_level", "loud"),
    ("log_format", "xml"),
    ("data", 5),
    ("index_url", 5),
    ("blob_url", []),
    ("destinations", []),
    ("destinations", {"A": {"port": 104}}),
    ("destinations", {"A": {"host": "h", "port": 0}}),
    ("destinations", {"A": {"host": "", "port": 1}}),
    ("destinations", {"A": {"host": "h", "prot": 1}}),
    ("destinations", {"SEVENTEEN LETTERS": {"host": "h"}}),
    ("destinations", {"A": "h:104"}),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=str)
def test_a_wrong_value_is_refused_by_its_name(name, value):
    with pytest.raises(ConfigurationError) as caught:
        load_settings(**{name: value})
    assert caught.value.setting == name
    assert name in caught.value.message
    assert "filmroom config show" in caught.value.hint


def test_every_setting_is_tried_with_a_wrong_value():
    assert {name for name, _ in WRONG} == set(Settings.model_fields)


def test_every_fault_is_told_at_once(toml):
    with pytest.raises(ConfigurationError) as caught:
        load_settings(toml('aet = ""\ndicom_port = 70000\n'), host="")
    assert all(name in caught.value.message for name in ("aet", "dicom_port", "host"))


def test_an_unknown_key_of_the_file_is_refused(toml):
    with pytest.raises(ConfigurationError, match="dicom_prot: no such setting") as caught:
        load_settings(toml("dicom_prot = 104"))
    assert caught.value.setting == "dicom_prot"


def test_an_unknown_flag_is_refused():
    with pytest.raises(ConfigurationError, match="no such setting"):
        load_settings(colour="blue")


def test_other_variables_are_left_alone(monkeypatch):
    """Kubernetes sets FILMROOM_PORT and the like for a service that is called filmroom."""
    monkeypatch.setenv("FILMROOM_SERVICE_HOST", "10.1.2.3")
    monkeypatch.setenv("FILMROOM_PORT", "tcp://10.1.2.3:11112")
    assert load_settings().model_dump() == Settings().model_dump()


@pytest.mark.parametrize("name", ["DESTINATIONS", "ALLOWED_CALLING_AETS"])
def test_a_variable_that_is_not_json_is_refused_by_its_name(monkeypatch, name):
    monkeypatch.setenv(f"FILMROOM_{name}", "A=1.2.3.4:104")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert caught.value.setting == name.lower()
    assert name.lower() in caught.value.message
    assert "JSON" in caught.value.hint


def test_lists_and_tables_in_variables(monkeypatch):
    monkeypatch.setenv("FILMROOM_ALLOWED_CALLING_AETS", '["CT1", "MR1"]')
    monkeypatch.setenv("FILMROOM_DESTINATIONS", json.dumps({"WS": {"host": "h", "port": 105}}))
    settings = load_settings()
    assert settings.allowed_calling_aets == ("CT1", "MR1")
    assert settings.destinations == {"WS": Destination(host="h", port=105)}


def test_destinations_of_the_file_and_of_flags_are_put_together(toml):
    file = toml('[destinations.A]\nhost = "a"\n[destinations."B 2"]\nhost = "b"\nport = 11113\n')
    assert load_settings(file).destinations == {
        "A": Destination(host="a", port=104),
        "B 2": Destination(host="b", port=11113),
    }
    flags = {"A": Destination(host="other", port=1), "C": Destination(host="c", port=2)}
    merged = load_settings(file, destinations=flags).destinations
    assert {name: (d.host, d.port) for name, d in merged.items()} == {
        "A": ("other", 1),
        "B 2": ("b", 11113),
        "C": ("c", 2),
    }


def test_a_file_that_cannot_be_read_is_refused(monkeypatch, toml):
    toml("").rename("filmroom.toml")

    def refuse(*_args, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigurationError, match=r"filmroom\.toml: Permission denied") as caught:
        load_settings()
    assert caught.value.setting == "config"


@pytest.mark.parametrize("content", [b"aet = ", b"[", b'aet = "\xff"', b"\x00"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path)
    assert caught.value.setting == "config"
    assert str(path) in caught.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.toml does not exist") as caught:
        load_settings(tmp_path / "absent.toml")
    assert caught.value.setting == "config"


def test_ae_titles_lose_their_padding():
    assert load_settings(aet="  PADDED  ").aet == "PADDED"
