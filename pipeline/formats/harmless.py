"""Text from anywhere, such that it does nothing where it is shown.

What wires send may hold escape sequences, characters that turn the text around, and markup.
"""

import re

# Code points of the categories Cc (above the space), Cf, Zl and Zp: C1 controls and delete, which
# terminals obey, bidirectional controls, what has no width, separators of lines. Without the soft
# hyphen and the two joiners, which Persian, Indic scripts and emoji are written with.
_INVISIBLE = (
    "\x7f-\x9f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f"
)
_IN_JSON = re.compile(f"[{_INVISIBLE}\xad\u200c\u200d]")
_IN_TEXT = re.compile(f"[\\x00-\\x1f{_INVISIBLE}\ud800-\udfff]")
# XML 1.0 has no place for most control characters and for two non-characters.
_IN_XML = re.compile(f"[\\x00-\\x08\\x0b-\\x1f{_INVISIBLE}\ud800-\udfff\ufffe\uffff]")

_LONGEST = 160


def printable(text: str, longest: int | None = _LONGEST) -> str:
    """Return `text` on one line of at most `longest` characters, none of which does anything."""
    shown = _IN_TEXT.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return shown if longest is None or len(shown) <= longest else shown[: longest - 1] + "…"


def escaped_json(text: str) -> str:
    """Return JSON with invisible characters escaped: the same value, and harmless."""
    return text if _plain(text) else _IN_JSON.sub(_escape, text)


def xml_text(text: str) -> str:
    """Return `text` without what XML cannot hold or a reader would obey; markup is left."""
    return _IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _plain(text: str) -> bool:
    return text.isascii() and "\x7f" not in text


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
