"""Readers, one for each format in which articles come; `READERS` names them.

A reader turns the bytes of a file into articles. What is meant to be an article of ours and is
none, it hands on as the bytes that they are: the pipeline rejects them, with the reason, and
keeps them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from pipeline.errors import UserError
from pipeline.sources.html import read_html
from pipeline.sources.json_lines import read_json_lines
from pipeline.sources.newsml_g2 import read_newsml_g2
from pipeline.sources.ninjs import read_ninjs
from pipeline.sources.nitf import read_nitf
from pipeline.sources.plain_text import read_plain_text
from pipeline.sources.reuters_21578 import read_reuters_21578
from pipeline.sources.syndication import read_feed_file
from pipeline.sources.unreadable import NoArticle, Problem, Unreadable
from schemas import RawArticle

Reader = Callable[[BinaryIO, str | None], Iterator[RawArticle | NoArticle | Problem]]

# Of so many bytes it is told what the format is.
_HEAD_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Format:
    """Who reads a format, and how it is known: by the ends of files' names, or by what is in them.

    A reader is called with the open file and the name of the wire, None where the user gave none.
    `begins` is matched with the first bytes without their leading space, in UTF-8.
    """

    read: Reader
    suffixes: tuple[str, ...] = ()
    begins: str = r"(?!)"


def _element(names: str) -> str:
    """Return a pattern for a document whose first element has one of these names."""
    prolog = r"(?>(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>]*>)*)"
    return rf"{prolog}<(?:[\w-]+:)?(?:{names})(?=[\s/>])"


_JSON_FEED = r'\{.*"version"\s*:\s*"https?:[\\/]+(?:www\.)?jsonfeed\.'
# Articles of our own have a source and a content, news objects of ninjs have a uri.
_NINJS = r'[\[{](?!.*"(?:source|content)"\s*:).*"uri"\s*:'

# The first whose beginning fits is taken; a name that says it, as `.jsonl` does, goes before.
READERS: dict[str, Format] = {
    "reuters-21578": Format(read_reuters_21578, (".sgm",), _element("REUTERS")),
    "rss": Format(read_feed_file, (".rss",), _element("rss|RDF|channel")),
    "atom": Format(read_feed_file, (".atom",), _element("feed|entry")),
    "json-feed": Format(read_feed_file, (), _JSON_FEED),
    "newsml-g2": Format(read_newsml_g2, (), _element("newsMessage|newsItem|packageItem")),
    "nitf": Format(read_nitf, (".nitf",), _element("nitf")),
    "ninjs": Format(read_ninjs, (".ninjs",), _NINJS),
    "html": Format(read_html, (".html", ".htm", ".xhtml"), r"<!DOCTYPE html\b|" + _element("html")),
    "jsonl": Format(read_json_lines, (".ndjson",), r"[\[{]"),
    "text": Format(read_plain_text, (".txt", ".text")),
}  # fmt: skip
# Names that leave open which format it is, and the one that it is where nothing else is seen.
_AMBIGUOUS = {".xml": None, ".rdf": None, ".json": "jsonl", ".jsonl": "jsonl"}

_BEGINS = {
    name: re.compile(form.begins, re.DOTALL | re.IGNORECASE) for name, form in READERS.items()
}
FORMATS = ", ".join(READERS)


def reader_for(name: str, format_name: str | None = None) -> Reader:
    """Return the reader of the named format, else of the format that the file's name tells.

    Where the name leaves it open, the reader that is returned looks into the file. Raises
    `UserError` for a format that is not known, and for a file that is not there and whose name
    tells nothing.
    """
    if format_name is not None:
        if format_name not in READERS:
            raise UserError(f"--format {format_name}: unknown; the formats are {FORMATS}")
        return READERS[format_name].read
    suffix = PurePath(name.removesuffix(".gz")).suffix.lower()
    for form in READERS.values():
        if suffix in form.suffixes:
            return form.read
    if name == "-":
        return _recognising("text")
    if suffix in _AMBIGUOUS or Path(name).exists():
        return _recognising(_AMBIGUOUS.get(suffix))
    raise UserError(f"{name}: no such file or directory")


def recognised(head: bytes) -> str | None:
    """Return the name of the format that begins with these bytes; None where none is known."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
                        (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):  # fmt: skip
        if head.startswith(mark):
            head = head.decode(codec, "replace").lstrip("\ufeff").encode()
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip()
    return next((name for name, begins in _BEGINS.items() if begins.match(text)), None)


def _recognising(otherwise: str | None) -> Reader:
    """Return a reader that looks at how a file begins and leaves it to the reader for that."""

    def read(file: BinaryIO, source: str | None) -> Iterator[RawArticle | NoArticle | Problem]:
        head = _head(file)
        if not head:
            raise Unreadable("empty")
        name = recognised(head) or otherwise
        if name is None:
            raise Unreadable(f"its format is not recognised; give --format ({FORMATS})")
        return READERS[name].read(file, source)

    return read


def _head(file: BinaryIO) -> bytes:
    """Return the first bytes of a file, which stay to be read."""
    peek = getattr(file, "peek", None)
    if peek is not None:
        return bytes(peek(_HEAD_BYTES)[:_HEAD_BYTES])
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    return head
