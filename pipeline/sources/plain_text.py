"""Plain text: one article a file, as UTF-8, its first line the headline."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.sources.unreadable import Unreadable, read_whole
from schemas import RawArticle

# The wire of an article of which nothing is known but the file that it came in.
_FILE = "file"


def read_plain_text(file: BinaryIO, source: str | None) -> Iterator[RawArticle]:
    """Yield the file as one article; raise `Unreadable` where it is empty or not UTF-8."""
    content = read_whole(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"not UTF-8: byte {content[error.start]:#04x} at offset {error.start}"
        ) from error
    yield RawArticle(source=source or _FILE, content=text)
