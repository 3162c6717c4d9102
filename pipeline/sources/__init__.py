"""Readers, one for each format in which articles come; `READERS` names them.

A reader turns the bytes of a file into articles. What is meant to be an article of ours and is
none, it hands on as the bytes that they are: the pipeline rejects them, with the reason, and
keeps them.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import BinaryIO

from pipeline.errors import UserError
from pipeline.sources.html import read_html
from pipeline.sources.json_lines import read_json_lines
from pipeline.sources.plain_text import read_plain_text
from schemas import RawArticle

Reader = Callable[[BinaryIO, str | None], Iterator[RawArticle | bytes]]

# Of each format: how its files' names end, and who reads it. A reader is called with the open file
# and the name of the wire, None where the user gave none.
READERS: dict[str, tuple[tuple[str, ...], Reader]] = {
    "jsonl": ((".jsonl", ".ndjson", ".json"), read_json_lines),
    "html": ((".html", ".htm", ".xhtml"), read_html),
    "text": ((".txt", ".text"), read_plain_text),
}


def reader_for(name: str, format_name: str | None = None) -> Reader:
    """Return the reader of the named format, else of the format that the file's name tells.

    Raises `UserError` where that is none that is known.
    """
    formats = ", ".join(READERS)
    if format_name is not None:
        if format_name not in READERS:
            raise UserError(f"--format {format_name}: unknown; the formats are {formats}")
        return READERS[format_name][1]
    suffix = PurePath(name).suffix.lower()
    for suffixes, reader in READERS.values():
        if suffix in suffixes:
            return reader
    raise UserError(f"{name}: its format cannot be told by its name; give --format ({formats})")
