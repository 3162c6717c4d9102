"""Rejected inputs as the page shows them: why, and the bytes, in which nothing acts."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.console.arrival import KEPT_BYTES
from pipeline.console.shown_text import shown
from pipeline.console.window import Entry
from schemas import Rejection

_MOST_SHOWN = 4_000
_MOST_INPUTS = 100
_FIRST_OF_TWO_BYTES = 0x80


def rejected(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the newest of the rejected inputs, the newest first."""
    return [_rejected(entry) for entry in reversed(entries[-_MOST_INPUTS:])]


def _rejected(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": entry.arrival.at,
        "offset": entry.arrival.offset,
        "source": shown(entry.arrival.source or ""),
        "article": entry.arrival.article_id and shown(entry.arrival.article_id),
        "withdrawn": entry.withdrawn is not None,
    }
    record = entry.record
    if isinstance(record, Rejection):
        cut = record.value[:_MOST_SHOWN]
        told |= {
            "stage": record.stage,
            "reason": record.reason,
            "detail": shown(record.detail),
            "from": None if record.topic is None
            else f"{record.topic}/{record.partition}/{record.offset}",
            "size": entry.arrival.whole_size,
            "shown": len(cut),
            "decoded": list(decoded(cut)),
        }  # fmt: skip
    return told


def decoded(value: bytes) -> Iterator[tuple[str, bool]]:
    r"""Yield the bytes as pieces of text; True where a piece stands for what is no printable text.

    They are read as UTF-8. What is none is written `\xff`, and so are control characters; others
    that act are written `\u202e`.
    """
    run = ""
    # Halves of surrogate pairs stand for bytes that are not UTF-8, and nothing else does.
    for character in _without_cut_end(value).decode("utf-8", "surrogateescape"):
        sign = _sign(character)
        if sign is None:
            run += character
            continue
        if run:
            yield run, False
            run = ""
        yield sign, True
    if run:
        yield run, False


def _without_cut_end(value: bytes) -> bytes:
    """Leave out the beginning of a character that was cut off with the bytes."""
    if len(value) != _MOST_SHOWN:
        return value
    for length in (1, 2, 3):
        if value[-length] & 0xC0 == 0xC0:
            return value[:-length]
    return value


def _sign(character: str) -> str | None:
    """Return what is shown in place of a character that is not shown itself."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character in "\n\t":
        return None
    if shown(character) == character:
        return None
    return f"\\x{code:02x}" if code < _FIRST_OF_TWO_BYTES else f"\\u{code:04x}"


assert _MOST_SHOWN <= KEPT_BYTES
