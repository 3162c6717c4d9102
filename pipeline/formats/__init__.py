"""How records are handed out: one file a format.

`FORMATS` has those that are text; `pipeline.formats.readable` is for people at a terminal.
"""

from collections.abc import Callable
from functools import partial

from pipeline.formats.comma_separated import CommaSeparated
from pipeline.formats.json_lines import JsonLines
from pipeline.formats.ninjs import Ninjs
from pipeline.formats.published import Format, Published
from pipeline.formats.rss import Rss

FORMATS: dict[str, Callable[[], Format]] = {
    "json": JsonLines,
    "csv": CommaSeparated,
    "rss": Rss,
    "ninjs": Ninjs,
    "ninjs-strict": partial(Ninjs, strict=True),
}
# Those that hold news only; a rejection is none.
NEWS_ONLY = frozenset({"rss", "ninjs", "ninjs-strict"})

__all__ = ["FORMATS", "NEWS_ONLY", "Format", "Published"]
