"""Printing: JSON lines in a pipe, and what is wrong with the pipe."""

import os
import sys
from typing import Any

import orjson

from pipeline.errors import UserError


def print_json(value: Any) -> None:
    """Print `value` as one line of JSON; raise `UserError` where standard output takes none.

    Ends the process where whoever reads our output has enough, as `head` does.
    """
    try:
        sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UserError(f"standard output: {(error.strerror or str(error)).lower()}") from error
