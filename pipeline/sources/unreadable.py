"""How a reader says what is wrong with a file."""

from dataclasses import dataclass


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
