r"""Parsing filter expressions, by recursive descent.

    expression  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | "(" expression ")" | term
    term        = field ":" values | field comparison value | value
    values      = value | "(" value { "," value } ")"
    comparison  = "<" | "<=" | ">" | ">=" | "="
    value       = word | quoted text, in which \ stands before a quote or another \

`=` says the same as `:`. `and`, `or`, `not` and fields are read in any case. There is no token
stream, because what a word may hold depends on where it stands: after a field's colon it may hold
colons itself, as ids do.
"""

import re
from typing import Final, get_args

from pipeline.filters.error import FilterError
from pipeline.filters.expression import BARE, KEYWORDS, And, Expression, Not, Operator, Or, Term
from pipeline.filters.fields import FIELDS, check_value

# Expressions come over the network too (the console); these bounds keep every one of them cheap.
LONGEST: Final = 4_000
DEEPEST: Final = 50

_SPACE = re.compile(r"\s*")
# What stands where a term begins: a field or a word; no colon, because that ends a field's name.
_WORD = re.compile(r"""[^\s(),"'<>=:][^\s(),"<>=:]*""")
_OPERATOR = re.compile(r"\s*(<=|>=|<|>|:|=)\s*")
_KEYWORD = re.compile(r"(and|or|not)(?![^\s()\"'])", re.IGNORECASE)
_QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse(text: str) -> Expression:
    """Return the tree of an expression; raise `FilterError` where it is none."""
    if len(text) > LONGEST:
        raise FilterError(f"longer than {LONGEST} characters", text, LONGEST, len(text))
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        self._space()
        if self._at == len(self._text):
            raise self._error("it is empty; an example is: country:RU and not relation:original")
        expression = self._expression()
        if self._at < len(self._text):
            if self._text[self._at] == ")":
                raise self._error("this ) closes nothing")
            raise self._error("`and`, `or` or the end belongs here; a phrase needs quotes")
        return expression

    def _expression(self) -> Expression:
        parts = [self._conjunction()]
        while self._keyword("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _conjunction(self) -> Expression:
        parts = [self._negation()]
        while self._keyword("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negation(self) -> Expression:
        start = self._at
        if self._keyword("not"):
            self._descend(start)
            part = self._negation()
            self._depth -= 1
            return Not(part)
        if self._take("("):
            self._descend(start)
            part = self._expression()
            if not self._take(")"):
                raise FilterError("this ( is not closed", self._text, start, start + 1)
            self._depth -= 1
            return part
        return self._term()

    def _descend(self, start: int) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterError(f"nested more than {DEEPEST} deep", self._text, start, start + 1)

    def _term(self) -> Term:
        start = self._at
        if _KEYWORD.match(self._text, start) or start == len(self._text):
            raise self._error("a condition is missing here, such as country:RU or a word")
        word = _WORD.match(self._text, start)
        operator = _OPERATOR.match(self._text, word.end()) if word else None
        if word is None or operator is None:
            value = self._value(bare=_WORD)
            self._check(None, value, start)
            return Term(None, ":", (value,))
        return self._of_field(word[0], self._operator(operator[1]), start, operator)

    @staticmethod
    def _operator(spelling: str) -> Operator:
        operators: tuple[Operator, ...] = get_args(Operator)
        return next((operator for operator in operators if operator == spelling), ":")

    def _of_field(self, name: str, operator: Operator, start: int, where: re.Match[str]) -> Term:
        field = FIELDS.get(name.lower())
        if field is None:
            raise FilterError(
                f"no such field: {name}; there are {', '.join(FIELDS)}",
                self._text, start, start + len(name),
            )  # fmt: skip
        if operator not in field.operators:
            raise FilterError(
                f"{field.name} is followed by {' or '.join(field.operators)}, not by {operator}",
                self._text, *where.span(1),
            )  # fmt: skip
        self._at = where.end()
        values: list[str] = []
        opened = self._at
        if operator == ":" and self._take("("):
            while True:
                values.append(self._checked(field.name))
                if not self._take(","):
                    break
            if not self._take(")"):
                if self._at == len(self._text):
                    raise FilterError("this ( is not closed", self._text, opened, opened + 1)
                raise self._error(", or ) belongs here; a value of several words needs quotes")
        else:
            values.append(self._checked(field.name))
        return Term(field.name, operator, tuple(values))

    def _checked(self, field: str) -> str:
        self._space()
        start = self._at
        value = self._value(bare=BARE)
        self._check(field, value, start)
        return value

    def _check(self, field: str | None, value: str, start: int) -> None:
        fault = check_value(field, value)
        if fault:
            raise FilterError(fault, self._text, start, self._end_of(start))

    def _end_of(self, start: int) -> int:
        return start + len(self._text[start : self._at].rstrip())

    def _value(self, bare: re.Pattern[str]) -> str:
        start = self._at
        if start < len(self._text) and self._text[start] in "\"'":
            quoted = _QUOTED.match(self._text, start)
            if quoted is None:
                raise FilterError("this quote is not closed", self._text, start, start + 1)
            self._at = quoted.end()
            self._space()
            inner = quoted[1] if quoted[1] is not None else quoted[2]
            return _ESCAPED.sub(r"\1", inner)
        word = bare.match(self._text, start)
        if word is None:
            raise self._error("a value is missing here; what is no word needs quotes")
        if word[0].lower() in KEYWORDS:
            raise FilterError(
                f'as a value, {word[0]} needs quotes: "{word[0]}"', self._text, *word.span()
            )
        self._at = word.end()
        self._space()
        return word[0]

    def _keyword(self, keyword: str) -> bool:
        found = _KEYWORD.match(self._text, self._at)
        if found is None or found[1].lower() != keyword:
            return False
        self._at = found.end()
        self._space()
        return True

    def _take(self, character: str) -> bool:
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        self._space()
        return True

    def _space(self) -> None:
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        self._at = space.end()

    def _error(self, reason: str) -> FilterError:
        word = _WORD.match(self._text, self._at)
        end = word.end() if word else self._at + 1
        return FilterError(reason, self._text, self._at, end)
