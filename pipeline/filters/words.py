"""Words and phrases in a text, whatever their case and what stands between them."""

import re
import unicodedata

# Scripts that set no space between words: there a word is found inside a longer run of letters.
# Thai, Lao, Myanmar, Khmer; kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# What English prose has beside ASCII; where only words count, a space may stand for it. Python
# folds the case of ASCII text ten times faster than that of any other.
_TYPOGRAPHIC = tuple("’‘“”–—…•·€£\xa0")
# Words of so many letters are not found inside many others.
_RARE = 3
_BETWEEN = r"[^\w\n]{1,8}"


def folded(text: str) -> str:
    """Return the text case-folded; some punctuation may be other punctuation of the same length."""
    if not text.isascii():
        for mark in _TYPOGRAPHIC:
            text = text.replace(mark, " ")
    return text.casefold()


class Words:
    """One word or several in a row, as they stand in a paragraph of a text that is `folded`.

    Between two of them stand up to eight characters that are neither letters nor digits, and no end
    of a paragraph: `interest rates` is found in `Interest-rates`, `Russia's` in `Russia’s`.
    """

    def __init__(self, value: str) -> None:
        words = self.in_text(value)
        # Plain text is found some ten times faster than a pattern, unless it is everywhere.
        self._longest = max(words, key=len)
        self._first = words[0]
        self._is_rare = len(words[0]) >= _RARE
        self._pattern = re.compile(
            ("" if _UNSPACED.match(words[0]) else r"(?<!\w)")
            + _BETWEEN.join(map(re.escape, words))
            + ("" if _UNSPACED.match(words[-1][-1]) else r"(?!\w)")
        )

    @staticmethod
    def in_text(value: str) -> list[str]:
        """Return the words of `value`, case-folded: runs of letters, marks and digits."""
        lower = unicodedata.normalize("NFC", value).casefold()
        return "".join(
            character if character == "_" or unicodedata.category(character)[0] in "LMN" else " "
            for character in lower
        ).split()

    def find(self, text: str) -> tuple[int, int] | None:
        """Return where they stand in a text that is `folded`; None where they do not."""
        if self._longest not in text:
            return None
        if not self._is_rare:
            found = self._pattern.search(text)
            return found.span() if found else None
        at = text.find(self._first)
        while at >= 0:
            found = self._pattern.match(text, at)
            if found:
                return found.span()
            at = text.find(self._first, at + 1)
        return None
