"""ninjs 3.1 (IPTC): one news item in JSON a line.

`MAPPING` says where each field of an enriched article goes, and is what is run; the table in
`docs/ninjs.md` is written from it (`python -m pipeline.contract`).

The standard closes every object: an item with a property of ours is no ninjs. So what it cannot
hold is in one association of the item, an object of type `component` with the `rel` `newswire`,
whose one body is our JSON as text. Both forms are valid against the schema as it stands; strict
items have no such association.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import orjson

from pipeline.formats.harmless import escaped_json
from pipeline.formats.published import Published
from schemas import Duplicate, EnrichedArticle, Entity, FinalRecord, Withdrawal
from schemas.article import EntityType

Properties = dict[str, object]

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
EXTENSION_REL = "newswire"
EXTENSION_TYPE = "application/vnd.newswire+json"


@dataclass(frozen=True, slots=True)
class Row:
    """Which of our fields go into which property of ninjs, and how.

    Without a property they are in the extension alone; `partly` says that the extension has them
    too, because the property does not hold all of them.
    """

    fields: tuple[str, ...]
    property: str | None
    note: str
    value: Callable[[EnrichedArticle], object] = lambda _: None
    partly: bool = False


def _entities(*types: EntityType) -> Callable[[EnrichedArticle], object]:
    make = _subject if types == ("NORP", "OTHER") else _named
    return lambda article: [make(entity) for entity in article.entities if entity.type in types]


def _named(entity: Entity) -> Properties:
    named: Properties = {"name": entity.name, "rel": "mentions", "literal": entity.id}
    if uri := _entity_uri(entity):
        named["uri"] = uri
    return named


def _subject(entity: Entity) -> Properties:
    return {**_named(entity), "relevance": round(100 * entity.salience)}


def _entity_uri(entity: Entity) -> str | None:
    link = entity.link
    if link is not None and link.wikidata:
        return f"http://www.wikidata.org/entity/{quote(link.wikidata, safe='')}"
    if link is not None and link.geonames:
        return f"https://sws.geonames.org/{quote(link.geonames, safe='')}/"
    return None


def _sources(article: EnrichedArticle) -> object:
    sources: list[Properties] = [{"name": article.source, "role": "wire"}]
    if article.publisher:
        sources.append({"name": article.publisher, "role": "publisher"})
    return sources


def _other_ids(article: EnrichedArticle) -> object:
    ids = {"sourceId": article.source_id, "url": article.url}
    return [{"role": role, "value": value} for role, value in ids.items() if value]


def _previous(article: EnrichedArticle) -> object:
    if article.previous is None:
        return []
    return [
        {
            "name": f"what this {article.relation} follows",
            "rel": f"{article.relation}Of",
            "uri": _uri(article.previous.article_id),
            "version": article.previous.version,
        }
    ]


def _text(value: str) -> list[Properties]:
    return [{"role": "main", "contentType": "text/plain", "value": value}] if value else []


def _body(article: EnrichedArticle) -> object:
    counts = {"charCount": len(article.body), "wordCount": len(article.body.split())}
    return [text | counts for text in _text(article.body)]


MAPPING: tuple[Row, ...] = (
    Row(("article_id",), "uri", "`urn:newswire:` and the id, percent-encoded",
        lambda article: _uri(article.article_id)),
    Row((), "type", "always `text`", lambda _: "text"),
    Row((), "profile", "always `text-only`", lambda _: "text-only"),
    Row((), "standard", "name, version and schema of ninjs 3.1",
        lambda _: {"name": "ninjs", "version": "3.1", "schema": SCHEMA}),
    Row(("version",), "version", "", lambda article: article.version),
    Row(("published_at",), "firstCreated", "", lambda article: _time(article.published_at)),
    Row(("updated_at",), "versionCreated", "", lambda article: _time(article.updated_at)),
    Row(("embargo_until",), "embargoedUntil", "", lambda article: _time(article.embargo_until)),
    Row(("status",), "pubStatus", "", lambda article: article.status),
    Row(("urgency",), "urgency", "", lambda article: article.urgency),
    Row(("copyright",), "copyrightHolder", "its holder; year and contact in the extension",
        lambda article: article.copyright and article.copyright.holder, partly=True),
    Row(("copyright",), "copyrightNotice", "its notice, as it came",
        lambda article: article.copyright and article.copyright.notice),
    Row(("usage_terms",), "usageTerms", "", lambda article: article.usage_terms),
    Row(("editorial_note",), "edNote", "", lambda article: article.editorial_note),
    Row(("language",), "language", "", lambda article: article.language),
    Row(("headline",), "headlines", "one, of role `main`",
        lambda article: _text(article.headline)),
    Row(("body",), "bodies", "one, of role `main`, plain text with its counts", _body),
    Row(("byline",), "by", "joined by commas", lambda article: ", ".join(article.byline)),
    Row(("dateline",), "located", "its place; date and agency in the extension",
        lambda article: article.dateline and article.dateline.place, partly=True),
    Row(("slug",), "slugline", "", lambda article: article.slug),
    Row(("entities",), "people", "PERSON: name, id as `literal`, Wikidata or GeoNames as `uri`",
        _entities("PERSON"), partly=True),
    Row(("entities",), "organisations", "ORG, in the same way", _entities("ORG")),
    Row(("entities",), "places", "PLACE, in the same way; coordinates in the extension",
        _entities("PLACE")),
    Row(("entities",), "subjects", "NORP and OTHER, with salience as `relevance`",
        _entities("NORP", "OTHER")),
    Row(("source", "publisher"), "infoSources", "of the roles `wire` and `publisher`", _sources),
    Row(("source_id", "url"), "altIds", "of the roles `sourceId` and `url`", _other_ids),
    Row(("relation", "previous"), "associations",
        "of an update or correction: what it follows, `rel` `updateOf` or `correctionOf`",
        _previous, partly=True),
    Row(("schema_version", "story_id", "changes", "novelty", "sources", "replaces_original"), None,
        "the story, which ninjs does not know"),
    Row(("target_id", "received_at", "credits"), None, "no property of ninjs 3.1"),
    Row(("language_score", "rules_language", "removed", "edits"), None, "how it was cleaned"),
    Row(("tagged_until", "tagger", "untagged_reason"), None, "how it was tagged"),
)  # fmt: skip

# What the extension need not repeat, because a property has all of it.
_ALL_IN_NINJS = {
    name for row in MAPPING if row.property for name in row.fields
} - {name for row in MAPPING if row.partly or not row.property for name in row.fields}  # fmt: skip


class Ninjs:
    """One item a line; a withdrawal is an item for each article that it reaches.

    Rejections are no news, and are left out.
    """

    def __init__(self, strict: bool = False) -> None:
        """With `strict`, leave the extension out."""
        self._strict = strict

    def begin(self) -> str:
        """Return nothing: there is no head."""
        return ""

    def show(self, published: Published) -> Iterator[str]:
        """Yield a line an item."""
        for item in items(published.record, self._strict):
            yield escaped_json(orjson.dumps(item).decode()) + "\n"

    def end(self) -> str:
        """Return nothing."""
        return ""


def items(record: FinalRecord, strict: bool = False) -> list[Properties]:
    """Return the ninjs items that say what the record says."""
    match record:
        case EnrichedArticle():
            item = {
                row.property: value
                for row in MAPPING
                if row.property and (value := row.value(record)) not in (None, "", [])
            }
            return [item if strict else _extended(item, record, _ALL_IN_NINJS)]
        case Duplicate():
            original = {
                "name": "what this is a copy of",
                "rel": "duplicateOf",
                "uri": _uri(record.duplicate_of),
            }
            item = _head(record.article_id, "usable", record.source) | {
                "version": record.version,
                "associations": [original],
            }
            if record.embargo_until is not None:
                item["embargoedUntil"] = _time(record.embargo_until)
            if record.headline:
                item["headlines"] = _text(record.headline)
            return [item if strict else _extended(item, record)]
        case Withdrawal():
            notice = {
                "name": record.headline or "the notice that withdraws this",
                "rel": "withdrawnBy",
                "uri": _uri(record.article_id),
            }
            return [
                item if strict else _extended(item, record)
                for article_id in record.affected or (record.article_id,)
                for item in [
                    _head(article_id, record.status, record.source)
                    | {"edNote": record.reason, "associations": [notice]}
                ]
            ]
        case _:
            return []


def _head(article_id: str, status: str, source: str) -> Properties:
    return {
        "uri": _uri(article_id),
        "type": "text",
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "pubStatus": status,
        "infoSources": [{"name": source, "role": "wire"}],
    }


def _extended(
    item: Properties, record: FinalRecord, left_out: set[str] | None = None
) -> Properties:
    extension = record.model_dump_json(exclude=left_out, exclude_none=True)
    association = {
        "name": "Newswire's own data",
        "rel": EXTENSION_REL,
        "uri": f"{item['uri']}:newswire",
        "type": "component",
        "bodies": [{"role": "main", "contentType": EXTENSION_TYPE, "value": extension}],
    }
    others = item.get("associations", [])
    assert isinstance(others, list)
    return {**item, "associations": [*others, association]}


def _uri(article_id: str) -> str:
    return f"urn:newswire:{quote(article_id, safe='')}"


def _time(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None


def mapping_table() -> str:
    """Return the mapping as a table in Markdown."""
    lines = ["| field | ninjs 3.1 | how |", "|---|---|---|"]
    for row in MAPPING:
        fields = ", ".join(f"`{name}`" for name in row.fields) or "none"
        where = f"`{row.property}`" if row.property else "extension only"
        lines.append(f"| {fields} | {where} | {row.note} |")
    return "\n".join(lines) + "\n"
