from datetime import timedelta

from articles import NOON, raw

from pipeline.message import Message
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
