"""Lines into paragraphs: which line breaks of a plain text end something, and which only wrap it.

Wires break lines at a width and begin paragraphs with an indent; the web puts a paragraph on a line
or leaves a blank line between. Tables, and lists of short lines, keep their breaks.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from pipeline.cleaning.edited_text import EditedText, Replacement
from schemas.article import RepairKind

# Widths that lines are broken at, in characters: below, nothing but lists and verse; above, lines
# are paragraphs. Teleprinters had 64 to 69, mail 72 to 78, terminals 80.
NARROWEST = 40
WIDEST = 110
# A line this much shorter than the width may still be one that was broken by hand.
RAGGED = 0.7

_GAP = re.compile(r"\n\s*\n\s*")
_COLUMNS = re.compile(r"\S {3,}\S|\S\t+\S|[^\s.!?:]  +\S.*\S  +\S|\.{4,}")
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]]*\Z")
_UNSPACED = re.compile("[\u3001-\u3096\u30a1-\u30fa\u3400-\u9fff]")


class _Line(NamedTuple):
    text: str  # without outer spaces
    width: int  # with its indent
    indent: int
    start: int
    end: int  # before its trailing spaces
    has_columns: bool


def join_paragraphs(text: EditedText) -> None:
    """Join wrapped lines, part paragraphs by one blank line, and trim the outer space."""
    lines = _lines(text.text)
    if not lines:
        close_gaps(text)
        return
    breaks = [text.text[line.end : following.start] for line, following in pairwise(lines)]
    width = _wrapped_at(lines, breaks)
    margin = min(line.indent for line in lines) + 1
    repairs = []
    if lines[0].start:
        repairs.append(Replacement(0, lines[0].start, "", "whitespace"))
    for (line, following), now in zip(pairwise(lines), breaks, strict=True):
        wanted = _instead_of_break(line, following, now, width, margin)
        if wanted == " " and _is_one_word(line.text, following.text, text.text):
            wanted = ""
        if wanted != now:
            kind: RepairKind = "whitespace" if "\n" in wanted else "line_join"
            repairs.append(Replacement(line.end, following.start, wanted, kind))
    if lines[-1].end < len(text.text):
        repairs.append(Replacement(lines[-1].end, len(text.text), "", "whitespace"))
    if repairs:
        text.repair(repairs)


def close_gaps(text: EditedText) -> None:
    """Leave one blank line between paragraphs, and none around them, after some were taken out."""
    now = text.text
    first, last = len(now) - len(now.lstrip()), len(now.rstrip())
    repairs = [Replacement(0, first, "", "whitespace")] if first else []
    for gap in _GAP.finditer(now, first, max(first, last)):
        start = gap.start()
        while now[start - 1] in " \t":
            start -= 1
        if now[start : gap.end()] != "\n\n":
            repairs.append(Replacement(start, gap.end(), "\n\n", "whitespace"))
    if first < last < len(now):
        repairs.append(Replacement(last, len(now), "", "whitespace"))
    text.repair(repairs)


def _lines(text: str) -> list[_Line]:
    lines = []
    start = 0
    may_have_columns = "\t" in text or "...." in text
    for line in text.split("\n"):
        if stripped := line.strip():
            indent = 0 if line[0] == stripped[0] else len(line) - len(line.lstrip())
            width = indent + len(stripped)
            has_columns = (
                (may_have_columns or "  " in stripped)
                and width < 2 * WIDEST
                and _COLUMNS.search(stripped) is not None
            )
            lines.append(_Line(stripped, width, indent, start + indent, start + width, has_columns))
        start += len(line) + 1
    return lines


def _wrapped_at(lines: list[_Line], breaks: list[str]) -> int:
    """Return the width that lines were broken at; 0: at none, -1: each line is a paragraph."""
    continued = sorted(
        line.width for line, now in zip(lines, breaks, strict=False) if now.count("\n") == 1
    )
    if not continued:
        return 0
    in_paragraphs = sum(line.width for line in lines if line.width > WIDEST)
    if 2 * in_paragraphs > sum(line.width for line in lines):
        return -1
    width = continued[len(continued) * 9 // 10]
    return width if NARROWEST <= width <= WIDEST else 0


def _instead_of_break(line: _Line, following: _Line, now: str, width: int, margin: int) -> str:
    if now != "\n" and now.count("\n") > 1:
        return "\n\n"
    if width <= 0:
        return "\n\n" if width < 0 and _ends_sentence(line.text) else now
    if line.has_columns or following.has_columns:
        return now
    if following.indent > margin:
        return "\n\n"
    if line.width + 1 + len(following.text.partition(" ")[0]) > width:
        return _joint(line.text, following.text)
    if _ends_sentence(line.text):
        return "\n\n"
    if line.width >= RAGGED * width or following.text[0].islower():
        return _joint(line.text, following.text)
    return now


def _ends_sentence(text: str) -> bool:
    return not text[-1].isalnum() and _SENTENCE_END.search(text, max(0, len(text) - 8)) is not None


def _joint(before: str, after: str) -> str:
    """Return what stands between two lines of one paragraph: a space, where the script has any."""
    last = before[-1]
    if last.isascii() or not (_UNSPACED.match(last) and _UNSPACED.match(after)):
        return " "
    return ""


def _is_one_word(before: str, after: str, text: str) -> bool:
    """Say whether a line was broken at a word's hyphen, as the text has the word elsewhere.

    Without that proof the two stay apart: of "fat-" and "and oil-bearing" no word is made.
    """
    if before[-1] != "-" or before[-2:-1] in "- ":
        return False
    whole = before.rsplit(None, 1)[-1] + after.split(None, 1)[0].rstrip(".,;:!?)\"'”’")
    return whole in text
