import io
import json
import logging
import warnings

import pytest
import structlog

from filmroom.ops.logging import configure_logging, get_logger


@pytest.fixture(autouse=True)
def as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def logged(log, level="info", form="auto", stream=None):
    stream = stream if stream is not None else io.StringIO()
    listener = configure_logging(level, form, stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            log()
    finally:
        listener.stop()
    return stream.getvalue()


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_is_one_json_object_with_its_facts():
    text = logged(lambda: get_logger("server").info("listening", dicom_port=11112, aet="Ä\n"))
    (line,) = lines(text)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "listening",
        "level": "info",
        "part": "server",
        "dicom_port": 11112,
        "aet": "Ä\n",
    }


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_what_is_below_the_level_is_left_out(level, expected):
    def log():
        for name in ("debug", "info", "warning", "error"):
            getattr(get_logger("test"), name)(name)

    assert [line["event"] for line in lines(logged(log, level))] == expected


def test_lines_of_libraries_go_the_same_way():
    (line,) = lines(logged(lambda: logging.getLogger("some.library").warning("slow: %s", 3)))
    assert (line["event"], line["level"]) == ("slow: 3", "warning")


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_error_comes_with_its_traceback_without_the_values_of_its_variables(form):
    def log():
        patient_name = "^".join(("DISTINCTIVE", "NAME"))
        try:
            assert patient_name
            raise ZeroDivisionError("the reason")
        except ZeroDivisionError as error:
            get_logger("test").error("failed", exc_info=error)
            logging.getLogger("library").exception("failed too")

    text = logged(log, form=form)
    assert text.count("ZeroDivisionError: the reason") == 2
    assert text.count("test_logging.py") >= 2
    assert "DISTINCTIVE^NAME" not in text


def test_auto_is_for_people_on_a_terminal_and_json_elsewhere():
    def log():
        get_logger("test").info("happened", fact=1)

    assert "\x1b[" in logged(log, stream=Terminal())
    assert "\x1b[" not in logged(log, form="console")
    assert lines(logged(log, form="json", stream=Terminal()))


def test_stopping_flushes_what_is_queued():
    count = 2000
    text = logged(lambda: [get_logger("test").info("line", number=n) for n in range(count)])
    assert [line["number"] for line in lines(text)] == list(range(count))


def test_configuring_twice_does_not_log_twice():
    logged(lambda: None)
    assert len(lines(logged(lambda: get_logger("test").info("once")))) == 1
