"""The lines of a wire article that are not its story: one rule a line, each with its example.

To extend: add a line to `RULES`. A pattern must match a whole line, stripped of outer spaces; the
names of its groups are the fields that it fills. A test checks every rule against its example.
"""

import re
from dataclasses import dataclass
from typing import Literal

from schemas.article import RemovedKind

Zone = Literal["head", "tail", "anywhere"]

# How many lines with text, from either end, count as the head and the tail of an article.
HEAD_LINES = 8
TAIL_LINES = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """Lines like `example`, within `zone`, are of `kind` and no part of the story."""

    kind: RemovedKind
    zone: Zone
    pattern: re.Pattern[str]
    example: str


def _rule(kind: RemovedKind, zone: Zone, pattern: str, example: str) -> Rule:
    return Rule(kind, zone, re.compile(pattern), example)


# A name is up to six words that begin with a capital, particles ("van", "de") between them.
_WORD = r"[A-Z][\w.'’-]*"
_NAME = rf"{_WORD}(?: (?:(?:and|&|,|van|von|de|del|der|la|le|bin|al) ?)*{_WORD}){{0,5}}"

# fmt: off
RULES: tuple[Rule, ...] = (
    _rule("byline", "head", rf"(?:By|BY) (?P<byline>{_NAME}(?:(?:,| and| &) {_NAME})*)(?:, .{{2,60}}(?<![.!?]))?", "By BNO NEWS"),
    _rule("placeholder", "anywhere", r"(?i:photo of (?:the )?author|author photo)", "Photo of author"),
    _rule("placeholder", "anywhere", r"(?i:advertisement|story continues below(?: advertisement)?)\.?", "Advertisement"),
    _rule("copyright", "anywhere", r"[(\[]?(?i:copyright|\(c\)|©)(?: ?(?:©|\(c\)))?,? (?P<year>(?:19|20)\d\d)(?: by|,)? (?P<holder>.+?)(?:(?<!\.[A-Z])[.,])?(?: (?i:all rights reserved).*?)?(?P<contact> \S+@\S+?)?[.)\]]*", "(Copyright 2015 by BNO News B.V. All rights reserved. Info: sales@bnonews.com.)"),
    _rule("credit", "anywhere", r"(?i:(?:(?:featured|header) )?(?:images?|photos?|pictures?)(?: (?:courtesy(?: of)?|credits?|by)|:)):? ?(?P<credit>.{2,80}?)\.?", "Images Courtesy of DepositPhotos"),
)
# fmt: on
