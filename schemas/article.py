"""An article on its way through the pipeline: raw, clean, tagged, enriched.

Each stage's record is the one before it with more known; only `content` is left behind by
cleaning, because `CleanArticle.restore` rebuilds it. Offsets count Unicode code points. Where
ninjs 3.1 (IPTC) has a term for a field, its name stands in the field's description.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from schemas.record import SCHEMA_VERSION, Record, UtcTime, stable_hash

Status = Literal["usable", "withheld", "canceled"]
ContentType = Literal["text/plain", "text/html"]
ArticleField = Literal["headline", "body"]
EntityType = Literal["PERSON", "ORG", "PLACE", "NORP", "OTHER"]
UntaggedReason = Literal["no_text", "no_model", "no_names"]
Relation = Literal["original", "update", "correction"]

RemovedKind = Literal[
    "headline", "byline", "dateline", "signature", "editorial_note", "copyright", "credit",
    "placeholder", "slug",
]  # fmt: skip
RepairKind = Literal[
    "control_character", "line_ending", "whitespace", "mojibake", "entity", "normalization",
    "soft_hyphen", "zero_width", "bidi_control", "line_join",
]  # fmt: skip


def canonical_url(url: str) -> str:
    """Return `url` without what does not identify a page: fragment, campaign parameters, case.

    Text that is no URL is returned as it came.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not pair[0].lower().startswith("utm_")
    ]  # fmt: skip
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), parts.path, urlencode(query), "")
    )


def _identify(data: dict[str, Any]) -> str:
    """Return the id of an article that came without one, from the fields validated before it."""
    source = data.get("source") or ""
    if data.get("source_id"):
        return stable_hash(source, "id", data["source_id"])
    if data.get("url"):
        return stable_hash(source, "url", canonical_url(data["url"]))
    # A kill may have no more text than the next one: it is known by what it names.
    named = (data.get("status") or "", data.get("target_id") or "")
    text = (data.get("headline") or "", data.get("content") or "")
    return stable_hash(source, "text", *text, *(named if any(named[1:]) else ()))


def _version(data: dict[str, Any]) -> str:
    """Return the version of an article whose provider gives none: a hash of its text.

    Of a kill or hold, whose text may be that of the one before, also of its note and time.
    """
    parts = [data.get("headline") or "", data.get("content") or ""]
    if data.get("status", "usable") != "usable":
        parts += [
            str(data.get(name) or "") for name in ("target_id", "editorial_note", "updated_at")
        ]
    return "text:" + stable_hash(*parts)


def _lower(value: Any) -> Any:
    """Accept `Usable` and the British `cancelled` for what the standard writes in lower case."""
    return (
        value.strip().lower().replace("cancelled", "canceled") if isinstance(value, str) else value
    )


def _media_type(value: Any) -> Any:
    return value.partition(";")[0].strip().lower() if isinstance(value, str) else value


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class ArticleIdentity(Record):
    """Which article, and whose: on every published record."""

    schema_version: str = SCHEMA_VERSION
    article_id: str = Field(min_length=1)
    source: str = Field(min_length=1, description="the wire that delivered it")
    source_id: str | None = Field(None, description="the provider's stable id; ninjs `uri`")
    version: str = Field(description="the provider's, else a hash of the text; ninjs `version`")


class ProviderMetadata(Record):
    """What the provider says about an article, carried unchanged from stage to stage."""

    url: str | None = None
    status: Annotated[Status, BeforeValidator(_lower)] = Field(
        "usable", description="ninjs `pubstatus`"
    )
    target_id: str | None = Field(
        None,
        coerce_numbers_to_str=True,
        description="the `source_id` or `article_id` that a kill or correction names",
    )
    published_at: UtcTime | None = Field(None, description="ninjs `firstcreated`")
    updated_at: UtcTime | None = Field(None, description="ninjs `versioncreated`")
    received_at: UtcTime | None = Field(None, description="when it reached the feeder")
    embargo_until: UtcTime | None = Field(None, description="ninjs `embargoed`")
    editorial_note: str | None = Field(None, description="ninjs `ednote`")
    usage_terms: str | None = Field(None, description="ninjs `usageterms`")
    slug: str | None = Field(None, description="ninjs `slugline`")
    urgency: int | None = Field(
        None, ge=1, le=9, description="1 is the most urgent; ninjs `urgency`"
    )


class RawArticle(ProviderMetadata):
    """An article as it was delivered: the input. Unknown fields are ignored, null means absent.

    `source` and a text are all that it needs: an `article_id` or `version` that is not there is
    derived from what is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: str = SCHEMA_VERSION
    source: str = Field(min_length=1)
    source_id: str | None = Field(None, coerce_numbers_to_str=True)
    headline: str | None = None
    content: str = ""
    content_type: Annotated[ContentType, BeforeValidator(_media_type)] = "text/plain"
    byline: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    language: str | None = None
    # After the fields that they are derived from, as pydantic fills them in this order.
    article_id: str = Field(default_factory=_identify, min_length=1, coerce_numbers_to_str=True)
    version: str = Field(default_factory=_version, min_length=1, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {name: value for name, value in data.items() if value is not None}
        return data


class Edit(Record):
    """One place where the delivered text differs from the text that came in.

    `text` stood at [start, end) of the text that came in; `replacement` stands in its place, at
    offset `at` of the delivered field. Nothing else differs, so the edits undo themselves.
    """

    kind: RemovedKind | RepairKind
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    at: int = Field(ge=0)
    replacement: str = ""
    field: ArticleField = "body"


class Dateline(Record):
    """Where, when and for whom a story was filed: `MAKHACHKALA, Russia (AP) —`."""

    place: str | None = None
    date: str | None = Field(None, description="as written, for example `March 1`")
    agency: str | None = None


class Copyright(Record):
    """A copyright line and what it says."""

    notice: str = Field(description="the line as it came; ninjs `copyrightnotice`")
    holder: str | None = Field(None, description="ninjs `copyrightholder`")
    year: int | None = None
    contact: str | None = None


class CleanArticle(ProviderMetadata, ArticleIdentity):
    """An article whose text is only the story; the rest is in its own fields or in `removed`."""

    headline: str
    body: str = Field(description="paragraphs separated by a blank line")
    byline: tuple[str, ...] = Field((), description="names, without `By`; ninjs `by`")
    dateline: Dateline | None = Field(None, description="ninjs `located` is its place")
    credits: tuple[str, ...] = Field(
        (), description="whose pictures and reporting, as written; ninjs `creditline`"
    )
    copyright: Copyright | None = None
    publisher: str | None = Field(None, description="as the page names it; ninjs `provider`")
    language: str | None = Field(None, description="BCP 47; ninjs `language`")
    language_score: float | None = Field(
        None,
        ge=0,
        le=1,
        description="probability of `language` by its text; null: the provider's word alone",
    )
    rules_language: str | None = Field(
        None,
        description="whose cleaning rules were applied; null: only those that suit every language",
    )
    removed: tuple[Edit, ...] = Field((), description="what was taken out, in order")
    edits: tuple[Edit, ...] = Field((), description="every other change to the text, in order")

    def restore(self, field: ArticleField = "body") -> str:
        """Return the text that came in for `field`, rebuilt from the delivered text and the edits.

        For the body of an HTML article that is the text extracted from the page.
        """
        delivered = self.body if field == "body" else self.headline
        return "".join(self._restored_pieces(delivered, field))

    def _restored_pieces(self, delivered: str, field: ArticleField) -> Iterator[str]:
        position = 0
        edits = (edit for edit in (*self.removed, *self.edits) if edit.field == field)
        for edit in sorted(edits, key=lambda edit: edit.start):
            yield delivered[position : edit.at]
            yield edit.text
            position = edit.at + len(edit.replacement)
        yield delivered[position:]


class Mention(Record):
    """One place where an entity is named: `text` is [start, end) of the field."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    field: ArticleField


class Link(Record):
    """What an entity is in the world's registers; coordinates in degrees (WGS 84)."""

    wikidata: str | None = None
    geonames: str | None = None
    country: str | None = Field(None, description="ISO 3166-1 alpha-2")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class Entity(Record):
    """Somebody or something that the article names, once, with all its mentions."""

    id: str = Field(
        description="the same in every article: `wikidata:Q…` or `geonames:…` where it is linked, "
        "else its type and name, as in `person:rustam-asildarov`"
    )
    name: str = Field(description="its name in the gazetteer, else the fullest in the article")
    type: EntityType
    mentions: tuple[Mention, ...] = Field(min_length=1)
    salience: float = Field(ge=0, le=1, description="1 is what the article is about")
    link: Link | None = None


class TaggedArticle(CleanArticle):
    """A clean article with its entities, the most salient first."""

    entities: tuple[Entity, ...] = ()
    tagger: str | None = Field(
        None,
        description="the model that found the names; `gazetteer`: known names alone, for want of "
        "a model that reads the language; null: there was no text",
    )
    untagged_reason: UntaggedReason | None = Field(
        None, description="why there are no entities; null: there are"
    )
    tagged_until: int | None = Field(
        None, description="offset in the body where tagging stopped; null: all of it was tagged"
    )


class VersionReference(Record):
    """One version of one article."""

    article_id: str
    version: str


class Change(Record):
    """One difference between versions; what was added has no `before`, what went no `after`."""

    kind: Literal["number", "headline", "quote", "sentence"]
    counts: str | None = Field(None, description="of a number: what it counts, in the text's words")
    before: str | None = None
    after: str | None = None


class Placement(Record):
    """Where an article stands in its story."""

    story_id: str
    relation: Relation
    previous: VersionReference | None = Field(None, description="what it updates or corrects")
    embargo_until: UtcTime | None = Field(
        None,
        description="the later of its own and, of another source's, that of `previous`; ninjs "
        "`embargoed`",
    )
    changes: tuple[Change, ...] = Field(
        (), description="against `previous`; none while that is under embargo and this is not"
    )
    novelty: float = Field(1.0, ge=0, le=1, description="share of the text new to the story")
    sources: tuple[str, ...] = Field(
        (),
        description="independent sources of the story so far: who only carries the text of another "
        "is none, and an agency counts under its own name",
    )
    replaces_original: str | None = Field(
        None,
        description="the `article_id` of which copies were so far: this article is where its text "
        "comes from, and came late; copies name it from now on",
    )


class EnrichedArticle(Placement, TaggedArticle):
    """A tagged article and its place in the story: what it follows and what it adds."""
