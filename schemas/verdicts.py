"""The other ends of an article's way: a copy, a withdrawal, a rejection."""

from typing import Literal

from pydantic import Field

from schemas.article import ArticleIdentity, VersionReference
from schemas.record import SCHEMA_VERSION, Base64, Record, UtcTime

DuplicateKind = Literal["exact", "near", "abridged", "repeat"]
RejectedStage = Literal["parse", "clean", "tag", "relate", "publish"]
RejectedReason = Literal["not_json", "not_an_article", "no_text", "too_large", "stage_failed"]


class Passage(Record):
    """A passage that two texts have word for word: [start, end) of the article's body.

    [there_start, there_end) is the same passage in the body of what it is compared with, in code
    points like every offset; capitals, punctuation and spaces may differ.
    """

    text: str = Field(description="its beginning, at most 200 characters")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    there_start: int = Field(ge=0)
    there_end: int = Field(ge=0)


class Evidence(Record):
    """Why an article is held to be a copy: what agrees, and what does not."""

    compared_with: VersionReference = Field(description="the version that is most similar")
    containment: float = Field(
        ge=0, le=1, description="share of the shorter text's three-word sequences in the longer"
    )
    headline_similarity: float | None = Field(None, ge=0, le=1)
    shared_passages: tuple[Passage, ...] = Field(
        (), description="the longest, against the text that is most similar"
    )
    numbers_only_here: tuple[str, ...] = ()
    numbers_only_there: tuple[str, ...] = ()
    names_only_here: tuple[str, ...] = ()
    names_only_there: tuple[str, ...] = ()


class Copy(Record):
    """What an article is a copy of, and why that is believed."""

    duplicate_of: str = Field(description="the `article_id` of its original")
    story_id: str
    kind: DuplicateKind
    similarity: float = Field(ge=0, le=1, description="how surely it is the same text")
    embargo_until: UtcTime | None = Field(
        None, description="the later of its own and its original's; ninjs `embargoed`"
    )
    evidence: Evidence


class Recall(Record):
    """What a kill (`canceled`) or hold (`withheld`) reaches."""

    status: Literal["withheld", "canceled"]
    reason: str = Field(description="in the provider's words, where it gave any")
    story_id: str | None = Field(None, description="null where the article was never seen")
    affected: tuple[str, ...] = Field(
        (), description="every article id to withdraw, copies included"
    )


class Duplicate(Copy, ArticleIdentity):
    """An article that adds nothing to one that came before it."""

    headline: str


class Withdrawal(Recall, ArticleIdentity):
    """Stop showing every article that `affected` names."""

    headline: str


class Header(Record):
    """One header of a Kafka message."""

    name: str
    value: Base64 | None = None


class Rejection(Record):
    """An input that could not be used, with its bytes: nothing is lost.

    `article_id`, `source` and `source_id` are there as far as they could be read.
    """

    schema_version: str = SCHEMA_VERSION
    article_id: str | None = None
    source: str | None = None
    source_id: str | None = None
    stage: RejectedStage
    reason: RejectedReason
    detail: str = Field(description="the reason in a sentence")
    topic: str | None = Field(description="where the input came from; null: from no topic")
    partition: int | None = None
    offset: int | None = None
    key: Base64 | None = None
    value: Base64 = Field(description="the input's bytes, in base64")
    headers: tuple[Header, ...] = ()
