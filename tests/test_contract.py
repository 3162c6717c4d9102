"""The contract is that of the code, and every message that is published keeps it."""

from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from articles import STORM, raw
from running_pipeline import RunningPipeline, read_topics

from pipeline.contract import asyncapi, documents
from pipeline.demo.wire import demo_wire
from pipeline.settings import Settings
from pipeline.topics import RECORD_OF, TOPIC_OF
from schemas import TOPIC_RECORDS
from schemas.__main__ import DIRECTORY


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_the_documents_are_current(path: Path) -> None:
    assert path.read_bytes() == documents()[path], f"run `python -m pipeline.contract`: {path.name}"


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [found for part in value.values() for found in references(part)]
    return (
        [found for part in value for found in references(part)] if isinstance(value, list) else []
    )


def test_what_the_document_refers_to_is_there() -> None:
    document = asyncapi()
    found = references(document)
    assert found
    for reference in found:
        file, _, path = reference.partition("#/")
        if file:
            assert (DIRECTORY.parent / file).is_file()
            continue
        part = document
        for name in path.split("/"):
            part = part[name]


def test_every_topic_has_its_channel() -> None:
    channels = asyncapi()["channels"].values()
    assert {channel["address"] for channel in channels} == set(RECORD_OF)


@pytest.mark.kafka
def test_every_published_message_keeps_the_contract(embedded: Settings, tmp_path: Path) -> None:
    payloads = {
        record: jsonschema_rs.Draft202012Validator(
            orjson.loads((DIRECTORY / f"{record.__name__}.json").read_bytes()),
            validate_formats=True,
        )
        for record in TOPIC_RECORDS
    }
    schemas = asyncapi()["components"]["schemas"]
    headers = {
        record: jsonschema_rs.Draft202012Validator(schemas[f"{record.__name__}Headers"])
        for record in TOPIC_RECORDS
    }
    with RunningPipeline(embedded, tmp_path / "worker.log") as pipeline:
        pipeline.feed([*demo_wire(), b"no JSON", b"\xff", raw(STORM, source="Other")])
        assert pipeline.account().holds
        messages = read_topics(embedded, list(TOPIC_OF.values()), idle=3)
    assert set(Counter(message.topic for message in messages)) == set(RECORD_OF)
    for message in messages:
        record = RECORD_OF[message.topic or ""]
        found = {name: (value or b"").decode() for name, value in message.headers}
        assert [error.message for error in headers[record].iter_errors(found)] == []
        if found["content-type"] == "application/json":
            value = orjson.loads(message.value)
            assert [error.message for error in payloads[record].iter_errors(value)] == []
            assert (message.key or b"").decode() == (value["article_id"] or "")
