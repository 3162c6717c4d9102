"""What a process says of itself: readable on a terminal, one JSON object a line elsewhere.

No article's text is ever logged, only ids.
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


class JsonLines(logging.Formatter):
    """Formats a log record as one line of JSON, its traceback included.

    What a record was given as `extra={"fields": {...}}` stands in it by these names.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def terminal_handler() -> logging.Handler:
    """Return a handler that prints to standard error in colours."""
    return RichHandler(console=Console(stderr=True), show_path=False, rich_tracebacks=False)


def logging_configuration(level: str) -> dict[str, Any]:
    """Return the configuration of `logging` for this process, in the form of `dictConfig`."""
    if sys.stderr.isatty():
        handler: dict[str, Any] = {"()": terminal_handler}
    else:
        handler = {"class": "logging.StreamHandler", "formatter": "json"}
    quiet = level.upper() if level == "debug" else "WARNING"
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
