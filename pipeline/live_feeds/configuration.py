"""feeds.toml: which feeds are followed, how often, and whether the articles behind are fetched."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from yarl import URL

from pipeline.errors import UserError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST, _LONGEST = 1.0, 7 * 86400.0
_MOST_FEEDS = 10_000


def _seconds(value: Any) -> Any:
    """Accept `"15m"` for 900 seconds."""
    if isinstance(value, bool):
        raise ValueError('give seconds, or a text such as "15m"')
    if isinstance(value, str):
        number, unit = value.strip()[:-1], value.strip()[-1:]
        if unit not in _UNITS or not number.isascii() or not number.isdigit():
            raise ValueError('give seconds, or a text such as "90s", "15m", "2h" or "1d"')
        return int(number) * _UNITS[unit]
    return value


def _web_address(value: str) -> str:
    try:
        url = URL(value)
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("must begin with http:// or https:// and name a host")
    if url.user is not None or url.password is not None:
        raise ValueError("must not carry a password: give username and password beside it")
    return str(url.with_fragment(None))


Interval = Annotated[float, BeforeValidator(_seconds), Field(ge=_SHORTEST, le=_LONGEST)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class FeedEntry(BaseModel):
    """One feed; `interval` in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1, max_length=200, description="the name of the wire")
    url: WebAddress
    interval: Interval = 900.0
    fetch_articles: bool = Field(
        False, description="whether the pages that the items link to are fetched and sent"
    )
    username: str | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> "FeedEntry":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        return self


class FeedsFile(BaseModel):
    """The whole file: a table `[[feeds]]` for each feed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feeds: tuple[FeedEntry, ...] = Field(min_length=1, max_length=_MOST_FEEDS)


def load_feeds(path: str) -> tuple[FeedEntry, ...]:
    """Return the feeds that the file names; raise `UserError`, which names the place and remedy."""
    try:
        text = Path(path).read_bytes().decode("utf-8")
        feeds = FeedsFile.model_validate(tomllib.loads(text)).feeds
    except OSError as error:
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 at offset {error.start}: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: no TOML: {str(error).lower()}") from error
    except ValidationError as error:
        raise UserError(f"{path}: {_explain(error)}") from error
    first_with: dict[URL, int] = {}
    for number, feed in enumerate(feeds, start=1):
        before = first_with.setdefault(URL(feed.url), number)
        if before != number:
            raise UserError(
                f"{path}: feed {number} ({feed.source}): url: the same as that of feed {before}: "
                "remove one of them"
            )
    return feeds


def _explain(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    place, name = _place(fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = FeedEntry if place else FeedsFile
        return f"{place}{name}: no such key; there are {', '.join(known.model_fields)}"
    if fault["type"] == "missing":
        if not place:
            return "names no feed: give each a table [[feeds]] with source and url"
        return f"{place}{name}: is missing: add it"
    message = fault["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if name == "interval" and fault["type"] in ("greater_than_equal", "less_than_equal"):
        message = f"must be from {_SHORTEST:g} second to {_LONGEST / 86400:g} days"
    shown = "" if name in ("password", "") or not isinstance(
        fault["input"], str | int | float
    ) else f" ({str(fault['input'])[:80]!a})"  # fmt: skip
    if name == "url" and "@" in str(fault["input"]):
        shown = ""  # may hold a password
    return f"{place}{name + ': ' if name else ''}{message}{shown}"


def _place(location: tuple[int | str, ...]) -> tuple[str, str]:
    """Return which feed, and the name of its key."""
    if len(location) >= 2 and location[0] == "feeds":
        return f"feed {int(location[1]) + 1}: ", ".".join(map(str, location[2:]))
    return "", ".".join(map(str, location))
