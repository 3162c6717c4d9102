"""A text under edit that remembers how to undo itself.

`EditedText` holds the text as it is now and, for every place where it differs from the text that
came in, what stood there. Each pass replaces spans of the text as it is now; the offsets into the
text that came in are kept up behind the interface.
"""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.article import ArticleField, Edit, RemovedKind, RepairKind


@dataclass(frozen=True, slots=True)
class Replacement:
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

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def put(
        self, start: int, end: int, text: str, original: str, kind: RemovedKind | RepairKind
    ) -> None:
        """Let `text` follow in place of [start, end) of the current text."""
        self._append(self._current[self._copied : start])
        self._copied = end
        self._edited.append(_Edited(self._length, self._length + len(text), original, kind))
        self._append(text)

    def keep(self, edit: _Edited) -> None:
        """Let an earlier edit follow as it is."""
        text = self._current[edit.start : edit.end]
        self.put(edit.start, edit.end, text, edit.original, edit.kind)

    def finish(self) -> tuple[str, list[_Edited]]:
        """Return the whole text and its edits."""
        self._append(self._current[self._copied :])
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
        while later:
            new = later[0]
            while earlier and earlier[0].end <= new.start:
                rebuilt.keep(earlier.popleft())
            start = min(new.start, earlier[0].start) if earlier else new.start
            end = new.end
            original, restored_until = "", start
            text, replaced_until = "", start
            while True:
                if later and later[0].start < end:
                    new_one = later.popleft()
                    text += self.text[replaced_until : new_one.start] + new_one.text
                    replaced_until = new_one.end
                    end = max(end, new_one.end)
                elif earlier and earlier[0].start < end:
                    old = earlier.popleft()
                    original += self.text[restored_until : old.start] + old.original
                    restored_until = old.end
                    end = max(end, old.end)
                else:
                    break
            original += self.text[restored_until:end]
            text += self.text[replaced_until:end]
            rebuilt.put(start, end, text, original, new.kind)
        for edit in earlier:
            rebuilt.keep(edit)
        self.text, self._edited = rebuilt.finish()

    def substitute(
        self, pattern: re.Pattern[str], text: str | Callable[[re.Match[str]], str], kind: RepairKind
    ) -> None:
        """Replace every match of `pattern` by `text` where that changes anything.

        A deletion inside a match stays an edit of its own: the match is replaced around it.
        """
        deletions = [edit.start for edit in self._edited if edit.start == edit.end]
        replacements = []
        for match in pattern.finditer(self.text):
            start, end = match.span()
            replaced = text if isinstance(text, str) else text(match)
            if replaced == match[0]:
                continue
            inside = deletions[bisect_right(deletions, start) : bisect_left(deletions, end)]
            for cut in sorted(set(inside)):
                replacements.append(Replacement(start, cut, replaced, kind))
                start, replaced = cut, ""
            replacements.append(Replacement(start, end, replaced, kind))
        if replacements:
            self.replace(replacements)

    def edits(self, field: ArticleField) -> list[Edit]:
        """Return the edits in order, with their offsets before and after."""
        edits = []
        grown = 0  # by how much the text that came in is longer, up to here
        for edit in self._edited:
            start = edit.start + grown
            edits.append(
                Edit(
                    kind=edit.kind,
                    text=edit.original,
                    start=start,
                    end=start + len(edit.original),
                    at=edit.start,
                    replacement=self.text[edit.start : edit.end],
                    field=field,
                )
            )
            grown += len(edit.original) - (edit.end - edit.start)
        return edits
