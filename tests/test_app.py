"""Each agent alone, on a real broker, through Faust's own test context."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from articles import raw, tagged
from running_pipeline import read_topics

from pipeline.app import create_app
from pipeline.entities.finder import EntityFinder
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.stages.cleaning import clean
from pipeline.topics import RECORD_OF, TOPIC_OF, ensure_topics
from schemas import CleanArticle, EnrichedArticle, Record, Rejection, TaggedArticle


async def _put(settings: Settings, finder: EntityFinder, agent_name: str, message: Message) -> None:
    """Give one message to one agent, whose output goes to the broker, and wait for it."""
    ensure_topics(settings)
    app = create_app(settings, finder)
    await app.producer.start()
    agent = next(agent for name, agent in app.agents.items() if name.endswith(agent_name))
    async with agent.test_context() as context:
        headers = {name: value for name, value in message.headers if value is not None}
        await context.put(message.value, key=message.key, headers=headers)
    await app.producer.stop()
    # Faust makes the consumer's thread with its loop, and closes only what was started.
    app.consumer._thread.thread_loop.close()  # type: ignore[attr-defined]


def _published(settings: Settings) -> Mapping[str, Message]:
    topics = [topic for record, topic in TOPIC_OF.items() if topic.name != "news.raw"]
    return {message.topic or "": message for message in read_topics(settings, topics, idle=1)}


def _only(settings: Settings, record: type[Record], source: Message) -> Record:
    """Return the one record that was published, in the topic of its type, naming its input."""
    ((topic, message),) = _published(settings).items()
    assert topic == TOPIC_OF[record].name
    assert message.input_id == source.input_id
    return RECORD_OF[topic].model_validate_json(message.value)


def test_clean_articles_publishes_a_clean_article(embedded: Settings, finder: EntityFinder) -> None:
    source = Message.of_input(raw())
    asyncio.run(_put(embedded, finder, "clean_articles", source))
    assert _only(embedded, CleanArticle, source) == clean(raw())


def test_clean_articles_publishes_a_rejection_of_what_is_no_article(
    embedded: Settings, finder: EntityFinder
) -> None:
    source = Message(b"\xff", headers=(("ce_id", b"one"),))
    asyncio.run(_put(embedded, finder, "clean_articles", source))
    rejection = _only(embedded, Rejection, source)
    assert isinstance(rejection, Rejection)
    assert rejection.value == b"\xff"


def test_tag_entities_publishes_a_tagged_article(embedded: Settings, finder: EntityFinder) -> None:
    source = Message.of_input(raw())
    asyncio.run(_put(embedded, finder, "tag_entities", Message.of_record(clean(raw()), source)))
    assert isinstance(_only(embedded, TaggedArticle, source), TaggedArticle)


def test_relate_articles_publishes_an_enriched_article(
    embedded: Settings, finder: EntityFinder
) -> None:
    source = Message.of_input(raw())
    asyncio.run(_put(embedded, finder, "relate_articles", Message.of_record(tagged(), source)))
    enriched = _only(embedded, EnrichedArticle, source)
    assert isinstance(enriched, EnrichedArticle)
    assert enriched.relation == "original"


def test_an_output_that_outgrows_its_topic_is_rejected_with_its_input(
    embedded: Settings, finder: EntityFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    record: type[Record] = CleanArticle
    monkeypatch.setitem(TOPIC_OF, record, replace(TOPIC_OF[record], max_message_bytes=5_000))
    source = Message.of_input(raw())
    asyncio.run(_put(embedded, finder, "clean_articles", source))
    rejection = _only(embedded, Rejection, source)
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason) == ("publish", "too_large")
    assert rejection.value == source.value


@pytest.mark.parametrize("seconds", [1.0, 90.5, 1800.0])
def test_every_session_timeout_that_may_be_set_makes_a_consumer(
    embedded: Settings, finder: EntityFinder, seconds: float
) -> None:
    async def make() -> None:
        app = create_app(embedded.model_copy(update={"session_timeout": seconds}), finder)
        # What checks the timeouts is aiokafka's consumer, which only this thread of Faust's makes.
        thread = app.consumer._thread  # type: ignore[attr-defined]  # Faust's interface has none
        thread.thread_loop.close()
        consumer = thread._create_consumer(loop=asyncio.get_running_loop())
        assert consumer._session_timeout_ms == seconds * 1000
        await consumer.stop()

    asyncio.run(make())
