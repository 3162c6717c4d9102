"""The topics as a contract: an AsyncAPI 3 document, made from the code.

`python -m pipeline.contract` writes it to `schemas/asyncapi.json`, beside the JSON Schemas that it
refers to, and the table of the mapping to ninjs in `docs/ninjs.md`. It has the topics that others
may read or write; tables' changelogs are the pipeline's own affair.
"""

import re
from pathlib import Path
from typing import Any

import orjson

from pipeline.formats.ninjs import mapping_table
from pipeline.message import EVENT_SOURCE, event_type
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, Topic
from schemas import SCHEMA_VERSION, RawArticle, Record, Rejection

_ROOT = Path(__file__).resolve().parents[1]
_ASYNCAPI = _ROOT / "schemas" / "asyncapi.json"
_NINJS = _ROOT / "docs" / "ninjs.md"

_DESCRIPTION = (
    "Articles go in at news.raw; each input has exactly one final record, in news.enriched, "
    "news.duplicates, news.withdrawals or news.rejected. Messages are CloudEvents 1.0 in Kafka's "
    "binary mode. Delivery is at least once: the same ce_id is the same message, and is to be "
    "dropped. ce_input names the input that a message comes from."
)


def asyncapi() -> dict[str, Any]:
    """Return the document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Newswire",
            "version": SCHEMA_VERSION,
            "description": _DESCRIPTION,
            "license": {
                "name": "Apache 2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": "application/json",
        "channels": {
            record.__name__: _channel(record, topic) for record, topic in TOPIC_OF.items()
        },
        "operations": {
            f"{_action(record)}{record.__name__}": {
                "action": _action(record),
                "channel": {"$ref": f"#/channels/{record.__name__}"},
            }
            for record in TOPIC_OF
        },
        "components": {
            "messages": {record.__name__: _message(record) for record in TOPIC_OF},
            "schemas": {f"{record.__name__}Headers": headers_schema(record) for record in TOPIC_OF},
        },
    }


def headers_schema(record: type[Record]) -> dict[str, Any]:
    """Return the JSON Schema of the headers of a record's messages, their values as text."""
    text = {"type": "string", "minLength": 1}
    required = ["ce_specversion", "ce_id", "ce_source", "ce_type", "content-type"]
    properties: dict[str, Any] = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": text | {"description": "the same where the same message is delivered again"},
        "ce_source": {"const": EVENT_SOURCE},
        "ce_type": {"const": event_type(record)},
        "ce_subject": text | {"description": "the article_id"},
        "content-type": {"const": "application/json"},
    }
    if record is RawArticle:
        properties["content-type"] = {
            "enum": ["application/json", "application/octet-stream"],
            "description": "the latter where what was fed is no JSON; it is rejected",
        }
    else:
        properties["ce_input"] = text | {"description": "the ce_id of the input"}
        required.append("ce_input")
    if record not in (RawArticle, Rejection):
        required.append("ce_subject")
    return {"type": "object", "properties": properties, "required": sorted(required)}


def _action(record: type[Record]) -> str:
    """Return what the pipeline does there: others do the opposite."""
    return "receive" if record is RawArticle else "send"


def _channel(record: type[Record], topic: Topic) -> dict[str, Any]:
    configuration = topic.configuration()
    return {
        "address": topic.name,
        "title": topic.name,
        "description": _first_line(record),
        "messages": {record.__name__: {"$ref": f"#/components/messages/{record.__name__}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partition_count(Settings.model_construct()),
                "topicConfiguration": {
                    "cleanup.policy": configuration["cleanup.policy"].split(","),
                    "retention.ms": int(configuration["retention.ms"]),
                    "max.message.bytes": int(configuration["max.message.bytes"]),
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(record: type[Record]) -> dict[str, Any]:
    return {
        "name": event_type(record),
        "title": record.__name__,
        "summary": _first_line(record),
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{record.__name__}Headers"},
        "payload": {"$ref": f"./json/{record.__name__}.json"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "the article_id"},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _first_line(record: type[Record]) -> str:
    return (record.__doc__ or "").strip().splitlines()[0]


def documents() -> dict[Path, bytes]:
    """Return each file's path and the content that it should have."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    ninjs = re.sub(
        r"^\| field .*?\n(?=\n)", mapping_table(), _NINJS.read_text("utf-8"), flags=re.M | re.S
    )
    return {_ASYNCAPI: orjson.dumps(asyncapi(), option=options), _NINJS: ninjs.encode()}


if __name__ == "__main__":
    for path, content in documents().items():
        path.write_bytes(content)
        print(path.relative_to(_ROOT))
