"""Who wrote an article, from the words after its `By`."""

import re

from pipeline.cleaning.rules import AGENCIES

_AGENCIES = {name.lower() for name in AGENCIES} | {"agencies"}
_SPLIT = re.compile(
    r"\s*(?:[,;]|\s(?:[aA][nN][dD]|&|und|et|y|e|og|och|en|with|WITH|mit|avec|con)\s)\s*"
)
# Where a name ends and the affiliation begins.
_AFFILIATION = re.compile(
    r"\s*(?:\||–|—|\s-\s|\(|@|/)\s*.*"
    r"|\s+(?i:in|at|of|for|from|near|aboard|special to|exclusively for|von|aus|à|en)\s+"
    r"(?:[Tt]he\s+)?[^\W\d_a-z].*"
)
_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le",
     "al", "el", "bin", "ibn", "ben", "abu", "ter", "ten", "zu", "zur", "af", "av", "st", "y", "e"}
)  # fmt: skip
_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d)\.?")
# A role, a desk or an organisation: what follows a name, or stands for one.
_ROLE = re.compile(
    r"(?i)\b(?:writers?|correspondents?|editors?|reporters?|staff|desk|bureau|chief|analysts?|"
    r"columnists?|contributors?|team|newsroom|news|press|times|post|agency|newspapers?|newswires?|"
    r"radio|service|"
    r"magazine|journal|today|media|redaktion|rédaction|redacción|foundation|breakingviews|economist|"
    r"producers?|fellow|director|president|professor|photographers?)\b"
)
# A sentence's opening, not a name.
_NO_NAMES = re.compile(
    r"(?i)\b(?:the numbers|the time|the way|the end|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|january|february|march \d|april \d|may \d|june|july|august|september|"
    r"october|november|december|today|tomorrow|noon|midnight|law|contrast|comparison|all|any|far|mail|email|phone|"
    r"default|popular demand|appointment|request)\b"
)
MOST_WORDS = 5
MOST_NAMES = 12


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a byline without `By`, affiliations and roles; empty if it is none.

    An agency or a desk is a name where nobody else is named.
    """
    if _NO_NAMES.search(text) or any(character in text for character in '?!"“”'):
        return ()
    names: list[str] = []
    desks: list[str] = []
    for part in _SPLIT.split(text.strip()):
        stripped = part.removeprefix("by ").removeprefix("By ").removeprefix("BY ").strip()
        if _SUFFIX.fullmatch(stripped) and names:
            names[-1] = f"{names[-1]}, {stripped}"
            continue
        named = _AFFILIATION.sub("", stripped).strip(" .")
        if _is_agency(named) or (_ROLE.search(named) and named[:1].isupper()):
            desks.append(named)
        elif _is_name(named):
            names.append(_without_agency(named))
        elif named and not (names and (_ROLE.search(stripped) or _is_capitalised_word(stripped))):
            return ()
    if len(names) > MOST_NAMES:
        return ()
    return tuple(names or desks[:1])


def _is_agency(text: str) -> bool:
    return text.lower().removeprefix("the ") in _AGENCIES


def _is_capitalised_word(text: str) -> bool:
    return text[:1].isupper() and " " not in text


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= MOST_WORDS or words[0].lower() in ("the", "a", "an"):
        return False
    return all(
        word[0].isupper() or word in _PARTICLES or word[:2] in ("d'", "d’", "al", "el")
        for word in words
    ) and not any(character.isdigit() for character in text)


def _without_agency(name: str) -> str:
    """Return `Brad Schade` for `Brad Schade Reuters`."""
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 2 and _is_agency(words[-1]) else name
