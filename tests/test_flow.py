from datetime import timedelta

import pytest
from articles import raw, tagged

from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import messages
from pipeline.entities.finder import EntityFinder
from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.models import Models
from pipeline.entities.span import Span
from pipeline.flow import clean_message, process, relate_message, tag_message
from pipeline.message import Message
from pipeline.topics import MAX_INPUT_BYTES, MAX_REJECTION_BYTES
from schemas import CleanArticle, EnrichedArticle, RawArticle, Rejection, Withdrawal
from schemas.article import ArticleField


class NoNames:
    name = "none"
    language = "en"

    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        return {}


class Broken(NoNames):
    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        raise ZeroDivisionError("a bug")


def finder(model: NoNames | None = None) -> EntityFinder:
    return EntityFinder(Models([model or NoNames()]), Gazetteer())


def index() -> ArticleIndex:
    return ArticleIndex({}, {}, timedelta(days=7))


def test_every_input_has_one_final_record_in_the_order_of_the_input() -> None:
    inputs: list[RawArticle | bytes] = [raw(), b"no article", raw("Other headline\n\nOther text.")]
    records = [record for _, record in process(messages(inputs), finder(), index())]
    assert [type(record) for record in records] == [EnrichedArticle, Rejection, EnrichedArticle]


def test_a_rejection_keeps_the_input_and_where_it_came_from() -> None:
    message = Message(
        b"\xff", key=b"k", headers=(("h", b"\x00"), ("n", None)),
        topic="news.raw", partition=1, offset=9,
    )  # fmt: skip
    rejection = clean_message(message)
    assert isinstance(rejection, Rejection)
    assert (rejection.value, rejection.key) == (b"\xff", b"k")
    assert (rejection.topic, rejection.partition, rejection.offset) == ("news.raw", 1, 9)
    assert [(header.name, header.value) for header in rejection.headers] == list(message.headers)


def test_a_rejection_says_whose_article_it_was_as_far_as_that_can_be_read() -> None:
    value = b'{"article_id": "a", "source": "Wire", "source_id": 5, "content": 1}'
    rejection = clean_message(Message(value))
    assert isinstance(rejection, Rejection)
    assert (rejection.article_id, rejection.source, rejection.source_id) == ("a", "Wire", None)


def test_a_rejection_of_the_largest_input_fits_into_its_topic() -> None:
    source = Message(b'{"article_id": "%s"}' % (b"x" * (MAX_INPUT_BYTES - 20)))
    rejection = clean_message(source)
    message = Message.of_record(rejection, source)
    headers = sum(len(name) + len(value or b"") for name, value in message.headers)
    assert len(message.value) + len(message.key or b"") + headers < MAX_REJECTION_BYTES
    assert isinstance(rejection, Rejection)
    assert rejection.value == source.value


def test_an_article_without_any_text_is_rejected() -> None:
    rejection = clean_message(Message.of_input(raw(" \n\x00 ")))
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason) == ("clean", "no_text")


def test_a_headline_alone_is_an_article() -> None:
    assert isinstance(clean_message(Message.of_input(raw("", headline="Only"))), CleanArticle)


def test_a_kill_needs_no_text() -> None:
    records = process(messages([raw("", status="canceled")]), finder(), index())
    assert [type(record) for _, record in records] == [Withdrawal]


def test_a_stage_that_breaks_rejects_its_input_and_says_what_broke(
    caplog: pytest.LogCaptureFixture,
) -> None:
    message = Message.of_record(tagged(), Message.of_input(raw()))
    article = clean_message(Message.of_input(raw()))
    rejection = tag_message(Message.of_record(article, message), finder(Broken()))
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason) == ("tag", "stage_failed")
    assert rejection.detail == "The stage broke: ZeroDivisionError: a bug"
    assert "ZeroDivisionError" in caplog.text


def test_a_tagged_article_of_another_schema_is_rejected_and_not_lost() -> None:
    rejection = relate_message(Message(b'{"schema_version": "9"}'), index())
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.value) == ("relate", b'{"schema_version": "9"}')
