"""From what a provider says of an item to a `RawArticle`."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from pipeline.sources.times import parse_time
from pipeline.sources.unreadable import Problem, Unreadable
from schemas import RawArticle

# What an article is none without.
_REQUIRED: Final = frozenset({"source", "content", "headline", "article_id", "version"})
_TIMES: Final = ("published_at", "updated_at", "received_at", "embargo_until")
# The note that the article index takes for the provider's word that an item is a correction.
CORRECTION: Final = "CORRECTION"


def article_of(fields: dict[str, Any], place: str) -> Iterator[RawArticle | Problem]:
    """Yield the article that the fields make, after a problem for each that cannot be used.

    Times are texts, as they came. A field without a value is absent. Raises `Unreadable` where
    what is left is no article.
    """
    used = {name: value for name, value in fields.items() if value not in (None, "", ())}
    for name in _TIMES:
        if name in used:
            time = parse_time(str(used[name]))
            if time is None:
                yield Problem(f"{place}: {name}: {str(used[name])[:40]!r} is no time")
                if name == "embargo_until":  # nobody knows until when: not before somebody says
                    used["status"] = "withheld"
                del used[name]
            else:
                used[name] = time
    for _ in range(len(used)):
        try:
            yield RawArticle.model_validate(used)
            return
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False, include_context=False)
            name = str(faults[0]["loc"][0])
            if name in _REQUIRED or name not in used:
                raise Unreadable(f"{place}: {name}: {faults[0]['msg'].lower()}") from error
            yield Problem(f"{place}: {name}: {str(used[name])[:40]!r}: {faults[0]['msg'].lower()}")
            del used[name]
    raise Unreadable(f"{place}: no article in it")


def joined(parts: Iterable[str | None]) -> str | None:
    """Return the parts that say something, each once, a line each; None where none does."""
    lines = [" ".join(part.split()) for part in parts if part]
    return "\n".join(dict.fromkeys(line for line in lines if line)) or None
