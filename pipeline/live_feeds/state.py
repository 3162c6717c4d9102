"""What has been sent, and what the servers said: survives a restart in one file.

Only what the broker has acknowledged is in it. The file is replaced as a whole: a reader, and a
machine that loses its power, sees the old or the new one. It is bounded: an item is forgotten when
it has been out of its feed for `FORGET_AFTER`, a feed when it has been out of feeds.toml as long.
"""

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import UserError

FORGET_AFTER = 30 * 86400
# Of one feed. Whoever writes new ids at each poll must not fill the disk; the eldest go first.
MOST_ITEMS = 20_000

_VERSION = 1


@dataclass(slots=True)
class FeedState:
    """What is known of one feed; times in seconds since 1970."""

    etag: str | None = None
    last_modified: str | None = None
    due: float = 0.0
    failures: int = 0
    read_at: int = 0
    said: set[str] = field(default_factory=set)
    # Version id of an item: when the feed last had it.
    sent: dict[str, int] = field(default_factory=dict)

    def forget_what_left(self) -> None:
        """Drop what has not been in the feed for long, by the times at which it could be read."""
        limit = self.read_at - FORGET_AFTER
        if len(self.sent) > MOST_ITEMS:
            newest = sorted(self.sent.values(), reverse=True)
            limit = max(limit, newest[MOST_ITEMS - 1])
            # What the feed has now is never dropped: it would be sent again.
            limit = min(limit, self.read_at)
        self.sent = {version: seen for version, seen in self.sent.items() if seen >= limit}


class _StoredFeed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    etag: str | None = None
    last_modified: str | None = None
    due: float = 0.0
    failures: int = Field(0, ge=0)
    read_at: int = 0
    said: list[str] = []
    sent: dict[str, int] = {}


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    feeds: dict[str, _StoredFeed]


class State:
    """The state of all feeds, by their URL; nobody else has the file while the `with` lasts."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self.feeds: dict[str, FeedState] = {}
        self._lock: int | None = None

    def __enter__(self) -> Self:
        """Take the file and read it; raise `UserError` where either cannot be."""
        lock_path = self._path.with_name(f"{self._path.name}.lock")
        try:
            # Not the file itself: that is replaced each time.
            self._lock = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._release()
            raise UserError(
                f"{self._path}: another `newswire feed --follow` uses it: "
                "stop that one, or give --state another file"
            ) from error
        except OSError as error:
            raise UserError(f"{lock_path}: {(error.strerror or str(error)).lower()}") from error
        try:
            self._read()
            self.write(self.to_json())  # a place that cannot be written to shows before the work
        except OSError as error:
            self._release()
            raise UserError(f"{self._path}: {(error.strerror or str(error)).lower()}") from error
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _read(self) -> None:
        with suppress(FileNotFoundError):
            try:
                stored = _Stored.model_validate_json(self._path.read_bytes())
            except ValidationError as error:
                fault = error.errors(include_url=False, include_input=False)[0]
                raise UserError(
                    f"{self._path}: no state of `newswire feed --follow` "
                    f"({fault['msg'].lower()}): restore it, or delete it, "
                    "and what the feeds have now is sent again"
                ) from error
            if stored.version != _VERSION:
                raise UserError(
                    f"{self._path}: its version is {stored.version} and not {_VERSION}: "
                    "use the Newswire that wrote it"
                )
            self.feeds = {
                url: FeedState(**{**dict(feed), "said": set(feed.said)})
                for url, feed in stored.feeds.items()
            }

    def of(self, url: str) -> FeedState:
        """Return the state of a feed; an empty one of a feed that is new."""
        return self.feeds.setdefault(url, FeedState())

    def keep(self, urls: set[str]) -> None:
        """Drop the feeds that are not among `urls` and were not read for `FORGET_AFTER`."""
        limit = time.time() - FORGET_AFTER
        self.feeds = {
            url: feed for url, feed in self.feeds.items() if url in urls or feed.read_at > limit
        }

    def to_json(self) -> bytes:
        """Return what is written to the file."""
        feeds = {
            url: {
                "etag": feed.etag,
                "last_modified": feed.last_modified,
                "due": round(feed.due, 3),
                "failures": feed.failures,
                "read_at": feed.read_at,
                "said": sorted(feed.said),
                "sent": feed.sent,
            }
            for url, feed in self.feeds.items()
        }
        return orjson.dumps({"version": _VERSION, "feeds": feeds}, option=orjson.OPT_APPEND_NEWLINE)

    def write(self, content: bytes) -> None:
        """Replace the file by `content`, wholly or not at all; raise `UserError`."""
        try:
            replace_file(self._path, content)
        except OSError as error:
            raise UserError(
                f"{self._path}: cannot be written: {(error.strerror or str(error)).lower()}"
            ) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, force it to the disk, and let it take the name."""
    beside = path.with_name(f"{path.name}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too
    finally:
        os.close(folder)
