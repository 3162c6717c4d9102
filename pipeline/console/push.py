"""HTTP push: `POST /articles`, answered when the broker has the articles.

One article (a JSON object), several (a JSON array) or one a line (JSON lines). Each is told apart
in the answer: it is with the broker, or it is not, and why. What was sent twice has the same
`ce_id` and counts once, so a push that failed half-way is simply sent again.
"""

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, SecretStr
from pydantic_core import from_json, to_json

from pipeline.clients.acknowledged import AcknowledgedFeeder, Outcome
from pipeline.clients.feed import Refused, input_message
from pipeline.console.access import is_token
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.stages.parsing import parse
from pipeline.stages.unusable import Unusable
from schemas import RawArticle

MOST_ARTICLES = 5_000

# So many pushes are held in memory at once; the next ones wait this long for a place.
_AT_ONCE = 4
_PLACE_SECONDS = 2.0
_BODY_SECONDS = 60.0
# A client that was quiet may send this many seconds' worth at once.
_BURST_SECONDS = 10.0
_BROKER_RETRY_SECONDS = 5

_JSON = "application/json"
_JSON_LINES = ("application/x-ndjson", "application/jsonl")
_PROBLEM = "application/problem+json"


class PushResult(BaseModel):
    """What became of one article."""

    index: int = Field(description="which of the articles that were pushed, from 0")
    status: int = Field(
        description="202 the broker has it; 422 it is no article; 413 it is too large; "
        "503 the broker did not answer: send it again"
    )
    article_id: str | None = None
    ce_id: str | None = Field(None, description="header of every message that comes of it")
    reason: str | None = Field(None, description="why the broker does not have it")


class PushReport(BaseModel):
    """What became of each article of a push."""

    accepted: int
    refused: int
    results: list[PushResult]


class Problem(BaseModel):
    """Why a push was not looked at (RFC 9457); none of it is with the broker."""

    title: str
    status: int
    detail: str


class Refusal(Exception):
    """The push as a whole is refused."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers

    def response(self) -> Response:
        """Return the answer."""
        problem = Problem(
            title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail
        )
        return Response(problem.model_dump_json(), self.status, self.headers, _PROBLEM)


class RateLimit:
    """Lets so many articles a second through, and as many seconds' worth after a pause."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = self._most = per_second * _BURST_SECONDS
        self._at = time.monotonic()

    def seconds_to_wait(self) -> float:
        """Return how long to wait until the next push may come; 0 when it may."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        return max(0.0, -self._left / self._per_second)

    def count(self, articles: int) -> None:
        """Note what came; a large batch is taken as a whole, and waited for afterwards."""
        self._left -= articles


_bearer = HTTPBearer(auto_error=False, description="NEWSWIRE_PUSH_TOKEN")
_RETRY_AFTER = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}


def _answer(description: str, model: type[BaseModel], media_type: str, **more: Any) -> Any:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": description, "content": {media_type: {"schema": schema}}, **more}


_ANSWERS: dict[int | str, Any] = {
    202: _answer("The broker has all of it.", PushReport, _JSON),
    207: _answer("The broker has some of it; each result says which.", PushReport, _JSON),
    400: _answer("No JSON, or no article in it.", Problem, _PROBLEM),
    401: _answer("No token, or not the right one.", Problem, _PROBLEM),
    403: _answer("Push is off: no token is set.", Problem, _PROBLEM),
    408: _answer("The body did not come in time.", Problem, _PROBLEM),
    413: _answer("Too many bytes or articles.", Problem, _PROBLEM),
    415: _answer("Neither JSON nor JSON lines.", Problem, _PROBLEM),
    422: _answer("None of it is an article that can be taken.", PushReport, _JSON),
    429: _answer("Too much at once.", Problem, _PROBLEM, headers=_RETRY_AFTER),
    503: _answer("The broker does not answer.", PushReport, _JSON, headers=_RETRY_AFTER),
}
_ARTICLE_SCHEMA = {"$ref": "#/components/schemas/RawArticle"}
_REQUEST_BODY = {
    "required": True,
    "content": {
        _JSON: {
            "schema": {
                "anyOf": [
                    _ARTICLE_SCHEMA,
                    {
                        "type": "array",
                        "items": _ARTICLE_SCHEMA,
                        "minItems": 1,
                        "maxItems": MOST_ARTICLES,
                    },
                ]
            }
        },
        _JSON_LINES[0]: {"schema": {"type": "string", "description": "one article a line"}},
    },
}
SCHEMAS: tuple[type[BaseModel], ...] = (RawArticle, PushReport, Problem)


def push_router(
    settings: Settings, feeder: AcknowledgedFeeder, token: SecretStr | None
) -> APIRouter:
    """Return the routes of HTTP push; without a token every push is refused."""
    router = APIRouter()
    rate = RateLimit(settings.push_rate)
    places = asyncio.Semaphore(_AT_ONCE)

    @router.post(
        "/articles",
        status_code=202,
        summary="Push one article or several",
        response_class=Response,
        responses=_ANSWERS,
        openapi_extra={"requestBody": _REQUEST_BODY},
    )
    async def push_articles(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Response:
        """Answer when the broker has acknowledged the articles, or has not within ten seconds."""
        try:
            _require_token(credentials, token)
            is_lines = _is_lines(request)
            try:
                async with asyncio.timeout(_PLACE_SECONDS):
                    await places.acquire()
            except TimeoutError:
                raise _too_much(1.0, "other pushes are still being taken in") from None
            try:
                if wait := rate.seconds_to_wait():
                    raise _too_much(wait, f"{settings.push_rate:g} articles a second are taken")
                body = await _body(request, settings.push_max_bytes)
                values = await asyncio.to_thread(_split, body, is_lines)
                rate.count(len(values))
                return await _push(values, feeder)
            finally:
                places.release()
        except Refusal as refusal:
            return refusal.response()

    return router


def _require_token(
    credentials: HTTPAuthorizationCredentials | None, token: SecretStr | None
) -> None:
    if token is None:
        raise Refusal(
            403, "push is off: set NEWSWIRE_PUSH_TOKEN or NEWSWIRE_PUSH_TOKEN_FILE for the server"
        )
    if credentials is None or not is_token(credentials.credentials, token):
        raise Refusal(
            401,
            "give the token: Authorization: Bearer ...",
            {"WWW-Authenticate": 'Bearer realm="newswire"'},
        )


def _too_much(wait: float, why: str) -> Refusal:
    return Refusal(429, f"{why}: come again later", {"Retry-After": str(math.ceil(wait))})


def _is_lines(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "send it uncompressed, without Content-Encoding")
    if kind != _JSON and kind not in _JSON_LINES:
        raise Refusal(415, f"send Content-Type {_JSON}, or {_JSON_LINES[0]} for one a line")
    return kind != _JSON


async def _body(request: Request, most: int) -> bytes:
    too_large = Refusal(413, f"more than {most:,} bytes: send it in several pushes")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise Refusal(408, f"the body took longer than {_BODY_SECONDS:g} s") from None
    return bytes(body)


def _split(body: bytes, is_lines: bool) -> list[bytes]:
    """Return the JSON of each article."""
    if is_lines:
        values = [line for line in map(bytes.strip, body.split(b"\n")) if line]
    else:
        try:
            data = from_json(body)
        except ValueError as error:
            raise Refusal(400, f"not JSON: {error}") from error
        try:
            values = [to_json(item) for item in data] if isinstance(data, list) else [body]
        except ValueError as error:
            raise Refusal(400, f"not JSON: {error}") from error
    if not values:
        raise Refusal(400, "no article in it")
    if len(values) > MOST_ARTICLES:
        raise Refusal(
            413, f"{len(values):,} articles; {MOST_ARTICLES:,} are the most: send several pushes"
        )
    return values


async def _push(values: Sequence[bytes], feeder: AcknowledgedFeeder) -> Response:
    results, messages = await asyncio.to_thread(_parsed, values)
    outcomes = await feeder.deliver([message for _, message in messages.values()])
    for (index, (article, message)), outcome in zip(messages.items(), outcomes, strict=True):
        results[index] = PushResult(
            index=index,
            status=_status(outcome),
            article_id=article.article_id,
            ce_id=message.header("ce_id"),
            reason=None if outcome is None else str(outcome),
        )
    report = _report(results[index] for index in range(len(values)))
    status = _overall({result.status for result in report.results})
    headers = {"Retry-After": str(_BROKER_RETRY_SECONDS)} if status == 503 else None
    return Response(report.model_dump_json(), status, headers, _JSON)


def _parsed(
    values: Sequence[bytes],
) -> tuple[dict[int, PushResult], dict[int, tuple[RawArticle, Message]]]:
    """Return what cannot be sent, and what is to be sent, by their places in the push."""
    received_at = datetime.now(UTC)
    refused: dict[int, PushResult] = {}
    messages: dict[int, tuple[RawArticle, Message]] = {}
    for index, value in enumerate(values):
        try:
            article = parse(value)
        except Unusable as error:
            refused[index] = PushResult(index=index, status=422, reason=error.detail)
        else:
            messages[index] = article, input_message(article, received_at)
    return refused, messages


def _status(outcome: Outcome) -> int:
    if outcome is None:
        return 202
    return 413 if isinstance(outcome, Refused) else 503


def _report(results: Iterator[PushResult]) -> PushReport:
    listed = list(results)
    accepted = sum(result.status == 202 for result in listed)
    return PushReport(accepted=accepted, refused=len(listed) - accepted, results=listed)


def _overall(statuses: set[int]) -> int:
    """Return the status of the answer: what there is to do, if anything, decides."""
    if 503 in statuses:
        return 503
    if 202 in statuses:
        return 202 if len(statuses) == 1 else 207
    return 422
