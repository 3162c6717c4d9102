"""Printing JSON lines."""

from typing import Any

import orjson

from pipeline import standard_output


def print_json(value: Any) -> None:
    """Print `value` as one line of JSON; raise `UserError` where standard output takes none."""
    standard_output.write(orjson.dumps(value).decode() + "\n")
