"""The models that find names, by the language of the texts that they read."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.entities.span import Span
from schemas.article import ArticleField

# What a model says that reads every language.
ANY_LANGUAGE = "xx"


class NameModel(Protocol):
    """Finds names in the texts of one language, whatever was asked before."""

    @property
    def name(self) -> str:
        """What records call it."""
        ...

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language that it reads; `ANY_LANGUAGE`."""
        ...

    def names(self, headline: str, body: str) -> Mapping[ArticleField, list[Span]]:
        """Return the names in each text, in order, none overlapping another."""
        ...


class Models:
    """The models in use: for each language the first that reads it."""

    def __init__(self, models: Sequence[NameModel]) -> None:
        self._models = models

    def reading(self, language: str | None) -> NameModel | None:
        """Return the model for a text in `language`, a BCP 47 tag; None where there is none.

        What is in no language that can be told, a line of figures, goes to the first.
        """
        if language is None:
            return self._models[0]
        readable = (language.partition("-")[0].lower(), ANY_LANGUAGE)
        return next((model for model in self._models if model.language in readable), None)
