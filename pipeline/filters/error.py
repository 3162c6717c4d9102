"""A filter expression that is none, and where it goes wrong."""

import unicodedata

from pipeline.errors import UserError

_SHOWN_BEFORE = 60
_SHOWN = 90


class FilterError(UserError):
    """The user's mistake in a filter expression: what it is, and its place in the expression.

    `start` and `end` are offsets in code points. As text: one line, and below it the expression
    with a mark under the place.
    """

    def __init__(self, reason: str, expression: str, start: int, end: int) -> None:
        self.reason = reason
        self.expression = expression
        self.start = start
        self.end = end
        super().__init__(f"filter, character {start + 1}: {reason}\n{self._place()}")

    def _place(self) -> str:
        first = max(0, self.start - _SHOWN_BEFORE)
        last = first + _SHOWN
        before = "…" if first else ""
        after = "…" if last < len(self.expression) else ""
        shown = "".join(_shown(character) for character in self.expression[first:last])
        indent = _width(before) + sum(
            _width(_shown(character)) for character in self.expression[first : self.start]
        )
        marked = self.expression[self.start : max(self.start + 1, min(self.end, last))]
        marks = "^" * max(1, sum(_width(_shown(character)) for character in marked))
        return f"  {before}{shown}{after}\n  {' ' * indent}{marks}"


def _shown(character: str) -> str:
    """Return the character, or what stands for it where it would act on a terminal."""
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return "\N{REPLACEMENT CHARACTER}"
    return character


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
