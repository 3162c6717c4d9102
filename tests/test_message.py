from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from articles import NOON, raw

from pipeline.message import (
    ORIGIN_HEADER,
    RECEIVED_HEADER,
    Message,
    Taken,
    read_timestamp,
    timestamp,
)
from pipeline.stages.cleaning import clean


def test_an_article_fed_twice_has_one_id_whenever_it_was_received() -> None:
    later = raw(received_at=NOON + timedelta(hours=1))
    assert Message.of_input(raw()).input_id == Message.of_input(later).input_id


def test_another_version_is_another_input() -> None:
    first, second = raw(source_id="7", version=1), raw(source_id="7", version=2)
    assert Message.of_input(first).input_id != Message.of_input(second).input_id


def test_an_input_without_id_is_known_by_where_it_stands() -> None:
    assert Message(b"x", topic="news.raw", partition=2, offset=5).input_id == "news.raw/2/5"


def test_what_comes_of_an_input_names_it() -> None:
    source = Message.of_input(raw())
    message = Message.of_record(clean(raw()), source)
    assert message.input_id == source.input_id
    assert message.header("ce_id") != source.header("ce_id")


def test_made_again_of_the_same_input_a_record_has_the_same_id() -> None:
    source = Message.of_input(raw())
    assert Message.of_record(clean(raw()), source) == Message.of_record(clean(raw()), source)


def test_a_message_has_the_headers_of_a_cloud_event() -> None:
    message = Message.of_record(clean(raw()), Message.of_input(raw()))
    assert message.header("ce_specversion") == "1.0"
    assert message.header("ce_source") == "/newswire"
    assert message.header("ce_type") == "newswire.cleanarticle.v1"
    assert message.header("ce_subject") == raw().article_id
    assert message.header("content-type") == "application/json"


def test_the_key_is_the_article_id() -> None:
    assert Message.of_input(raw()).key == raw().article_id.encode()


@pytest.mark.parametrize("received", [b"yesterday", b"2026-11-22T12:00:00", b"\xff", b""])
def test_a_receipt_that_an_input_brings_along_is_not_believed(received: bytes) -> None:
    strange = ((RECEIVED_HEADER, received), (ORIGIN_HEADER, b"x"), ("newswire_tag", b"y"))
    input_ = replace(
        Message.of_input(raw()), headers=strange, topic="news.raw", partition=0, offset=7
    )
    article = clean(raw(received_at=NOON))
    message = Message.of_record(article, replace(input_, taken=Taken("clean", NOON)), NOON)
    assert message.header(RECEIVED_HEADER) == timestamp(NOON)
    assert message.header(ORIGIN_HEADER) == "news.raw/0/7"
    assert message.header("newswire_tag") is None


@pytest.mark.parametrize("text", ["yesterday", "9999-99-99", "", None, "\N{REPLACEMENT CHARACTER}"])
def test_what_is_no_time_in_a_receipt_is_none(text: str | None) -> None:
    assert read_timestamp(text) is None


def test_a_time_in_a_receipt_is_in_utc() -> None:
    assert read_timestamp(timestamp(NOON)) == NOON
    assert read_timestamp("2026-11-22T12:00:00").tzinfo is UTC  # type: ignore[union-attr]
