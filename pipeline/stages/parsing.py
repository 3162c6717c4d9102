"""The first stage: bytes in, a raw article out."""

from pydantic import ValidationError

from pipeline.stages.unusable import Unusable
from schemas import RawArticle

# Characters. What names an article is in every record about it, in keys and in headers.
LONGEST_ID = 2_000
_IDS = ("article_id", "source", "source_id", "version", "target_id")


def parse(value: bytes | None) -> RawArticle:
    """Return the article that the bytes of a message describe, as UTF-8 JSON.

    Raises `Unusable` with every fault named: `not_json` where the bytes are no JSON (lone
    surrogates are none), `not_an_article` where the JSON does not fit `RawArticle` or an id is too
    long.
    """
    if not value:
        raise Unusable("not_json", "The message is empty.")
    try:
        article = RawArticle.model_validate_json(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    else:
        for name in _IDS:
            if len(getattr(article, name) or "") > LONGEST_ID:
                raise Unusable(
                    "not_an_article",
                    f"Not an article: {name} is longer than {LONGEST_ID:,} characters.",
                )
        return article
    if faults[0]["type"] == "json_invalid":
        raise Unusable("not_json", _not_json(value, faults[0]["msg"]))
    named = [
        f"{'.'.join(map(str, fault['loc'])) or 'the message'}: {fault['msg'].lower()}"
        for fault in faults
        if fault["type"] != "default_factory_not_called"  # follows from another fault
    ]
    raise Unusable("not_an_article", f"Not an article: {'; '.join(named)}.")


def _not_json(value: bytes, fault: str) -> str:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return f"Not UTF-8: byte {value[error.start]:#04x} at offset {error.start}."
    return f"Not JSON: {fault.removeprefix('Invalid JSON: ')}."
