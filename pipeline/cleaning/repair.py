"""Faults of a text that have nothing to do with news: wrong decoding, odd and invisible characters.

Every repair is an edit, so that the text that came in can be rebuilt. `repair` is for every
language: what a script needs (joiners in Persian, Hindi and emoji) is left where it stands.
"""

import html
import re
import unicodedata

import ftfy

from pipeline.cleaning.edited_text import EditedText, Replacement

# The single-byte encodings that UTF-8 is commonly misread in, which ftfy can undo.
_MISREAD_AS = ("latin-1", "cp1252", "cp1251", "cp1250", "cp1254", "iso8859-2", "mac-roman", "cp437")


def _characters(codec: str, first: int, last: int) -> str:
    return bytes(range(first, last + 1)).decode(codec, "ignore")


def _misread() -> re.Pattern[str]:
    """Return a pattern of what any misread text contains: the first two bytes of a character.

    ftfy's own test takes 0.25 µs a character, ten times this one's time, so only lines that
    match are shown to ftfy.
    """
    leads = (re.escape(_characters(codec, 0xC2, 0xF4)) for codec in _MISREAD_AS)
    nexts = (re.escape(_characters(codec, 0x80, 0xBF)) for codec in _MISREAD_AS)
    pairs = {f"[{lead}][{following}]" for lead, following in zip(leads, nexts, strict=True)}
    return re.compile("|".join(["Ã ", *sorted(pairs)]))


_MISREAD = _misread()
# Of more misread lines than this, the rest stay as they are; of a line with more misread words, the
# whole line is one edit. It bounds the time, not what an article of any length needs.
MOST_MISREAD = 2_000
# Text in Latin letters rarely has two others side by side: a quicker first test.
_NEIGHBOURS = re.compile("[^\x00-\x7f][^\x00-\x7f]")
_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")
_NON_ASCII_WORD = re.compile(r"[\x21-\x7e]*[^\s\x00-\x7f]\S*")

# An entity with its semicolon: "AT&T" and "?a=1&copy=2" are none.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# One search tells that a text needs none of the passes below.
_UNUSUAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
# U+0080 to U+009F are letters and quotation marks of Windows-1252 that were read as Latin-1.
_C1 = re.compile("[\x80-\x9f]")
_LINE_ENDING = re.compile("\r\n?|\u2028|\x0b|\x0c")
_PARAGRAPH_SEPARATOR = re.compile("\u2029")
# Everything in Unicode's Cc but tab and line feed, and the interlinear annotation marks.
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffb]+")
_SOFT_HYPHEN = re.compile("\xad+(?:[^\\S\n]*\n[^\\S\n]*)?")
_BIDI_CONTROL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]+")
# Joiners (U+200C, U+200D) have a meaning beside letters that join and beside emoji, and only there.
_ZERO_WIDTH = re.compile(
    "[\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0]+"
    "|(?<![\u0590-\u1fff\u2600-\U0010ffff])[\u200c\u200d]+"
    "|[\u200c\u200d]+(?![\u0590-\u1fff\u2600-\U0010ffff])"
)
_ODD_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def repair(text: EditedText) -> None:
    """Undo misreadings, unescape entities once, and make characters and spaces the usual ones.

    After it the text is NFC, its lines end with a line feed, and it has no control characters but
    tab and line feed.
    """
    if "&" in text.text:
        text.substitute(_ENTITY, _unescaped, "entity")
    if not text.text.isascii():
        _undo_misreadings(text)
    if _UNUSUAL.search(text.text):
        text.substitute(_C1, _read_as_windows_1252, "mojibake")
        text.substitute(_LINE_ENDING, "\n", "line_ending")
        text.substitute(_PARAGRAPH_SEPARATOR, "\n\n", "line_ending")
        text.substitute(_CONTROL_CHARACTER, "", "control_character")
        text.substitute(_SOFT_HYPHEN, "", "soft_hyphen")
        text.substitute(_BIDI_CONTROL, "", "bidi_control")
        text.substitute(_ZERO_WIDTH, "", "zero_width")
        text.substitute(_ODD_SPACE, " ", "whitespace")
    if not unicodedata.is_normalized("NFC", text.text):
        # By words: no character composes across a space.
        text.substitute(_NON_ASCII_WORD, _composed, "normalization")


def _unescaped(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _composed(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[0])


def _read_as_windows_1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore") or match[0]


def _undo_misreadings(text: EditedText) -> None:
    replacements: list[Replacement] = []
    for suspicion in _suspicious_lines(text.text):
        replacements += _corrections(suspicion)
    if replacements:
        text.repair(replacements)


def _suspicious_lines(text: str) -> list[re.Match[str]]:
    lines: list[re.Match[str]] = []
    position = 0
    if not _NEIGHBOURS.search(text) and "Ã " not in text:
        return lines
    while len(lines) < MOST_MISREAD and (suspicion := _MISREAD.search(text, position)):
        start = text.rfind("\n", 0, suspicion.start()) + 1
        line = _LINE.match(text, start)
        if line is None:  # cannot be: the suspicion is on this line
            break
        lines.append(line)
        position = line.end()
    return lines


def _corrections(line: re.Match[str]) -> list[Replacement]:
    """Return what differs where ftfy reads the line otherwise: words, or else the whole line."""
    fixed = ftfy.fix_encoding(line[0])
    if fixed == line[0]:
        return []
    corrections: list[Replacement] = []
    pieces: list[str] = []
    position = 0
    words = [word for word in _WORD.finditer(line[0]) if not word[0].isascii()]
    for word in words[:MOST_MISREAD]:
        corrected = ftfy.fix_encoding(word[0])
        pieces += line[0][position : word.start()], corrected
        position = word.end()
        if corrected != word[0]:
            start, end = line.start() + word.start(), line.start() + word.end()
            corrections.append(Replacement(start, end, corrected, "mojibake"))
    if "".join([*pieces, line[0][position:]]) == fixed:
        return corrections
    return [Replacement(line.start(), line.end(), fixed, "mojibake")]
