"""HTML: one page a file, in the charset that it declares or else the one that its bytes suggest."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.cleaning.html_decoding import decode
from pipeline.sources.unreadable import read_whole
from schemas import RawArticle

# The wire of a page of which nothing is known but the file that it came in.
_FILE = "file"


def read_html(file: BinaryIO, source: str | None) -> Iterator[RawArticle]:
    """Yield the page as one article; what is the article in it, cleaning finds out."""
    html = decode(read_whole(file), None)
    yield RawArticle(source=source or _FILE, content=html, content_type="text/html")
