"""The second stage: a raw article in, one with nothing but its story out, and all else named."""

import re

from pipeline.cleaning.edited_text import EditedText, Replacement
from pipeline.cleaning.rules import HEAD_LINES, RULES, TAIL_LINES, Rule
from pipeline.stages.unusable import Unusable
from schemas import CleanArticle, Copyright, Edit, RawArticle
from schemas.article import ProviderMetadata, RemovedKind

# A longer first line is a paragraph: the longest of 14,000 Reuters headlines has 110 characters.
LONGEST_HEADLINE = 300

# Everything in Unicode's Cc but tab, line feed and carriage return.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_LINE_ENDING = re.compile(r"\r\n?")
_LINE = re.compile(r"[^\n]+")
_OUTER_SPACE = re.compile(r"\A\s+|\s+\Z")
_PARAGRAPH_BREAK = re.compile(r"[^\S\n]*\n[^\S\n]*\n\s*")
_SPACE = re.compile(r"\s+")

_REPAIR_KINDS = {"control_character", "line_ending", "whitespace"}


def clean(raw: RawArticle) -> CleanArticle:
    """Return the article with bylines, credits and the like moved from its text to their fields.

    Raises `Unusable` for an article that has neither headline nor body, unless it withdraws
    another, and for content that is not plain text.
    """
    if raw.content_type != "text/plain":
        raise Unusable("not_an_article", f"Content of type {raw.content_type} is not supported.")
    headline, headline_edits = _clean_headline(raw.headline or "")
    text = EditedText(raw.content)
    text.substitute(_CONTROL_CHARACTERS, "", "control_character")
    text.substitute(_LINE_ENDING, "\n", "line_ending")
    lines = [match for match in _LINE.finditer(text.text) if not match[0].isspace()]
    removed: dict[int, tuple[RemovedKind, re.Match[str]]] = {}
    if lines and _is_headline(lines, text.text, headline):
        first = lines[0][0].strip()
        headline = headline or first
        removed[0] = ("headline", lines[0])
    found: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        if number in removed:
            continue
        stripped = line[0].strip()
        for rule in RULES:
            if _in_zone(rule, number, len(lines)) and (match := rule.pattern.fullmatch(stripped)):
                removed[number] = (rule.kind, match)
                for field, value in match.groupdict().items():
                    if value:
                        found.setdefault(field, []).append(value.strip())
                break
    text.replace(_removal(lines[number], kind) for number, (kind, _) in sorted(removed.items()))
    text.substitute(_OUTER_SPACE, "", "whitespace")
    text.substitute(_PARAGRAPH_BREAK, "\n\n", "whitespace")
    if not headline and not text.text and raw.status == "usable":
        raise Unusable("no_text", "The article has neither a headline nor a body.")
    edits = [*headline_edits, *text.edits("body")]
    notice = next((match[0] for kind, match in removed.values() if kind == "copyright"), None)
    return CleanArticle(
        **{name: getattr(raw, name) for name in ProviderMetadata.model_fields},
        article_id=raw.article_id,
        source=raw.source,
        source_id=raw.source_id,
        version=raw.version,
        headline=headline,
        body=text.text,
        byline=raw.byline or tuple(found.get("byline", ())),
        credits=tuple(found.get("credit", ())),
        copyright=_copyright(notice, found) if notice else None,
        language=raw.language,
        removed=tuple(edit for edit in edits if edit.kind not in _REPAIR_KINDS),
        edits=tuple(edit for edit in edits if edit.kind in _REPAIR_KINDS),
    )


def _clean_headline(headline: str) -> tuple[str, list[Edit]]:
    text = EditedText(headline)
    text.substitute(_CONTROL_CHARACTERS, "", "control_character")
    text.substitute(_OUTER_SPACE, "", "whitespace")
    text.substitute(_SPACE, " ", "whitespace")
    return text.text, text.edits("headline")


def _is_headline(lines: list[re.Match[str]], text: str, headline: str) -> bool:
    """Say whether the first line repeats the headline or, where there is none, is one.

    What is no headline: a text of one line, and a line that the next one continues.
    """
    first = lines[0][0].strip()
    if headline:
        return first == headline
    apart = len(lines) > 1 and text[lines[0].end() : lines[1].start()].count("\n") > 1
    return apart and len(first) <= LONGEST_HEADLINE


def _in_zone(rule: Rule, number: int, count: int) -> bool:
    match rule.zone:
        case "head":
            return number < HEAD_LINES
        case "tail":
            return number >= count - TAIL_LINES
        case "anywhere":
            return True


def _removal(line: re.Match[str], kind: RemovedKind) -> Replacement:
    start = line.start() + len(line[0]) - len(line[0].lstrip())
    return Replacement(start, start + len(line[0].strip()), "", kind)


def _copyright(notice: str, found: dict[str, list[str]]) -> Copyright:
    years, holders, contacts = (found.get(name) for name in ("year", "holder", "contact"))
    return Copyright(
        notice=notice,
        holder=holders[0] if holders else None,
        year=int(years[0]) if years else None,
        contact=contacts[0] if contacts else None,
    )
