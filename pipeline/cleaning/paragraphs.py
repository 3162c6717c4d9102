"""Lines into paragraphs: which line breaks of a plain text end something, and which only wrap it.

Wires break lines at a width and begin paragraphs with an indent; the web puts a paragraph on a line
or leaves a blank line between. Tables, and lists of short lines, keep their breaks.
"""

import re
from typing import NamedTuple

from pipeline.cleaning.edited_text import EditedText, Replacement

# Widths that lines are broken at, in characters: below, nothing but lists and verse; above, lines
# are paragraphs. Teleprinters had 64 to 69, mail 72 to 78, terminals 80.
NARROWEST = 40
WIDEST = 110
# A line this much shorter than the width may still be one that was broken by hand.
RAGGED = 0.7

_GAP = re.compile(r"[^\S\n]*\n[^\S\n]*\n\s*")
_OUTER_SPACE = re.compile(r"\A\s+|\s+\Z")
_COLUMNS = re.compile(r"\S {3,}\S|\S\t+\S|[^\s.!?:]  +\S.*\S  +\S|\.{4,}")
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*\Z")
_HYPHENATED = re.compile(r"[^\W_]-\Z")
_AFTER_HANGING_HYPHEN = re.compile(r"(?:and|or|to|und|oder|bis|et|ou|y|o)\b")
_UNSPACED = re.compile("[\u3001-\u3096\u30a1-\u30fa\u3400-\u9fff]")


class _Line(NamedTuple):
    text: str  # without outer spaces
    indent: int
    start: int
    end: int  # before its trailing spaces

    @property
    def width(self) -> int:
        return self.indent + len(self.text)

    @property
    def has_columns(self) -> bool:
        spaced = "  " in self.text or "\t" in self.text or "...." in self.text
        return spaced and _COLUMNS.search(self.text) is not None

    @property
    def ends_sentence(self) -> bool:
        return not self.text[-1].isalnum() and _SENTENCE_END.search(self.text) is not None


def join_paragraphs(text: EditedText) -> None:
    """Join wrapped lines, part paragraphs by one blank line, and trim the outer space."""
    lines = _lines(text.text)
    if not lines:
        text.substitute(_OUTER_SPACE, "", "whitespace")
        return
    width = _wrapped_at(text.text, lines)
    base = min(line.indent for line in lines)
    repairs = []
    if lines[0].start:
        repairs.append(Replacement(0, lines[0].start, "", "whitespace"))
    for line, following in zip(lines, lines[1:], strict=False):
        now = text.text[line.end : following.start]
        if now.count("\n") > 1:
            wanted = "\n\n"
        elif now == "\n" and not width:
            continue
        else:
            wanted = _instead_of_break(line, following, width, base, now)
        if wanted != now:
            kind = "line_join" if "\n" not in wanted else "whitespace"
            repairs.append(Replacement(line.end, following.start, wanted, kind))
    if lines[-1].end < len(text.text):
        repairs.append(Replacement(lines[-1].end, len(text.text), "", "whitespace"))
    if repairs:
        text.repair(repairs)


def close_gaps(text: EditedText) -> None:
    """Leave one blank line between paragraphs, and none around them, after some were taken out."""
    text.substitute(_GAP, "\n\n", "whitespace")
    text.substitute(_OUTER_SPACE, "", "whitespace")


def _lines(text: str) -> list[_Line]:
    lines = []
    start = 0
    for line in text.split("\n"):
        if stripped := line.strip():
            indent = len(line) - len(line.lstrip())
            first = start + indent
            lines.append(_Line(stripped, indent, first, first + len(stripped)))
        start += len(line) + 1
    return lines


def _wrapped_at(text: str, lines: list[_Line]) -> int:
    """Return the width that the text was broken at, 0 where it was not, -1 where lines are paragraphs."""
    continued = sorted(
        line.width
        for line, following in zip(lines, lines[1:], strict=False)
        if text.count("\n", line.end, following.start) == 1
    )
    if not continued:
        return 0
    width = continued[len(continued) * 9 // 10]
    if width > WIDEST:
        return -1
    return width if width >= NARROWEST else 0


def _instead_of_break(line: _Line, following: _Line, width: int, base: int, now: str) -> str:
    if width <= 0:
        return "\n\n" if width < 0 and line.ends_sentence else now
    if line.has_columns or following.has_columns:
        return now
    if following.indent >= base + 2:
        return "\n\n"
    sentence_ends = line.ends_sentence
    full = line.width + 1 + len(following.text.partition(" ")[0]) > width
    ragged = not sentence_ends and line.width >= RAGGED * width
    if not (full or ragged or (following.text[0].islower() and not sentence_ends)):
        return "\n\n" if sentence_ends else now
    return _joint(line.text, following.text)


def _joint(before: str, after: str) -> str:
    """Return what stands between two parts of one paragraph: a space, or nothing within a word."""
    if not before[-1].isascii() and _UNSPACED.match(before[-1]) and _UNSPACED.match(after):
        return ""
    if before[-1] == "-" and _HYPHENATED.search(before) and after[0].islower() and not _AFTER_HANGING_HYPHEN.match(after):
        return ""
    return " "
