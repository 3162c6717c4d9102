"""What a process says of itself: readable on a terminal, one JSON object a line elsewhere.

No article's text is ever logged, only ids: which article and input an event is about stands in
fields of its own, given with `extra`.
"""

import logging
import logging.config
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console
from rich.logging import RichHandler

# Libraries that tell of every step they take; what they warn of is still heard.
# mode gives every service the logger of the module that it stands in, ours as well.
_TALKATIVE = (
    "faust",
    "mode",
    "aiokafka",
    "kafka",
    "aiohttp",
    "uvicorn",
    "pipeline.faust_corrections",
)


# What an event is about: the names that `extra` may have.
_FIELDS = (
    "article_id", "input", "stage", "reason", "stack",
    "delivered", "per_second", "bytes_read", "bytes",
)  # fmt: skip


class JsonLines(logging.Formatter):
    """Formats a log record as one line of JSON, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        line |= {
            name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class Readable(logging.Formatter):
    """Formats a log record for a terminal, what it is about behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text."""
        about = [f"{name}={value}" for name in _FIELDS if (value := getattr(record, name, None))]
        return " ".join([super().format(record), *about])


def terminal_handler() -> logging.Handler:
    """Return a handler that prints to standard error in colours."""
    handler = RichHandler(console=Console(stderr=True), show_path=False, rich_tracebacks=False)
    handler.setFormatter(Readable())
    return handler


def logging_configuration(level: str) -> dict[str, Any]:
    """Return the configuration of `logging` for this process, in the form of `dictConfig`."""
    if sys.stderr.isatty():
        handler: dict[str, Any] = {"()": terminal_handler}
    else:
        handler = {"class": "logging.StreamHandler", "formatter": "json"}
    # Never "DEBUG": Kafka's libraries then log whole requests, passwords and articles included.
    quiet = "INFO" if level == "debug" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": handler},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {
            **{name: {"level": quiet} for name in _TALKATIVE},
            # It warns of every pause of a tenth of a second, as a busy machine makes them.
            "kafka.net.selector": {"level": "ERROR"},
        },
    }


def configure_logging(level: str) -> None:
    """Let this process log from now on."""
    logging.config.dictConfig(logging_configuration(level))
