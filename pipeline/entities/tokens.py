"""News text as tokens in sentences, with exact offsets.

A text becomes pieces: a token and the white space before it. Joined, they are the text again, but
for white space at its end. Every step takes time in proportion to the text, whatever it holds: a
longer word is cut, and a sentence without an end is ended.
"""

import re
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

LONGEST_TOKEN = 60
LONGEST_SENTENCE = 100  # tokens
# A single line feed after a shorter line ends a sentence: a heading, a list. Wires wrap at 60 to
# 80 characters.
_SHORT_LINE = 45

_PIECE = re.compile(
    r"""\s*(?:
        [A-Z]\.(?:[A-Z]\.){0,8}                          # U.S., the W. of George W. Bush
      | (?:[MD]rs?|Ms|Gen|Lt|Col|Sgt|Capt|Cmdr|Sen|Rep|Gov|Prof|Rev|Hon|St|Ft|Mt|Jr|Sr|vs|No|Nos
          |Inc|Corp|Co|Ltd|Bros|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|[ap]\.m)\.
      | \d{1,20}(?:[.,:/]\d{1,20}){1,3}                  # 1,250.50  12/31/2015  10:30
      # Putin's is Putin and 's, O'Brien is one
      | \w{1,60}(?:['’](?!(?:[sdmSDM]|ll|re|ve|LL|RE|VE)(?!\w))\w{1,60}){0,2}
      | ['’](?:[sdmSDM]|ll|re|ve|LL|RE|VE)(?!\w)
      | \.{2,20} | -{2,20} | \*{2,20} | _{2,20} | ={2,20}
      | \S
    )""",
    re.VERBOSE,
)


class Mark(IntFlag):
    """What a piece tells about where sentences end."""

    SPACE = 1  # some white space before it
    LINE = 2  # a line feed
    PARAGRAPH = 4  # an empty line
    STOP = 8  # . ! ?
    IDEOGRAPHIC_STOP = 16  # the same where words are not set apart
    CLOSING = 32  # a quotation mark or a bracket that may follow a stop
    OPENING = 64
    UPPER = 128  # begins with a capital letter or a digit
    ABBREVIATION = 256  # ends with a full stop, which may end a sentence too: "U.S.", "Inc."
    STARTER = 512  # a word that after such an abbreviation begins a sentence


_STOPS = frozenset({".", "!", "?", "…", "..", "...", "...."})
_IDEOGRAPHIC_STOPS = frozenset("。！？")
_CLOSING = frozenset("\"'”’»)]")
_OPENING = frozenset("\"'“‘«([„-–—•*")
# These are followed by a name: they never end a sentence.
_TITLES = frozenset({
    "Mr.", "Mrs.", "Ms.", "Dr.", "Drs.", "Gen.", "Lt.", "Col.", "Sgt.", "Capt.", "Cmdr.", "Sen.",
    "Rep.", "Gov.", "Prof.", "Rev.", "Hon.", "St.", "Ft.", "Mt.", "vs.", "No.", "Nos.",
})  # fmt: skip
_STARTERS = frozenset({
    "The", "A", "An", "In", "On", "At", "It", "He", "She", "They", "We", "I", "This", "That",
    "These", "Those", "But", "And", "As", "By", "For", "From", "If", "When", "While", "After",
    "Before", "His", "Her", "Its", "Their", "Our", "There", "However", "Since", "With", "Some",
    "Many", "Two", "Also",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """[start, end) of a text, in code points, and the number of its sentence."""

    start: int
    end: int
    sentence: int


def pieces(text: str) -> list[str]:
    """Return the tokens of `text`, each with the white space before it.

    >>> pieces("Putin’s Russia.")
    ['Putin', '’s', ' Russia', '.']
    """
    # Without white space at its end, every run of white space has a token after it: no step back.
    return _PIECE.findall(text.rstrip())


def mark(piece: str) -> int:
    """Return the `Mark`s of a piece."""
    token = piece.lstrip()
    space = piece[: len(piece) - len(token)]
    marks = Mark(0)
    if space:
        marks |= Mark.SPACE
        lines = space.count("\n")
        if lines:
            marks |= Mark.LINE if lines == 1 else Mark.PARAGRAPH
    if token in _STOPS:
        marks |= Mark.STOP
    elif token in _IDEOGRAPHIC_STOPS:
        marks |= Mark.IDEOGRAPHIC_STOP
    elif len(token) > 1 and token.endswith(".") and token not in _TITLES and len(token) != 2:
        marks |= Mark.ABBREVIATION
    if token in _CLOSING:
        marks |= Mark.CLOSING
    if token in _OPENING:
        marks |= Mark.OPENING
    if token[0].isupper() or token[0].isdigit():
        marks |= Mark.UPPER
    if token in _STARTERS:
        marks |= Mark.STARTER
    return int(marks)


def sentence_starts(
    marks: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the numbers of the pieces with which sentences begin, the first of them 0.

    `marks` are those of the pieces, `starts` the offsets of their tokens.
    """
    count = len(marks)
    if not count:
        return np.zeros(0, np.int64)
    apart = (marks & (Mark.SPACE | Mark.LINE | Mark.PARAGRAPH)) != 0
    stop = (marks & Mark.STOP) != 0
    closing = ((marks & Mark.CLOSING) != 0) & ~apart
    closed = stop.copy()
    closed[1:] |= closing[1:] & stop[:-1]
    closed[2:] |= closing[2:] & closing[1:-1] & stop[:-2]
    begins = (marks & (Mark.UPPER | Mark.OPENING)) != 0
    first = np.zeros(count, np.bool_)
    first[1:] = closed[:-1] & apart[1:] & begins[1:]
    first[1:] |= ((marks[:-1] & Mark.ABBREVIATION) != 0) & ((marks[1:] & Mark.STARTER) != 0)
    first[1:] |= (marks[:-1] & Mark.IDEOGRAPHIC_STOP) != 0
    lines = (marks & (Mark.LINE | Mark.PARAGRAPH)) != 0
    if lines.any():
        first |= (marks & Mark.PARAGRAPH) != 0
        at = np.flatnonzero(lines)
        length = np.diff(starts[at], prepend=0)
        first[at] |= (length < _SHORT_LINE) & begins[at]
        first[1:] |= lines[1:] & closed[:-1]
    first[0] = True
    begun = np.flatnonzero(first)
    if np.diff(begun, append=count).max() > LONGEST_SENTENCE:
        number = np.arange(count)
        within = number - begun[np.cumsum(first) - 1]
        begun = np.flatnonzero(within % LONGEST_SENTENCE == 0)
    return begun


def tokenise(text: str) -> list[Token]:
    """Return the tokens of `text` in order; together they hold all that is not white space.

    >>> [text[token.start : token.end] for token in tokenise("He left. Mr. Li stayed.")]
    ['He', 'left', '.', 'Mr.', 'Li', 'stayed', '.']
    >>> [token.sentence for token in tokenise("He left. Mr. Li stayed.")]
    [0, 0, 0, 1, 1, 1, 1]
    """
    found = pieces(text)
    ends = np.cumsum([len(piece) for piece in found], dtype=np.int64)
    starts = ends - np.array([len(piece.lstrip()) for piece in found], dtype=np.int64)
    marks = np.array([mark(piece) for piece in found], dtype=np.int64)
    begun = np.zeros(len(found), np.int64)
    begun[sentence_starts(marks, starts)] = 1
    return [
        Token(start, end, sentence)
        for start, end, sentence in zip(
            starts.tolist(), ends.tolist(), (np.cumsum(begun) - 1).tolist(), strict=True
        )
    ]
