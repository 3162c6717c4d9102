"""Finding what of an article is not its story, and taking it out into its fields.

A wire puts its own lines first and last, one below the other, and a line there may be followed by
another without any break. So both ends are read line by line, up to the first line that no rule
knows; then the lines are joined, and the rules look once more at every paragraph.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.cleaning.edited_text import EditedText, Replacement
from pipeline.cleaning.names import names_in
from pipeline.cleaning.paragraphs import close_gaps, join_paragraphs
from pipeline.cleaning.rules import (
    HEAD_LINES,
    LONGEST_CLOSING,
    LONGEST_LINE,
    TAIL_LINES,
    Rule,
    Zone,
    rules_for,
)
from schemas import Copyright, Dateline
from schemas.article import RemovedKind

# A longer first line is a paragraph; the longest headline of 14,000 Reuters items has 110
# characters.
LONGEST_HEADLINE = 300
# One that ends as a sentence does is a paragraph sooner.
LONGEST_SENTENCE_HEADLINE = 100

_LINE = re.compile(r"[^\n]+")
_SPACES = re.compile(r"\s+")
_GROUP = re.compile(r"\(\?P<\w+>")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\Z")
_CONTACT = re.compile(r"[\w.+-]{1,60}@[\w.-]{1,60}\w")
# A company's name keeps the point that ends it.
_ABBREVIATED = re.compile(r"(?:\.[A-Za-z]|\b(?i:inc|ltd|corp|co|llc|cos|bros|plc|intl|jr|sr))\Z")
# "MOSCOW." before its date; "Calif." and "D.C." keep their point.
_CLOSED = re.compile(r"[^\W\d_]{6}\.\Z")
# ANPA 1312's order of priorities, as ninjs counts urgency.
_URGENCY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5}


@dataclass(slots=True)
class Found:
    """What was found around a story, for the fields of its record."""

    headline: str | None = None
    byline: list[str] = field(default_factory=list)
    dateline: Dateline | None = None
    credits: list[str] = field(default_factory=list)
    copyright: Copyright | None = None
    editorial_notes: list[str] = field(default_factory=list)
    slug: str | None = None
    urgency: int | None = None


def remove_furniture(text: EditedText, headline: str, language: str | None) -> Found:
    """Take out of `text` all that is not its story, and join its lines into paragraphs.

    `headline` is the one that came beside the text; where it is empty, the text's own is looked
    for. `language` says whose rules apply beside those for every language.
    """
    return _Search(text, headline, _Zones.of(language)).run()


@dataclass(frozen=True, slots=True)
class _Zone:
    """The rules of a zone, and one pattern that tells quickly whether any of them matches."""

    rules: tuple[Rule, ...]
    any: re.Pattern[str]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "_Zone":
        """Compile what tells whether any of `rules` matches."""
        rules = tuple(rules)
        patterns = (_GROUP.sub("(?:", rule.pattern.pattern) for rule in rules)
        return cls(rules, re.compile("|".join(patterns) or r"(?!)"))

    def matches(self, text: str, position: int = 0) -> Iterator[tuple[Rule, re.Match[str]]]:
        """Return each rule that matches at `position`, with its match."""
        if self.any.match(text, position):
            for rule in self.rules:
                if match := rule.pattern.match(text, position):
                    yield rule, match


@dataclass(frozen=True, slots=True)
class _Zones:
    wire_header: _Zone
    datelines: _Zone
    head: _Zone
    slugs: _Zone
    bylines: _Zone
    middle: _Zone
    tail: _Zone
    signatures: _Zone
    head_and_tail: _Zone
    closing: tuple[Rule, ...]

    @staticmethod
    @cache
    def of(language: str | None) -> "_Zones":
        rules = rules_for(language)

        def zone(*zones: Zone, kind: RemovedKind | None = None) -> _Zone:
            return _Zone.of(
                rule for rule in rules if rule.zone in zones and kind in (None, rule.kind)
            )

        return _Zones(
            wire_header=zone("opening", kind="slug"),
            datelines=zone("opening", kind="dateline"),
            head=zone("head", "anywhere"),
            slugs=zone("head", kind="slug"),
            bylines=zone("head", kind="byline"),
            middle=zone("anywhere"),
            tail=zone("tail", "anywhere"),
            signatures=zone("tail", kind="signature"),
            head_and_tail=zone("head", "tail", "anywhere"),
            closing=tuple(rule for rule in rules if rule.zone == "closing"),
        )


@dataclass(slots=True)
class _Search:
    text: EditedText
    headline: str
    zones: _Zones
    found: Found = field(default_factory=Found)
    removals: dict[int, Replacement] = field(default_factory=dict)  # by start
    is_wire: bool = False  # the text began with a wire's own lines

    def run(self) -> Found:
        lines = _lines(self.text.text)
        if lines and self._take_closing(lines[-1]):
            self._remove()
            lines = _lines(self.text.text)
        read = self._read_head(lines)
        self._read_tail(lines[read:])
        self._remove()
        join_paragraphs(self.text)
        self._read_paragraphs(_lines(self.text.text))
        if self.removals:
            self._remove()
            close_gaps(self.text)
        return self.found

    def _remove(self) -> None:
        self.text.replace(self.removals[start] for start in sorted(self.removals))
        self.removals.clear()

    def _read_head(self, lines: Sequence[re.Match[str]]) -> int:
        """Read the lines at the top that are furniture; return how many."""
        read = taken_until = 0
        while read < min(len(lines), HEAD_LINES):
            line = lines[read]
            if line.start() < taken_until:
                read += 1
            elif read == 0 and self._take_opening(line, self.zones.wire_header):
                taken_until = max(removal.end for removal in self.removals.values())
            elif not self._is_titled(line) and self._take_line(line, self.zones.head):
                read += 1
            elif self.found.headline is None and (count := self._headline_lines(lines, read)):
                last = lines[read + count - 1]
                start, end = _stripped(line)[0], _stripped(last)[1]
                self.found.headline = _SPACES.sub(" ", self.text.text[start:end])
                self._take(start, end, "headline")
                read += count
            else:
                break
        return read

    def _is_titled(self, line: re.Match[str]) -> bool:
        """Say whether the line is what a wire puts below its own: the headline, whatever it is."""
        return (
            self.is_wire
            and self.found.headline is None
            and not self.headline
            and _indent(line[0]) < 2
            and len(line[0]) <= LONGEST_HEADLINE
            and not self.zones.slugs.any.match(line[0].strip())
        )

    def _read_tail(self, lines: Sequence[re.Match[str]]) -> None:
        """Read the lines at the bottom that are furniture, and note them from the top."""
        taken: list[tuple[re.Match[str], Rule, re.Match[str]]] = []
        for number in range(len(lines) - 1, max(-1, len(lines) - 1 - TAIL_LINES), -1):
            line = lines[number]
            continues = number > 0 and self._continues(lines[number - 1], line)
            zone = self.zones.signatures if continues else self.zones.tail
            if not (fit := _first_fit(line, zone)):
                break
            taken.append((line, *fit))
        for line, rule, match in reversed(taken):
            self._note(rule, match)
            self._take(*_stripped(line), rule.kind)

    def _continues(self, line: re.Match[str], following: re.Match[str]) -> bool:
        """Say whether a line may be the rest of the sentence of the line right above it."""
        return (
            self.text.text.count("\n", line.end(), following.start()) == 1
            and _indent(following[0]) < 2
            and not _SENTENCE_END.search(line[0].rstrip())
        )

    def _read_paragraphs(self, lines: Sequence[re.Match[str]]) -> None:
        for number, line in enumerate(lines):
            # A dateline ends the head: what follows it is the story.
            in_head = number < HEAD_LINES and not self.found.dateline
            in_tail = number >= len(lines) - TAIL_LINES
            if in_head and self._take_opening(line, self.zones.datelines):
                continue
            zone = self.zones.middle
            if in_head:
                zone = self.zones.head_and_tail if in_tail else self.zones.head
            elif in_tail:
                zone = self.zones.tail
            self._take_line(line, zone)
        if lines and lines[-1].start() not in self.removals:
            self._take_closing(lines[-1])

    def _headline_lines(self, lines: Sequence[re.Match[str]], read: int) -> int:
        """Return how many lines from `read` on are the headline; 0 if there is none.

        Where the article came with one, they must repeat it. Where not, what is none: a text of one
        line, a paragraph, a line that the next one continues.
        """
        line = lines[read][0]
        if self.headline:
            wanted = _comparable(self.headline)
            for count in (1, 2, 3):
                last = lines[min(read + count, len(lines)) - 1]
                if _comparable(self.text.text[lines[read].start() : last.end()]) == wanted:
                    return min(count, len(lines) - read)
            return 0
        if len(line.strip()) > LONGEST_HEADLINE:
            return 0
        rest = lines[read + 1 :]
        if self.is_wire:
            return 1 + self._continued(line, rest) if self._is_titled(lines[read]) else 0
        if self._opens_story(lines[read]):
            return 0
        if not rest:
            return 0
        gap = self.text.text.count("\n", lines[read].end(), rest[0].start())
        is_sentence = _SENTENCE_END.search(line.rstrip()) is not None
        if is_sentence and len(line.strip()) > LONGEST_SENTENCE_HEADLINE:
            return 0
        apart = gap > 1 or (
            not is_sentence
            and (_indent(rest[0][0]) > _indent(line) + 1 or self._opens_story(rest[0]))
        )
        return int(apart)

    def _continued(self, line: str, rest: Sequence[re.Match[str]]) -> int:
        """Return how many lines in capitals continue a headline in capitals, two at most."""
        count = 0
        for following in rest[:2]:
            text = following[0]
            if _indent(text) > 1 or line != line.upper() or text != text.upper():
                break
            if self._opens_story(following) or self.zones.signatures.any.match(text.strip()):
                break
            count += 1
        return count

    def _opens_story(self, line: re.Match[str]) -> bool:
        """Say whether the line begins with a dateline or is a byline."""
        start = _stripped(line)[0]
        stripped = line[0].strip()[: LONGEST_LINE + 1]
        return bool(self.zones.datelines.any.match(self.text.text, start)) or any(
            _fits(rule, match) for rule, match in self.zones.bylines.matches(stripped)
        )

    def _take_opening(self, line: re.Match[str], zone: _Zone) -> bool:
        start = _stripped(line)[0]
        for rule, match in zone.matches(self.text.text, start):
            self._note(rule, match)
            self._take(start, start + len(match[0].rstrip()), rule.kind)
            return True
        return False

    def _take_closing(self, line: re.Match[str]) -> bool:
        end = _stripped(line)[1]
        start = max(line.start(), end - LONGEST_CLOSING)
        for rule in self.zones.closing:
            if match := rule.pattern.search(self.text.text, start, end):
                self._note(rule, match)
                self._take(match.start(), match.end(), rule.kind)
                return True
        return False

    def _take_line(self, line: re.Match[str], zone: _Zone) -> bool:
        if not (fit := _first_fit(line, zone)):
            return False
        self._note(*fit)
        self._take(*_stripped(line), fit[0].kind)
        return True

    def _take(self, start: int, end: int, kind: RemovedKind) -> None:
        self.removals[start] = Replacement(start, end, "", kind)

    def _note(self, rule: Rule, match: re.Match[str]) -> None:
        """Put what the rule's groups matched into its fields."""
        found = self.found
        values = {
            name: _SPACES.sub(" ", value).strip()
            for name, value in match.groupdict().items()
            if value and not value.isspace()
        }
        match rule.kind:
            case "byline":
                found.byline += _new(names_in(values.get("byline", "")), found.byline)
            case "dateline":
                if _CLOSED.search(values.get("place", "")):
                    values["place"] = values["place"][:-1]
                found.dateline = Dateline(**values)
            case "credit":
                found.credits += _new([values.get("credit", match[0].strip())], found.credits)
            case "copyright":
                notice = _copyright(match[0].strip(), values)
                if not found.copyright or (notice.holder and not found.copyright.holder):
                    found.copyright = notice
            case "editorial_note":
                found.editorial_notes += _new([values["note"]], found.editorial_notes)
            case "slug":
                self.is_wire = True
                found.slug = found.slug or values.get("slug")
                found.urgency = found.urgency or _URGENCY.get(values.get("priority", ""))


def _lines(text: str) -> list[re.Match[str]]:
    return [line for line in _LINE.finditer(text) if not line[0].isspace()]


def _stripped(line: re.Match[str]) -> tuple[int, int]:
    """Return where the line begins and ends without its outer spaces."""
    start = line.start() + _indent(line[0])
    return start, line.start() + len(line[0].rstrip())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _comparable(headline: str) -> str:
    return _SPACES.sub(" ", headline).strip(" .").casefold()


def _first_fit(line: re.Match[str], zone: _Zone) -> tuple[Rule, re.Match[str]] | None:
    stripped = line[0].strip()
    if len(stripped) <= LONGEST_LINE:
        for rule, match in zone.matches(stripped):
            if _fits(rule, match):
                return rule, match
    return None


def _fits(rule: Rule, match: re.Match[str]) -> bool:
    """Say whether what the rule calls a byline has names in it."""
    return "byline" not in rule.pattern.groupindex or bool(names_in(match["byline"]))


def _new(values: Iterable[str], known: Sequence[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value not in known]


def _copyright(notice: str, values: dict[str, str]) -> Copyright:
    holder = (values.get("holder") or values.get("owner") or "").rstrip(".") or None
    if holder and _ABBREVIATED.search(holder) and f"{holder}." in notice:
        holder += "."
    contact = _CONTACT.search(values.get("contact") or notice)
    year = values.get("year")
    return Copyright(
        notice=notice,
        holder=holder,
        year=int(year) if year else None,
        contact=contact[0] if contact else None,
    )
