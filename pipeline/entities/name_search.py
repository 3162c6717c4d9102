"""Finding given names in a text."""

import re
from collections.abc import Iterable, Iterator

from pipeline.entities.name_parts import TITLES

_WORD = re.compile(r"\w+")
_DATES = frozenset(
    {
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday",
        "Friday", "Saturday", "Sunday",
    }
)  # fmt: skip
# Names that are other words as well; only a model can tell which.
_COMMON_WORDS = _DATES | frozenset(
    {
        "Will", "Mark", "Grant", "Rose", "Hope", "Major", "Chief", "General", "Bill", "Price",
        "Young", "Long", "Short", "White", "Black", "Brown", "Green", "Day", "King", "Art",
        "Pat", "Rich", "Gene", "Frank", "The", "This", "That", "It", "He", "She", "We", "You", "I",
        "A", "An", "In", "On", "At", "And", "But", "Or", "Of", "To", "No", "Not", "New", "Old",
    }
)  # fmt: skip
_SENTENCE_ENDS = frozenset(".!?:\n\"“”'‘(-–—")


class NameSearch:
    """Finds names where a text says them: whole words, in the same letters, the longest first.

    One word beside another capitalised word is passed over: "Lee" in "met Bruce Lee" is likely to
    be somebody else. With `capitals` the texts are those that are all in capitals.
    """

    def __init__(self, names: Iterable[str], capitals: bool = False) -> None:
        self._capitals = capitals
        # By the first word: what is looked for, and the name that it stands for.
        self._starting: dict[str, list[tuple[str, str]]] = {}
        for name in sorted(set(names), key=lambda name: (-len(name), name)):
            written = name.upper() if capitals else name
            first = _WORD.match(written)
            if first is not None and _is_telling(name):
                self._starting.setdefault(first[0], []).append((written, name))

    def find(self, text: str, taken: bytearray) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and name of each place that is not yet `taken`, in order.

        `taken` has a byte for each character; what is found is marked in it.
        """
        for start, end, name in sorted(self._candidates(text), key=_leftmost_longest):
            if (
                1 not in taken[start:end]
                and not text[end : end + 1].isalnum()
                and not text[max(0, start - 1) : start].isalnum()
                and (self._capitals or " " in name or not _beside_a_name(text, start, end))
            ):
                taken[start:end] = b"\x01" * (end - start)
                yield start, end, name

    def _candidates(self, text: str) -> Iterator[tuple[int, int, str]]:
        for first in self._starting.keys() & set(_WORD.findall(text)):
            for written, name in self._starting[first]:
                start = text.find(written)
                while start >= 0:
                    yield start, start + len(written), name
                    start = text.find(written, start + 1)


def _is_telling(name: str) -> bool:
    """Say whether a name can be told from other words by its letters alone."""
    return len(name) > 1 and name not in _COMMON_WORDS and not name.islower()


def _leftmost_longest(found: tuple[int, int, str]) -> tuple[int, int]:
    return found[0], -found[1]


def _beside_a_name(text: str, start: int, end: int) -> bool:
    """Say whether a capitalised word precedes or follows that may belong to the same name."""
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        following = _WORD.match(text, end + 1)
        if following is not None and following[0] not in _DATES:
            return True
    if text[start - 1 : start] != " " or not text[max(0, start - 2)].isalnum():
        return False
    before = max(text.rfind(" ", 0, start - 1), text.rfind("\n", 0, start - 1)) + 1
    word = text[before : start - 1]
    if not word[:1].isupper() or word in TITLES:
        return False
    return before > 1 and text[before - 2] not in _SENTENCE_ENDS and text[before - 1] != "\n"
