"""What stands at the ends of a name and is no part of it, and what a name can be shortened to."""

import re
import unicodedata

_OUTER = " \t\n\"'“”‘’.,;:!?()[]-–—"
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?:\b[A-Z]\.){2,}$|\b(?:Jr|Sr|Inc|Corp|Co|Ltd|Bros|St)\.$")
_SPACE = re.compile(r"\s+")

TITLES = frozenset(
    {
        "Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Professor", "Sir", "Lord", "Lady", "Dame",
        "President", "Vice-President", "Premier", "Chancellor", "Minister", "Secretary",
        "Senator", "Sen", "Representative", "Rep", "Congressman", "Congresswoman", "Governor",
        "Gov", "Mayor", "Judge", "Justice", "King", "Queen", "Prince", "Princess", "Emperor",
        "Pope", "Archbishop", "Bishop", "Cardinal", "Imam", "Sheikh", "Ayatollah", "Rabbi",
        "Rev", "General", "Gen", "Colonel", "Col", "Major", "Maj", "Captain", "Capt",
        "Lieutenant", "Lt", "Sergeant", "Sgt", "Admiral", "Adm", "Commander", "Marshal",
        "Brigadier", "Chairman", "Chairwoman", "Ambassador", "Envoy", "Spokesman",
        "Spokeswoman", "Director", "Chief", "Coach",
    }
)  # fmt: skip
_TITLE = re.compile(
    rf"(?:(?:Prime|Foreign|Finance|Defen[cs]e|Interior)\s+)?(?:{'|'.join(sorted(TITLES))})\b\.?\s+"
)
# What is no part of a place's name where it is written small.
_COMMON_NOUN = re.compile(
    r"\s+(?:region|republic|province|state|city|area|county|district|peninsula|border|coast)$"
)
_NAME_SUFFIX = re.compile(r",?\s+(?:Jr|Sr|II|III|IV)\.?$")
# Legal forms of companies, which a second mention leaves out.
_COMPANY_FORM = re.compile(
    r"(?:,?\s+(?:&\s+Co|and\s+Co|Inc|Incorporated|Corp|Corporation|Co|Company|Cos|Ltd|Limited|"
    r"LLC|LLP|LP|PLC|Plc|plc|AG|SA|S\.A|SE|NV|N\.V|BV|B\.V|AB|ASA|A/S|AS|Oyj|SpA|S\.p\.A|GmbH|"
    r"KK|Pty|Group|Holdings?)\.?)+$"
)
_PARTICLE = re.compile(r"^(?:al|el|ad|as|ash|an|ar|at|az)-")


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return [start, end) without "the", a trailing possessive and outer punctuation."""
    while start < end and text[start] in _OUTER:
        start += 1
    if article := _ARTICLE.match(text, start, end):
        start = article.end()
    while end > start and text[end - 1] in _OUTER:
        if text[end - 1] == "." and _ABBREVIATION.search(text, start, end):
            break
        end -= 1
    if text[end - 2 : end] in ("'s", "’s"):
        end -= 2
    elif text[end - 1 : end] in ("'", "’"):
        end -= 1
    return start, max(start, end)


def trim_title(text: str, start: int, end: int) -> int:
    """Return where the name of a person begins after its titles ("President", "Sen.")."""
    while title := _TITLE.match(text, start, end):
        if title.end() >= end:
            break
        start = title.end()
    return start


def trim_common_noun(text: str, start: int, end: int) -> int:
    """Return where the name of a place ends before a common noun: "Caucasus region"."""
    noun = _COMMON_NOUN.search(text, start, end)
    return noun.start() if noun else end


def folded(name: str) -> str:
    """Return what two spellings of one name have in common: no case, accents or wide spaces."""
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")
    return _SPACE.sub(" ", name).casefold()


def without_suffix(person: str) -> str:
    """Return a person's name without "Jr." and the like."""
    return _NAME_SUFFIX.sub("", person)


def without_company_form(organisation: str) -> str:
    """Return a company's name without "Inc", "Group" and the like, if anything is left."""
    return _COMPANY_FORM.sub("", organisation) or organisation


def shortened(person: str) -> list[str]:
    """Return what a person's full name is shortened to: its last names and its first.

    "Abu Bakr al-Baghdadi" gives "Bakr al-Baghdadi", "al-Baghdadi", "Baghdadi" and "Abu".
    """
    words = without_suffix(person).split()
    if len(words) < 2:
        return []
    shorter = [" ".join(words[i:]) for i in range(1, len(words))]
    if (bare := _PARTICLE.sub("", words[-1])) != words[-1]:
        shorter.append(bare)
    return [*shorter, words[0]]
