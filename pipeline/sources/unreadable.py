"""Reading a file whole, and how a reader says what is wrong with it."""

from dataclasses import dataclass
from typing import BinaryIO, Final

# Of what is read as one piece. An article may have 8 MB, the largest feeds seen have 10.
MOST_BYTES: Final = 64 * 1024**2


class Unreadable(Exception):
    """The file, or a part of it, cannot be read; the message says what is wrong, and where.

    Whatever could be read was yielded before.
    """


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was mended, or passed over because it is no text; with its place.

    Every article of the file is there all the same.
    """

    text: str


@dataclass(frozen=True, slots=True)
class NoArticle:
    """What should have been an article: its bytes, which end in `news.rejected`, and its fault.

    `text` says what is wrong with it, and where.
    """

    content: bytes
    text: str


def read_whole(file: BinaryIO) -> bytes:
    """Return all that is in a file; raise `Unreadable` where that is nothing, or too much."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(f"more than {MOST_BYTES:,} bytes")
    if not content.strip():
        raise Unreadable("empty")
    return content
