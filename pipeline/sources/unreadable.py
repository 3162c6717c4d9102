"""How a reader says that it cannot read a file."""


class Unreadable(Exception):
    """The file is not of its format; the message says what is wrong, and where."""
