"""What the formats of feeds have in common: the feed, its items, and what is wrong with them."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError

from pipeline.sources.times import parse_time
from schemas import RawArticle

# The wire of a feed that names neither itself nor its place.
_FEED: Final = "feed"
_MOST_PROBLEMS: Final = 20
# The forms of names and addresses take the square of what they are given.
_LONGEST_NAME: Final = 300

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# Looked ahead for a letter first: nobody else runs while eight megabytes of `<` are gone through.
_INLINE_TAG = re.compile(
    r"</?(?=[a-z])(?:a|abbr|b|big|br|cite|code|div|em|font|h[1-6]|i|img|mark|p|q|s|small|span|strike|strong"
    r"|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d|#[xX][0-9a-fA-F]|[A-Za-z][A-Za-z0-9]*;)")
_ADDRESS_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)\s*")
_NAME_AND_ADDRESS = re.compile(r"(.+?)\s*<\S+@\S+>\s*")
# Anything but space between two tags.
_TEXT = re.compile(r"(?:\A|>)(?:\s|&nbsp;|&#160;)*+[^<\s]")


@dataclass(slots=True)
class Feed:
    """A feed as it is being read; `items` are the fields of its articles."""

    title: str | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_whole: bool = True

    def left_out(self, problem: str) -> None:
        """Note that something was left out, and why."""
        self.problems.append(problem)
        self.is_whole = False

    def time(self, text: str | None, place: str) -> datetime | None:
        """Return the time that `text` says; a text that says none is noted as a problem."""
        time = parse_time(text)
        if time is None and text and text.strip():
            self.problems.append(f"{place}: {text.strip()[:40]!r} is no time that can be read")
        return time

    def articles(self, source: str | None, location: str) -> Iterator[RawArticle]:
        """Yield the articles; of a feed that nobody named, the title is the source."""
        name = (source or "").strip() or self.title or urlsplit_host(location) or _FEED
        for number, item in enumerate(self.items, start=1):
            try:
                yield RawArticle.model_validate({"source": name, **item})
            except ValidationError as error:
                fault = error.errors(include_url=False, include_input=False)[0]
                self.left_out(f"item {number}: {fault['loc'][0]}: {fault['msg'].lower()}")

    def shown_problems(self) -> tuple[str, ...]:
        """Return the problems, and of very many only the number."""
        more = len(self.problems) - _MOST_PROBLEMS
        rest = [f"and {more} problems more"] if more > 0 else []
        return (*self.problems[:_MOST_PROBLEMS], *rest)


def urlsplit_host(location: str) -> str | None:
    """Return the host that a URL names; None of what is no URL."""
    try:
        return urlsplit(location).hostname if "://" in location else None
    except ValueError:
        return None


def resolved(link: str, base: str) -> str:
    """Return `link` made absolute by `base`, or as it is where that cannot be."""
    link = link.strip()
    if not base or not link or link.startswith(("http://", "https://")):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def base_of(location: str) -> str:
    """Return the base of relative links: the location where it is a URL, else nothing."""
    return location if location.startswith(("http://", "https://")) else ""


def plain(text: str) -> str:
    """Return the text that a piece of escaped HTML says on one line, as in a title."""
    if "<" in text:
        text = _INLINE_TAG.sub("", text)
    return (html.unescape(text) if "&" in text else text).strip()


def content_of(text: str) -> dict[str, str]:
    """Return `content` and `content_type` of a text that is HTML where it looks like it."""
    if _TAG.search(text):
        if not _TEXT.search(text):
            return {}  # a picture alone: the headline is the article
        return {"content": text, "content_type": "text/html"}
    return {"content": html.unescape(text) if _REFERENCE.search(text) else text}


def name_of(text: str) -> str:
    """Return the person's name in an author's field, which may have an e-mail address too."""
    if len(text) > _LONGEST_NAME:
        return plain(text)
    for form in (_ADDRESS_AND_NAME, _NAME_AND_ADDRESS):
        if match := form.fullmatch(text):
            text = match[1]
            break
    return plain(text).strip("\"' ")
