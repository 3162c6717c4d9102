"""The form of a filter expression: a tree that prints as what it is parsed from."""

import re
from dataclasses import dataclass
from typing import Literal

Operator = Literal[":", "<", "<=", ">", ">="]

KEYWORDS = frozenset({"and", "or", "not"})
# What a value may consist of without quotes; it may hold a colon, as ids do, but not begin so.
BARE = re.compile(r"""[^\s(),"'<>=:][^\s(),"]*""")


@dataclass(frozen=True, slots=True)
class Term:
    """A field and what it is to be: one of `values`, or a number on that side of the one value.

    Without a `field` the words are looked for in headline and body.
    """

    field: str | None
    operator: Operator
    values: tuple[str, ...]

    def __str__(self) -> str:
        shown = [_value(value) for value in self.values]
        listed = shown[0] if len(shown) == 1 else f"({', '.join(shown)})"
        if self.field is None:
            # In quotes, lest a word that is followed by a colon be taken for a field.
            return _quoted(self.values[0])
        return f"{self.field}{self.operator}{listed}"


@dataclass(frozen=True, slots=True)
class Not:
    """What `part` does not match."""

    part: "Expression"

    def __str__(self) -> str:
        return f"not {_inner(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """What all of two or more parts match."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return " and ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """What any of two or more parts matches."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        # `and` binds more tightly, so it needs no parentheses here.
        return " or ".join(
            str(part) if isinstance(part, And) else _inner(part) for part in self.parts
        )


Expression = Term | Not | And | Or


def _inner(part: Expression) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)


def _value(value: str) -> str:
    if BARE.fullmatch(value) and value.lower() not in KEYWORDS:
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
