"""Structured logs by structlog: one event name, then facts as keys; never patient data.

:func:`configure_logging` is called once, by the command line. Libraries' own standard-library logs
go the same way.
"""

from __future__ import annotations

import logging
import logging.handlers
import queue
import sys
from typing import Literal, TextIO

import structlog

__all__ = ["configure_logging", "get_logger"]

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]


def get_logger(part: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part of the house; its lines carry ``part``."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(f"filmroom.{part}", part=part)
    return logger


def configure_logging(
    level: Level = "info", form: Format = "auto", stream: TextIO | None = None
) -> logging.handlers.QueueListener:
    """Send logs to ``stream`` (standard error by default) from a thread of their own.

    The caller of a log line never waits for the terminal or the disk. Stop the returned listener
    to flush what is queued.
    """
    stream = stream or sys.stderr
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: structlog.types.Processor
    if form == "json" or (form == "auto" and not stream.isatty()):
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty())
    sink = logging.StreamHandler(stream)
    sink.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_KeepRecord(lines))
    root.setLevel(level.upper())
    listener = logging.handlers.QueueListener(lines, sink)
    listener.start()
    return listener


class _KeepRecord(logging.handlers.QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Queue the record as it is: the formatter needs structlog's event dictionary."""
        return record
