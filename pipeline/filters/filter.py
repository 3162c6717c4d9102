"""A filter: an expression made ready to be asked of many records."""

from collections.abc import Callable
from typing import Self

from pipeline.filters.expression import And, Expression, Not, Or, Term
from pipeline.filters.fields import View, field_named
from pipeline.filters.parsing import parse
from schemas import Record

_Test = Callable[[View], bool]


class Filter:
    """Says of a record whether an expression matches it, and why.

        wanted = Filter('country:RU and not relation:original')
        if wanted(record): ...

    The language is that of `subscribe --where`; `pipeline.filters.parsing` has its grammar.
    """

    def __init__(self, text: str) -> None:
        """Read the expression; raise `FilterError`, which tells the place, where it is none."""
        self._compile(parse(text))

    @classmethod
    def of(cls, expression: Expression) -> Self:
        """Return the filter of a tree that was made otherwise than from text."""
        made = cls.__new__(cls)
        made._compile(expression)
        return made

    def _compile(self, expression: Expression) -> None:
        self.expression = expression
        self._test = _test(expression)

    def __call__(self, record: Record) -> bool:
        """Say whether the expression matches `record`."""
        return self._test(View(record))

    def explain(self, record: Record) -> list[str]:
        """Return why the expression matches `record`, a line a reason; nothing where it does not.

        Of an `or` only the parts that match are told.
        """
        view = View(record)
        return list(dict.fromkeys(_reasons(self.expression, view))) if self._test(view) else []

    def __str__(self) -> str:
        return str(self.expression)

    def __repr__(self) -> str:
        return f"Filter({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and other.expression == self.expression

    def __hash__(self) -> int:
        return hash(self.expression)


def _test(expression: Expression) -> _Test:
    match expression:
        case Term():
            find = field_named(expression.field).finder(expression.operator, expression.values)
            return lambda view: find(view) is not None
        case Not():
            refused = _test(expression.part)
            return lambda view: not refused(view)
        case And() | Or():
            tests = tuple(map(_test, expression.parts))
            return _all(tests) if isinstance(expression, And) else _any(tests)


def _all(tests: tuple[_Test, ...]) -> _Test:
    # Loops: a generator under all() takes three times as long.
    def test(view: View) -> bool:
        for test in tests:  # noqa: SIM110  the loop is the fast form
            if not test(view):
                return False
        return True

    return test


def _any(tests: tuple[_Test, ...]) -> _Test:
    def test(view: View) -> bool:
        for test in tests:  # noqa: SIM110  the loop is the fast form
            if test(view):
                return True
        return False

    return test


def _reasons(expression: Expression, view: View) -> list[str]:
    """Return the reasons of what is known to match; a `not` is its own."""
    match expression:
        case Term():
            field = field_named(expression.field)
            found = field.finder(expression.operator, expression.values)(view)
            return [f"{expression}: {field.describe(found)}"]
        case Not():
            return [str(expression)]
        case And():
            return [reason for part in expression.parts for reason in _reasons(part, view)]
        case Or():
            return [
                reason
                for part in expression.parts
                if _test(part)(view)
                for reason in _reasons(part, view)
            ]
