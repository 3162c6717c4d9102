"""What a web address did not take, kept in a file until it is sent again.

A line a parcel, and a line for each later record of an article that is in the file: what a newer
version, a correction or a withdrawal has overtaken must not be sent after it.
"""

import fcntl
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from pipeline.clients.webhook import NotDelivered, Parcel
from pipeline.errors import UserError
from schemas import Record
from schemas.record import Base64


class Kept(Record):
    """A parcel, the ids of the articles that it is about, and why it was not delivered."""

    id: str
    articles: tuple[str, ...]
    reason: str
    headers: dict[str, str]
    body: Base64


class Overtaken(Record):
    """The ids of articles of which a later record was delivered than what stands before this."""

    overtaken: tuple[str, ...]


_Line = Kept | Overtaken
_LINE: TypeAdapter[_Line] = TypeAdapter(_Line)


@dataclass(slots=True)
class Resent:
    """What became of the parcels of a file, in numbers."""

    sent: int = 0
    kept: int = 0
    overtaken: int = 0


class Undelivered:
    """The file; several subscribers may share it."""

    def __init__(self, path: str) -> None:
        """Use the file at `path`, which need not be there yet.

        Raises `UserError` where it cannot be used.
        """
        self._path = Path(path)
        with self._locked():
            lines = self._read()
        self._articles = {id_ for line in lines if isinstance(line, Kept) for id_ in line.articles}

    def keep(self, parcel: Parcel, articles: Collection[str], reason: str) -> None:
        """Keep a parcel that was not delivered; it is on the disk when this returns."""
        self._append(
            Kept(
                id=parcel.id,
                articles=tuple(articles),
                reason=reason,
                headers=parcel.headers,
                body=parcel.body,
            )
        )
        self._articles.update(articles)

    def delivered(self, articles: Collection[str]) -> None:
        """Note that a record of the articles was delivered: what is kept of them is overtaken."""
        overtaken = self._articles.intersection(articles)
        if overtaken:
            self._append(Overtaken(overtaken=tuple(sorted(overtaken))))

    def resend(self, send: Callable[[Parcel], None]) -> Resent:
        """Send all that was not overtaken, in order; what is not taken stays in the file.

        Who would keep something meanwhile waits.
        """
        resent = Resent()
        with self._locked():
            lines = self._read()
            remaining: list[Kept] = []
            for line, later in zip(lines, _overtaken_after(lines), strict=True):
                if isinstance(line, Overtaken):
                    continue
                if _is_overtaken(line, later):
                    resent.overtaken += 1
                    continue
                try:
                    send(Parcel(line.id, line.body, line.headers))
                except NotDelivered as error:
                    remaining.append(line.model_copy(update={"reason": str(error)}))
                else:
                    resent.sent += 1
                    before = len(remaining)
                    remaining = [
                        kept for kept in remaining if not _is_overtaken(kept, set(line.articles))
                    ]
                    resent.overtaken += before - len(remaining)
            resent.kept = len(remaining)
            self._write(remaining)
        return resent

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let nobody else change the file; beside it, because the file itself is replaced."""
        try:
            with open(f"{self._path}.lock", "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise UserError(f"{self._path}: {(error.strerror or str(error)).lower()}") from error

    def _append(self, line: _Line) -> None:
        with self._locked(), self._path.open("ab") as file:
            _save([line], file)

    def _read(self) -> list[_Line]:
        if not self._path.exists():
            return []
        lines: list[_Line] = []
        for number, text in enumerate(self._path.read_bytes().splitlines(), 1):
            try:
                lines.append(_LINE.validate_json(text))
            except ValidationError as error:
                raise UserError(
                    f"{self._path}, line {number}: is nothing that was kept; remove the line"
                ) from error
        return lines

    def _write(self, lines: Iterable[_Line]) -> None:
        """Replace the file at once by one that has these lines."""
        new = self._path.with_name(f"{self._path.name}.new")
        with new.open("wb") as file:
            _save(lines, file)
        new.replace(self._path)


def _save(lines: Iterable[_Line], file: BinaryIO) -> None:
    file.writelines(line.to_json() + b"\n" for line in lines)
    file.flush()
    os.fsync(file.fileno())


def _is_overtaken(kept: Kept, later: Collection[str]) -> bool:
    """Say whether later records were delivered of all that it is about; else it has to be sent."""
    return bool(kept.articles) and set(kept.articles) <= set(later)


def _overtaken_after(lines: Sequence[_Line]) -> list[frozenset[str]]:
    """Return for each line which articles are overtaken behind it."""
    later: frozenset[str] = frozenset()
    found = []
    for line in reversed(lines):
        found.append(later)
        if isinstance(line, Overtaken):
            later |= frozenset(line.overtaken)
    return found[::-1]
