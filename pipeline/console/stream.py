"""The stream: rows as they come, as Server-Sent Events, from where somebody stopped."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from pipeline.console.following import Following
from pipeline.console.window import Entry, Log, Position, Window
from pipeline.filters import FIELDS, Filter, FilterError

# What a page is given at first, and the most that it is given of what it missed.
_FIRST = 100
_MOST_MISSED = 200
# So many articles that were shown are remembered, that their corrections reach.
_REMEMBERED = 5_000
_PING_SECONDS = 10.0
_START_SECONDS = 20.0
_RETRY_MS = 1_000


def stream_router(following: Following) -> APIRouter:
    """Return the routes of the stream and of its filter."""
    router = APIRouter(include_in_schema=False)
    window = following.window

    @router.get("/api/filter")
    def check_filter(where: Annotated[str, Query(max_length=10_000)]) -> dict[str, Any]:
        """Say whether an expression is a filter; if not, where it goes wrong (in code points)."""
        try:
            Filter(where)
        except FilterError as error:
            return {"reason": error.reason, "start": error.start, "end": error.end}
        return {}

    @router.get("/api/fields")
    def fields() -> list[dict[str, str]]:
        """Return what a filter can be made of."""
        return [
            {"name": field.name, "help": field.help, "example": field.example}
            for field in FIELDS.values()
        ]

    @router.get("/api/stream")
    async def stream(
        where: Annotated[str, Query(max_length=10_000)] = "",
        copies: bool = True,
        rejected: bool = False,
        story: Annotated[str, Query(max_length=200)] = "",
        after: Annotated[str, Query(max_length=200)] = "",
        last_event_id: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        """Stream the rows that match `where`, after the position of the last one that was seen."""
        try:
            wanted = Filter(where) if where.strip() else None
        except FilterError as error:
            raise HTTPException(400, error.reason) from error
        log = window.rejected if rejected else window.news
        follower = _Follower(window, log, wanted, copies, story)
        position = Position.of(last_event_id or after)
        return StreamingResponse(
            _events(follower, position, following), media_type="text/event-stream"
        )

    return router


async def _events(
    follower: "_Follower", position: Position | None, following: Following
) -> AsyncIterator[bytes]:
    reader, measuring, bell = following.reader, following.measuring, following.bell
    yield format_sse_event(retry=_RETRY_MS)
    waited = 0.0
    while not reader.caught_up.is_set() and waited < _START_SECONDS and not bell.closed:
        await asyncio.sleep(0.05)
        waited += 0.05
    yield await asyncio.to_thread(follower.first, position)
    told: bool | None = None
    while not bell.closed:
        heard = bell.listen()
        is_away = measuring.away_since is not None
        if is_away != told:
            told = is_away
            yield format_sse_event(event="broker", data_str="away" if is_away else "there")
        if news := await asyncio.to_thread(follower.news):
            yield news
            continue
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await heard.wait()
        except TimeoutError:
            yield follower.ping()


class _Follower:
    """One page that follows: what it wants, and what it was given."""

    def __init__(
        self, window: Window, log: Log, wanted: Filter | None, copies: bool, story: str
    ) -> None:
        self._window = window
        self._story = story
        self._log = log
        self._wanted = wanted
        self._copies = copies
        self._sequence = 0
        self._given: OrderedDict[str, None] = OrderedDict()

    def first(self, position: Position | None) -> bytes:
        """Return what a page needs that was at `position`, or that is new."""
        missed = self._window.split(self._log, position) if position else None
        if missed is not None:
            had, new = missed
            self._sequence = max((entry.sequence for entry in (*had, *new)), default=0)
            for entry in had:
                if self._is_wanted(entry):
                    self._remember(entry)
            if len(new) <= _MOST_MISSED:
                return self._given_of(new) or self.ping()
        entries = self._window.since(self._log, 0)
        self._sequence = entries[-1].sequence if entries else 0
        chosen: list[Entry] = []
        for entry in reversed(entries):
            if len(chosen) == _FIRST:
                break
            if self._is_wanted(entry):
                chosen.append(entry)
        anew = format_sse_event(event="anew", data_str="{}")
        return anew + self._given_of(chosen[::-1]) + self.ping()

    def news(self) -> bytes:
        """Return what came since it was asked last; empty where there is nothing to be told."""
        entries = self._window.since(self._log, self._sequence)
        if entries:
            self._sequence = entries[-1].sequence
        return self._given_of(entries)

    def ping(self) -> bytes:
        """Return a sign of life, which moves the position on."""
        position = self._window.position(self._log, self._sequence)
        return format_sse_event(comment="ping", id=str(position) if position else None)

    def _given_of(self, entries: Sequence[Entry]) -> bytes:
        return b"".join(self._event(entry) for entry in entries if self._reaches(entry))

    def _event(self, entry: Entry) -> bytes:
        if entry.kind == "article":
            self._remember(entry)
        data = entry.row
        if self._wanted is not None and entry.kind == "withdrawal":
            data = orjson.dumps(orjson.loads(data) | {"quiet": not self._is_wanted(entry)})
        return format_sse_event(data_str=data.decode(), id=str(entry.position))

    def _reaches(self, entry: Entry) -> bool:
        """Say whether the page is told: what it wants, and what becomes of what it was given."""
        if entry.kind == "withdrawal":
            return True
        if entry.kind == "copy" and not self._copies:
            return False
        if self._is_wanted(entry):
            return True
        return entry.kind == "article" and (entry.arrival.article_id or "") in self._given

    def _is_wanted(self, entry: Entry) -> bool:
        if self._story and entry.story_id != self._story:
            return False
        if entry.kind == "copy" and not self._copies:
            return False
        if self._wanted is None:
            return True
        record = entry.record
        return record is not None and self._wanted(record)

    def _remember(self, entry: Entry) -> None:
        article_id = entry.arrival.article_id or ""
        self._given[article_id] = None
        self._given.move_to_end(article_id)
        if len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)
