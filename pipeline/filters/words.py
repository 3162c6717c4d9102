"""Words and phrases in a text, whatever their case and what stands between them."""

import re
import unicodedata

# Scripts that set no space between words: there a word is found inside a longer run of letters.
# Thai, Lao, Myanmar, Khmer; kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_BETWEEN = r"[^\w\n]{1,8}"


class Words:
    """One word or several in a row, as they stand in a paragraph of a case-folded text.

    Between two of them stand up to eight characters that are neither letters nor digits, and no end
    of a paragraph: `interest rates` is found in `Interest-rates`, `Russia's` in `Russia’s`.
    """

    def __init__(self, value: str) -> None:
        words = self.in_text(value)
        # Looking for plain text first is some ten times faster than the pattern.
        self._longest = max(words, key=len)
        self._pattern = re.compile(
            ("" if _UNSPACED.match(words[0]) else r"(?<!\w)")
            + _BETWEEN.join(map(re.escape, words))
            + ("" if _UNSPACED.match(words[-1][-1]) else r"(?!\w)")
        )

    @staticmethod
    def in_text(value: str) -> list[str]:
        """Return the words of `value`, case-folded: runs of letters, marks and digits."""
        folded = unicodedata.normalize("NFC", value).casefold()
        return "".join(
            character if character == "_" or unicodedata.category(character)[0] in "LMN" else " "
            for character in folded
        ).split()

    def find(self, folded: str) -> tuple[int, int] | None:
        """Return where they stand in a case-folded text; None where they do not."""
        if self._longest not in folded:
            return None
        found = self._pattern.search(folded)
        return found.span() if found else None
