"""The flow: which agent reads which topic, and what becomes of it.

    news.raw ──▶ clean_articles ──▶ news.clean ──▶ tag_entities ──▶ news.tagged ──▶ relate_articles
                      │                  │                                               │
                      ├──────────────────┴──▶ news.rejected ◀────────────────────────────┤
                      │                                                                  ▼
                      │                          news.enriched · news.duplicates · news.withdrawals

A record's type decides its topic (`pipeline.topics`), and `publish` is the only exit.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import faust
from faust.types import StreamT
from faust.types.auth import CredentialsT
from faust.types.web import Request, Response, View

from pipeline.article_index.index import ArticleIndex
from pipeline.connection import broker_security, require_broker
from pipeline.delivery import AcknowledgedTable, Publisher, inputs
from pipeline.entities.finder import EntityFinder
from pipeline.faust_corrections import correct
from pipeline.flow import clean_message, relate_message, tag_message
from pipeline.health import Watch
from pipeline.message import STAGES
from pipeline.metrics import CONTENT_TYPE, Metrics
from pipeline.settings import Settings
from pipeline.topics import (
    ARTICLES_TABLE,
    FINAL_TOPICS,
    MAX_REJECTION_BYTES,
    TEXTS_TABLE,
    TOPIC_OF,
    changelog,
)
from schemas import CleanArticle, RawArticle, Record, TaggedArticle


def create_app(settings: Settings, finder: EntityFinder) -> faust.App:
    """Return the Faust app whose agents are the stages; `finder` finds the entities."""
    app = _configured(settings)
    topics = {record: _topic(app, topic.name) for record, topic in TOPIC_OF.items()}
    metrics = Metrics(STAGES, [topic.name for topic in FINAL_TOPICS])
    publish = Publisher(topics, metrics)

    articles = _table(app, ARTICLES_TABLE, settings)
    texts = _table(app, TEXTS_TABLE, settings)
    index = ArticleIndex(articles, texts, timedelta(days=settings.window_days))

    @app.agent(topics[RawArticle])
    async def clean_articles(stream: StreamT[bytes]) -> AsyncIterator[Record]:
        async for message in inputs(stream, "clean", metrics):
            yield await publish(message, clean_message(message))

    @app.agent(topics[CleanArticle])
    async def tag_entities(stream: StreamT[bytes]) -> AsyncIterator[Record]:
        async for message in inputs(stream, "tag", metrics):
            yield await publish(message, tag_message(message, finder))

    @app.agent(topics[TaggedArticle])
    async def relate_articles(stream: StreamT[bytes]) -> AsyncIterator[Record]:
        async for message in inputs(stream, "relate", metrics):
            record = relate_message(message, index)
            await texts.acknowledged()
            await articles.acknowledged()
            yield await publish(message, record)

    stages = {
        topics[RawArticle]: "clean",
        topics[CleanArticle]: "tag",
        topics[TaggedArticle]: "relate",
    }
    watch = Watch(
        app,
        settings,
        {topic.get_topic_name(): stage for topic, stage in stages.items()},
        metrics,
        lambda: {ARTICLES_TABLE: len(articles), TEXTS_TABLE: len(texts)},
    )
    app.sensors.add(watch)
    _add_pages(app, watch, metrics)

    @articles.on_recover
    async def rebuild_index() -> None:
        with watch.excused():
            index.rebuild()

    return app


def _add_pages(app: faust.App, watch: Watch, metrics: Metrics) -> None:
    """Add what tells of the worker; it is answered by a thread that no stage can hold up."""

    @app.page("/health")
    async def health(view: View, _request: Request) -> Response:
        found = watch.health
        body = {"alive": found.alive, "stalled": found.stalled}
        return view.json(body, status=200 if found.alive else 503)

    @app.page("/ready")
    async def ready(view: View, _request: Request) -> Response:
        found = watch.health
        parts = ("ready", "alive", "assigned", "recovered", "broker")
        body = {name: getattr(found, name) for name in parts}
        return view.json(body, status=200 if found.ready else 503)

    @app.page("/metrics")
    async def exposition(view: View, _request: Request) -> Response:
        return view.bytes(metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})


def _configured(settings: Settings) -> faust.App:
    app = faust.App(
        settings.consumer_group,
        broker=[f"kafka://{address}" for address in require_broker(settings)],
        broker_credentials=_credentials(settings),
        store="memory://",
        # Faust makes it even for tables in memory, and where the worker was started otherwise.
        datadir=settings.data_directory,
        agent_supervisor="mode.CrashingSupervisor",  # what an agent cannot handle stops the worker
        # Topics are made from one list before the worker starts (pipeline.topics).
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / 3,
        # Faust's own, which it wants to be no shorter than a session.
        broker_request_timeout=max(90.0, settings.session_timeout),
        producer_max_batch_size=settings.producer_batch_size,
        producer_max_request_size=MAX_REJECTION_BYTES,
        # How long the producer tries by itself before it reports a failure.
        producer_request_timeout=60.0,
        consumer_max_fetch_size=4 * 1024**2,
        stream_wait_empty=True,
        web_bind=settings.web_host,
        web_host=settings.web_host,
        web_port=settings.web_port,
        web_in_thread=True,
        web_tables_enabled=False,
        web_router_enabled=False,
        worker_redirect_stdouts=False,
    )
    return correct(app)


def _credentials(settings: Settings) -> CredentialsT | None:
    security = broker_security(settings)
    if security.mechanism is not None:
        return faust.SASLCredentials(
            mechanism=security.mechanism,
            username=security.username,
            password=security.password,
            ssl_context=security.context,
        )
    return faust.SSLCredentials(security.context) if security.context else None


def _topic(app: faust.App, name: str) -> faust.TopicT:
    # As bytes, because what Faust cannot decode is lost before an agent sees it.
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )


def _table(app: faust.App, name: str, settings: Settings) -> AcknowledgedTable:
    table = AcknowledgedTable(
        app,
        name=name,
        key_type=str,
        value_type=bytes,
        partitions=1,
        help="of the one partition of news.tagged",
    )
    assert table.changelog_topic_name == changelog(name, settings).name
    app.tables.add(table)
    return table
