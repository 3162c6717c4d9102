"""What several tests need: the models and the gazetteer, loaded once, and a broker of each kind.

`pytest --hypothesis-profile=thorough` runs every property test on 10,000 examples.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec

import pytest
from apache_kafka import ApacheKafka, unavailable_reason
from hypothesis import settings as hypothesis_settings
from reuters import reuters_articles

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.entities.finder import EntityFinder
from pipeline.settings import PREFIX, Settings
from pipeline.stages.cleaning import clean
from pipeline.stages.unusable import Unusable
from schemas import TaggedArticle

# Only `make test-browser` installs what drives a browser.
collect_ignore = [] if find_spec("playwright") else ["browser"]

# A shell that starts the tests in the background has them, and all they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis_settings.register_profile("default", deadline=None)
hypothesis_settings.register_profile("thorough", deadline=None, max_examples=10_000)
hypothesis_settings.load_profile("default")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the shell that runs the tests reach them."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def finder() -> EntityFinder:
    return EntityFinder.load(Settings().tagger)


@pytest.fixture(scope="session")
def cleaned_wire() -> list[TaggedArticle]:
    """The Reuters wire of 1987, cleaned, with no names tagged."""
    articles = []
    try:
        for raw in reuters_articles():
            with suppress(Unusable):  # item 12793 is empty
                articles.append(TaggedArticle(**dict(clean(raw))))
    except FileNotFoundError as error:
        pytest.skip(f"the data set is missing: {error.filename}")
    return articles


@pytest.fixture
def embedded() -> Iterator[Settings]:
    """Settings for an embedded broker that has nothing yet."""
    with EmbeddedBroker() as broker:
        yield Settings().on_embedded_broker(broker.address)


@pytest.fixture
def apache_kafka() -> Iterator[ApacheKafka]:
    """An Apache Kafka that has nothing yet."""
    reason = unavailable_reason()
    if reason:
        pytest.skip(reason)
    with ApacheKafka() as kafka:
        yield kafka


@pytest.fixture(
    params=["embedded", pytest.param("apache_kafka", marks=pytest.mark.apache_kafka)],
)
def broker(request: pytest.FixtureRequest) -> Settings:
    """Settings with one partition for a broker of each kind, in turn."""
    found = request.getfixturevalue(request.param)
    if isinstance(found, ApacheKafka):
        return Settings(broker=found.bootstrap_servers, partitions=1)
    assert isinstance(found, Settings)
    return found
