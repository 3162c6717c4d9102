"""JSON lines: one `RawArticle` a line, as UTF-8; empty lines are passed over."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from pydantic_core import from_json

from pipeline.sources.unreadable import Unreadable
from schemas import RawArticle

# A longer line is no article: a message may have 8 MB.
_LONGEST_LINE: Final = 64 * 1024**2


def read_json_lines(file: BinaryIO, source: str | None) -> Iterator[RawArticle | bytes]:
    """Yield each line as an article, or as its bytes where it is none.

    `source` is the wire of the articles that name none themselves. Raises `Unreadable` at a line
    that does not end.
    """
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise Unreadable(f"line {number}: longer than {_LONGEST_LINE:,} bytes")
        stripped = line.strip()
        if number == 1:
            stripped = stripped.removeprefix(b"\xef\xbb\xbf")
        if not stripped:
            continue
        try:
            data = from_json(stripped)  # as the pipeline reads it: large numbers stay whole
            if source is not None and isinstance(data, dict):
                data.setdefault("source", source)
            yield RawArticle.model_validate(data)
        except ValueError:  # no JSON, or no article
            yield stripped
