"""What a wire says in words about an item: CORRECTED, UPDATE 2, 1STLD, REPEAT, KILL.

The markers are those of AP, Reuters and dpa, and of the slugs of 1987. They stand at the beginning
of a headline or note, or between the parts of a slug, with punctuation of their own, so that
"corrected" in a sentence is none, nor is a WEEDKILLER, nor a MARKET-CORRECTION.
"""

import re
from dataclasses import dataclass
from typing import Literal

from schemas import TaggedArticle

Kind = Literal["update", "correction", "repeat", "canceled", "withheld"]

# At the beginning of a headline, with what divides it from the title.
_AFTER = r"(?:\)?\s*[-–—:]+\s*|\)\s*|\s+(?=\())"
_HEADLINE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("canceled", re.compile(rf"(?:(?:MANDATORY|BULLETIN)\s+)?KILL(?:\W+KILL)*(?:{_AFTER}|\s*$)")),
    ("canceled", re.compile(r"KILL(?:\W+KILL)+\W*")),
    ("canceled", re.compile(rf"(?:STORY )?WITHDR(?:AWN|AWAL)(?:{_AFTER}|\s*$)")),
    ("withheld", re.compile(r"HOLD(?:\W+HOLD)+\W*")),
    ("repeat", re.compile(rf"(?:REPEAT(?:ING)?|REPETITION|RPT)(?:{_AFTER})")),
    # Its place among the others: "REFILE-UPDATE 2-Title" is a correction of the second update.
    (
        "correction",
        re.compile(
            r"\(?(?:CORRECT(?:ED|ION|IVE|S|ING)|Correct(?:ed|ion|ive|s)|REFILE[SD]?)"
            rf"(?:\s+\d+\s*)?(?:{_AFTER}|\s+(?=[A-Z\d]{{2}}))"
        ),
    ),
    ("update", re.compile(rf"\(?(?:UPDATE|Update|WRAPUP|TAKE)\s*\d+{_AFTER}")),
    ("update", re.compile(rf"\(?(?:WRITETHRU|WRITETHROUGH|RECASTS?|ADDS?){_AFTER}")),
)
# Whether there is any: most headlines have none, and one look is cheaper than all.
_ANY_HEADLINE = re.compile("|".join(pattern.pattern for _, pattern in _HEADLINE))
# Take 2 of a long item in 1987: `BANCA NAZIONALE DEL LAVORO =2 LONDON`.
_TAKE = re.compile(r"\s=[2-9]\b.*")

# A slug has 24 characters, after which it was broken with a space: `(WRITET HROUGH)`.
_SLUG: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("canceled", re.compile(r"\bKILL(?:\W+KILL)+\b|(?:^|-)KILL$")),
    ("withheld", re.compile(r"\bHOLD(?:\W+HOLD)+\b")),
    (
        "correction",
        re.compile(
            r"(?i:^(?:[a-z] [a-z] )?(?:[abp][cm]-)?[(*]*|[(*])"
            r"(?:CORRECTE ?D|CORRECTI ?ON|CORRECTI ?VE|corrected|REFILE)\b"
            r"|-(?:CORRECTED|CORRECTIVE|REFILE)\b"
        ),
    ),
    (
        "update",
        re.compile(r"(?i:(?:\b|[-_])\d{1,2}(?:st|nd|rd|th)[ -]?(?:ld|lead)\b"
            r"|\bwrite ?t ?h ?r? ?(?:u|ough)\b)"),
    ),
    ("update", re.compile(r"(?i:\btake[ -]?[2-9]\b)")),
    ("repeat", re.compile(r"\b(?:REPEAT|REPETITION|RESENDING)\b")),
)  # fmt: skip
_ANY_SLUG = re.compile("|".join(pattern.pattern for _, pattern in _SLUG))
_NOTE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("canceled", re.compile(r"\W*(?:KILL\b|(?:MANDATORY|BULLETIN) KILL|STORY WITHDRAWN)")),
    ("withheld", re.compile(r"\W*HOLD(?:\W+HOLD)+")),
    ("correction", re.compile(r"\W*(?i:correct(?:s|ed|ion|ive|ing)\b)|\W*REFILE")),
    ("update", re.compile(r"\W*(?i:adds|updates|recasts|writethru)\b")),
)

# How a kill or correction names what it is about.
_QUOTED = re.compile(r"[\"“+]([^\"”+]{8,200})[\"”+]")
_NUMBERED = re.compile(
    r"(?i:\b(?:no\.?|nr\.?|number|item|story|id)\s*:?\s*|#)([\w/-]*\d[\w/-]*)"
)  # fmt: skip
# Characters of a notice that are searched for names: it names what it is about at the beginning.
_NOTICE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Marker:
    """What an item says that it is."""

    kind: Kind | None
    title: str
    """The headline without its markers."""


def marker(article: TaggedArticle) -> Marker:
    """Return what the article says that it is."""
    kind, title = _of_headline(article.headline)
    if take := _TAKE.search(title):
        title, kind = title[: take.start()], kind or "update"
    if kind is None and article.slug and _ANY_SLUG.search(article.slug):
        kind = _first(_SLUG, article.slug, anywhere=True)
    if kind is None and article.editorial_note:
        kind = _first(_NOTE, article.editorial_note, anywhere=False)
    if kind is None and not article.headline:  # a notice whose title stands in its body
        kind, title = _of_headline(article.body.partition("\n")[0])
    return Marker(kind, title.strip())


def named_titles(article: TaggedArticle) -> list[str]:
    """Return the titles that a notice quotes."""
    return [match[1] for match in _QUOTED.finditer(_notice(article))]


def named_numbers(article: TaggedArticle) -> list[str]:
    """Return the numbers of items that a notice names."""
    return [match[1] for match in _NUMBERED.finditer(_notice(article))]


def _notice(article: TaggedArticle) -> str:
    parts = (article.headline, article.editorial_note or "", article.body)
    return " ".join("\n".join(parts)[:_NOTICE_LENGTH].split())


def _of_headline(headline: str) -> tuple[Kind | None, str]:
    """Return the first of a headline's markers, and the headline without all of them."""
    kind: Kind | None = None
    title = headline.lstrip(" (*")
    if not _ANY_HEADLINE.match(title):
        return None, headline
    while found := next(
        ((says, match) for says, pattern in _HEADLINE if (match := pattern.match(title))), None
    ):
        kind = kind or found[0]
        title = title[found[1].end() :].lstrip()
    return kind, title if kind else headline


def _first(
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...], text: str, anywhere: bool
) -> Kind | None:
    for kind, pattern in patterns:
        if pattern.search(text) if anywhere else pattern.match(text):
            return kind
    return None
