"""A text under edit that remembers how to undo itself.

`EditedText` holds the text as it is now and, for every place where it differs from the text that
came in, what stood there. Each pass replaces spans of the text as it is now; the offsets into the
text that came in are kept up behind the interface.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import TypeAdapter

from schemas.article import ArticleField, Edit, RemovedKind, RepairKind

# With more repairs than this in one pass, neighbours are recorded as one: a text of a million
# entities must not become a million records. Wire articles have some fifty.
MOST_REPAIRS = 4_000

# All at once: a third faster than one by one.
_EDITS = TypeAdapter(list[Edit])


class Replacement(NamedTuple):
    """Put `text` in place of [start, end) of the current text, because of `kind`."""

    start: int
    end: int
    text: str
    kind: RemovedKind | RepairKind


@dataclass(slots=True)
class _Edited:
    """[start, end) of the current text stands where `original` stood."""

    start: int
    end: int
    original: str
    kind: RemovedKind | RepairKind


class _Rebuilt:
    """The next state of a text, built from left to right."""

    def __init__(self, current: str) -> None:
        self._current = current
        self._copied = 0
        self._length = 0
        self._pieces: list[str] = []
        self._edited: list[_Edited] = []

    def put(
        self, start: int, end: int, text: str, original: str, kind: RemovedKind | RepairKind
    ) -> None:
        """Let `text` follow in place of [start, end) of the current text."""
        unchanged = self._current[self._copied : start]
        self._pieces += unchanged, text
        self._copied = end
        begin = self._length + len(unchanged)
        self._length = begin + len(text)
        self._edited.append(_Edited(begin, self._length, original, kind))

    def keep(self, edit: _Edited) -> None:
        """Let an earlier edit follow as it is."""
        moved = self._length - self._copied
        edit.start += moved
        edit.end += moved
        self._edited.append(edit)

    def finish(self) -> tuple[str, list[_Edited]]:
        """Return the whole text and its edits."""
        self._pieces.append(self._current[self._copied :])
        return "".join(self._pieces), self._edited


class EditedText:
    """The current text (`text`) and the edits that lead back to the text that came in."""

    def __init__(self, incoming: str) -> None:
        self.text = incoming
        self._edited: list[_Edited] = []

    def replace(self, replacements: Iterable[Replacement]) -> None:
        """Apply `replacements`: non-empty spans of the current text, sorted, none overlapping.

        A span that reaches into an earlier edit takes all of that edit in.
        """
        rebuilt = _Rebuilt(self.text)
        earlier = deque(self._edited)
        later = deque(replacements)
        if not later:
            return
        while later:
            start, end, text, kind = later[0]
            while earlier and earlier[0].end <= start:
                rebuilt.keep(earlier.popleft())
            if not earlier or earlier[0].start >= end:  # the common case, without the joining
                later.popleft()
                rebuilt.put(start, end, text, self.text[start:end], kind)
                continue
            start = min(start, earlier[0].start)
            originals: list[str] = []
            restored_until = start
            texts: list[str] = []
            replaced_until = start
            while True:
                if later and later[0].start < end:
                    next_new = later.popleft()
                    texts += self.text[replaced_until : next_new.start], next_new.text
                    replaced_until = next_new.end
                    end = max(end, next_new.end)
                elif earlier and earlier[0].start < end:
                    old = earlier.popleft()
                    originals += self.text[restored_until : old.start], old.original
                    restored_until = old.end
                    end = max(end, old.end)
                else:
                    break
            originals.append(self.text[restored_until:end])
            texts.append(self.text[replaced_until:end])
            rebuilt.put(start, end, "".join(texts), "".join(originals), kind)
        for edit in earlier:
            rebuilt.keep(edit)
        self.text, self._edited = rebuilt.finish()

    def repair(self, replacements: Iterable[Replacement]) -> None:
        """Apply `replacements` around what was removed before, as `replace` does otherwise.

        A deletion inside a span stays an edit of its own.
        """
        around: list[Replacement] = []
        deletions = deque(edit.start for edit in self._edited if edit.start == edit.end)
        for new in replacements:
            while deletions and deletions[0] <= new.start:
                deletions.popleft()
            if not deletions or deletions[0] >= new.end:
                around.append(new)
                continue
            start, end, text, kind = new
            while deletions and deletions[0] < end:
                cut = deletions.popleft()
                if cut > start:
                    around.append(Replacement(start, cut, text, kind))
                    start, text = cut, ""
            around.append(Replacement(start, end, text, kind))
        if len(around) > MOST_REPAIRS:
            size = -(-len(around) // MOST_REPAIRS)
            around = [
                self._as_one(around[first : first + size]) for first in range(0, len(around), size)
            ]
        self.replace(around)

    def _as_one(self, group: Sequence[Replacement]) -> Replacement:
        pieces: list[str] = []
        position = group[0].start
        for new in group:
            pieces += self.text[position : new.start], new.text
            position = new.end
        return Replacement(group[0].start, group[-1].end, "".join(pieces), group[0].kind)

    def substitute(
        self, pattern: re.Pattern[str], text: str | Callable[[re.Match[str]], str], kind: RepairKind
    ) -> None:
        """Repair every match of `pattern`, where `text` differs from it."""
        replacements = []
        for match in pattern.finditer(self.text):
            replaced = text if isinstance(text, str) else text(match)
            if replaced != match[0]:
                replacements.append(Replacement(match.start(), match.end(), replaced, kind))
        if replacements:
            self.repair(replacements)

    def edits(self, field: ArticleField) -> list[Edit]:
        """Return the edits in order, with their offsets before and after."""
        edits: list[dict[str, object]] = []
        grown = 0  # by how much the text that came in is longer, up to here
        for edit in self._edited:
            start = edit.start + grown
            edits.append(
                {
                    "kind": edit.kind,
                    "text": edit.original,
                    "start": start,
                    "end": start + len(edit.original),
                    "at": edit.start,
                    "replacement": self.text[edit.start : edit.end],
                    "field": field,
                }
            )
            grown += len(edit.original) - (edit.end - edit.start)
        return _EDITS.validate_python(edits)
