from dataclasses import dataclass

import pytest

from pipeline.entities.models import ANY_LANGUAGE, Models
from pipeline.entities.span import Span
from schemas.article import ArticleField


@dataclass(frozen=True)
class Silent:
    """A model that reads a language and finds nothing."""

    name: str
    language: str

    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        return {}


ENGLISH, GERMAN, EVERY = Silent("a", "en"), Silent("b", "de"), Silent("c", ANY_LANGUAGE)


@pytest.mark.parametrize(
    ("language", "model"),
    [("en", ENGLISH), ("en-GB", ENGLISH), ("DE", GERMAN), ("fr", EVERY), (None, ENGLISH)],
)
def test_an_article_is_read_by_the_first_model_for_its_language(
    language: str | None, model: Silent
) -> None:
    assert Models([ENGLISH, GERMAN, EVERY]).reading(language) is model


def test_a_language_without_a_model_is_read_by_none() -> None:
    assert Models([ENGLISH]).reading("fr") is None
