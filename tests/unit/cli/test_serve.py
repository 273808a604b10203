import json
import signal
from types import SimpleNamespace

import pytest
from objects import ct_image, write
from processes import FILMROOM, eventually, filmroom, filmroom_server, free_port, run

from filmroom.cli import serve
from filmroom.config import Destination


class Server:
    """What the announcement needs of a server."""

    port = 4242


@pytest.fixture
def started(command, monkeypatch):
    """Runs `serve` up to where it would serve; gives settings, archive and what was printed."""

    def start(*arguments):
        seen = []

        def stands_in(settings, archive, ready):
            ready(Server())
            seen.append((settings, archive, archive.stats()))

        monkeypatch.setattr(serve, "run_server", stands_in)
        done = command("serve", *arguments)
        return done, *(seen[0] if seen else (None, None, None))

    return start


def test_the_defaults(started, tmp_path):
    done, settings, _, held = started()
    assert done.code == 0
    assert (settings.aet, settings.host, settings.dicom_port) == ("FILMROOM", "127.0.0.1", 11112)
    assert held.instances == 0
    assert (tmp_path / "filmroom-data" / "objects").is_dir()


def test_flags_are_settings(started, tmp_path):
    done, settings, archive, _ = started(
        *("--data", "mine", "--aet", "ARCHIVE", "--host", "::1", "--dicom-port", "104"),
        *("--destination", "WS1=10.0.0.5:104", "--destination", "WS2=ws2.example:11112"),
        *("--on-duplicate", "reject", "--durability", "relaxed", "--log-level", "error"),
        *("--log-format", "json", "--index-url", f"sqlite://{tmp_path}/apart/index.sqlite"),
        *("--blob-url", f"file://{tmp_path}/blobs"),
    )
    assert done.code == 0
    assert (settings.aet, settings.host, settings.dicom_port) == ("ARCHIVE", "::1", 104)
    assert settings.destinations == {
        "WS1": Destination(host="10.0.0.5", port=104),
        "WS2": Destination(host="ws2.example", port=11112),
    }
    assert (settings.durability, settings.log_level, settings.log_format) == (
        *("relaxed", "error", "json"),
    )
    assert archive.on_duplicate.value == "reject"
    assert (tmp_path / "apart" / "index.sqlite").exists()
    assert (tmp_path / "blobs").is_dir()


def test_flags_before_variables_before_the_file(started, tmp_path, monkeypatch):
    (tmp_path / "filmroom.toml").write_text('aet = "FILE"\nhost = "10.0.0.1"\nmax_matches = 5\n')
    monkeypatch.setenv("FILMROOM_AET", "VARIABLE")
    monkeypatch.setenv("FILMROOM_HOST", "10.0.0.2")
    _, settings, _, _ = started("--aet", "FLAG")
    assert (settings.aet, settings.host, settings.max_matches) == ("FLAG", "10.0.0.2", 5)


def test_where_it_listens_and_what_to_try_is_announced(started):
    done, *_ = started("--aet", "ARCHIVE", "--host", "10.0.0.9")
    lines = done.out.splitlines()
    assert "AE title ARCHIVE" in lines[0]
    assert "dicom://10.0.0.9:4242" in lines[0]
    assert lines[1] == "  0 studies, 0 instances in filmroom-data"
    assert "storescu -aec ARCHIVE 10.0.0.9 4242" in done.out
    assert "filmroom find 10.0.0.9 4242" in done.out
    assert "Ctrl-C" in lines[-1]


@pytest.mark.parametrize("on_path", [True, False])
def test_the_program_is_named_as_it_can_be_typed(started, monkeypatch, tmp_path, on_path):
    """`make run` leaves it in .venv, which is on nobody's path."""
    found = "/usr/bin/filmroom" if on_path else None
    monkeypatch.setattr(serve.shutil, "which", lambda _name: found)
    monkeypatch.setattr(serve, "sys", SimpleNamespace(argv=[f"{tmp_path}/.venv/bin/filmroom"]))
    done, *_ = started()
    program = "filmroom" if on_path else ".venv/bin/filmroom"
    assert f"or   {program} find 127.0.0.1 4242" in done.out


def test_a_sample_study_goes_into_an_empty_archive_only(started, command, monkeypatch, tmp_path):
    imported = []
    monkeypatch.setattr("filmroom.cli.sample_study.import_sample_study", imported.append)
    _, _, archive, _ = started("--sample")
    assert imported == [archive]
    write(ct_image(), tmp_path / "one.dcm")
    command("import", "one.dcm")
    done, _, _, _ = started("--sample")
    assert len(imported) == 1
    assert "  1 study, 1 instance in filmroom-data" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--dicom-port", "70000"), ("--dicom-port", "dicom"), ("--durability", "never")),
        *(("--on-duplicate", "both"), ("--destination", "WS1"), ("--destination", "=h:1")),
        *(("--destination", "WS1=host:0"), ("--destination", "A TITLE MUCH TOO LONG=h:1")),
        *(("--aet", "A\\B"), ("--index-url", "postgresql://x"), ("--blob-url", "s3://x")),
        *(("--log-level", "loud"), ("--config", "missing.toml")),
    ],
)
def test_wrong_use(started, arguments):
    done, settings, _, _ = started(*arguments)
    assert (done.code, settings, done.out) == (2, None, "")
    assert "Traceback" not in done.err


def test_a_data_folder_that_is_served_already(started, archive, tmp_path):
    done, settings, _, _ = started("--data", tmp_path / "served")
    assert (done.code, settings) == (1, None)
    assert "[-867] another server already serves this data folder" in done.err


def test_a_real_one_from_start_to_stop(tmp_path):
    """The process, its log as JSON lines on standard error, and exit code 0 after SIGTERM."""
    with filmroom_server(tmp_path / "data", "--aet", "ARCHIVE") as server:
        filmroom("echo", *server.address(), "--called", "ARCHIVE")
        assert server.stop() == 0
        log = [json.loads(line) for line in server.log_text().splitlines()]
    assert [line["event"] for line in log if line["event"] in ("listening", "stopped")] == [
        *("listening", "stopped"),
    ]
    assert next(line for line in log if line["event"] == "listening")["dicom_port"] == server.port


def test_a_real_one_whose_port_is_taken(tmp_path):
    with filmroom_server(tmp_path / "data") as server:
        other = run(
            *(FILMROOM, "serve", "--data", tmp_path / "other", "--dicom-port", server.port),
            check=False,
        )
    assert other.returncode == 2
    assert "[-819] cannot listen on" in other.stderr
    assert other.stdout == ""


def test_ctrl_c_stops_it(tmp_path):
    with filmroom_server(tmp_path / "data") as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 0
        eventually(lambda: '"stopped"' in server.log_text(), "it says that it stopped")


def test_a_taken_port_is_free_again_after_the_stop(tmp_path):
    port = free_port()
    for _ in range(2):
        with filmroom_server(tmp_path / "data", "--dicom-port", str(port)) as server:
            assert server.port == port
            assert server.stop() == 0
