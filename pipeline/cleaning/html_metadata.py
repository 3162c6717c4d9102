"""What a page says about its article: JSON-LD first, then meta tags, then its own elements."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

# A page carries its JSON-LD in a few kB; what is larger or has more parts is no description.
MAX_JSON_CHARACTERS = 500_000
MAX_JSON_PARTS = 5_000
MAX_AUTHORS = 20
MAX_NAME_CHARACTERS = 80

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|ReportageNewsArticle)$")
# Under these keys a page describes other articles than its own.
_OTHERS = frozenset(
    {"itemListElement", "hasPart", "isPartOf", "mentions", "comment", "review", "relatedLink"}
)
_JSON_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)

# Meta tags by name or property, the most trusted first.
_HEADLINE_TAGS = ("og:title", "twitter:title", "dc.title", "dcterms.title", "sailthru.title")
_AUTHOR_TAGS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "byl",
    "dc.creator", "dcterms.creator", "cxenseparse:author",
)  # fmt: skip
_PUBLISHED_TAGS = (
    "article:published_time", "article:published", "datepublished", "og:published_time",
    "parsely-pub-date", "sailthru.date", "publishdate", "publish_date", "publish-date", "pubdate",
    "dc.date.issued", "dcterms.created", "dc.date", "date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_UPDATED_TAGS = (
    "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified",
)  # fmt: skip
_PUBLISHER_TAGS = ("og:site_name", "dc.publisher", "dcterms.publisher", "application-name")
_LANGUAGE_TAGS = ("content-language", "og:locale", "language", "dc.language", "inlanguage")

_TITLE_PARTS = re.compile(r"\s+[|\u2013\u2014\u00bb\u00b7-]+\s+")
_NAME_PARTS = re.compile(r"\s*(?:,|;|\||/|&|\band\b)\s*")
_BY = re.compile(r"^(?:by|von|par|por|di|door)\b:?\s+", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[@\d]|://|\.(?:com|org|net)\b|^\W*$|^(?:web)?admin", re.IGNORECASE)
_OFFICE = re.compile(
    r"^(?:[JS]r|Esq|Ph\.?D|[A-Z.]{2,5})\.?$"
    r"|\b(?:[Ww]riter|[Rr]eporter|[Cc]orrespondent|[Ee]ditor|[Cc]olumnist|[Cc]ontributor|[Pp]roducer)$"
)
_LANGUAGE = re.compile(
    r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?![A-Za-z0-9])"
)
_COLONLESS_ZONE = re.compile(r"([+-]\d\d)(\d\d)$")
# Written dates that neither ISO 8601 nor the mail format covers.
_WRITTEN_DATES = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%Y/%m/%d %H:%M:%S",
)


@dataclass(frozen=True)
class PageMetadata:
    """What a page says of its article; times are aware, None or empty where it says nothing."""

    headline: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    language: str | None
    canonical_url: str | None
    publisher: str | None
    titles: frozenset[str]
    """Every wording of the headline on the page, to find it again in the text."""
    url: str | None
    """Where the page came from, as the caller says."""
    article_body: str | None
    """The text of the article in JSON-LD: often cut short, so no more than a second choice."""


def read_metadata(tree: HtmlElement, url: str | None = None) -> PageMetadata:
    """Read a page's metadata; the tree is left as it is."""
    article = _article_description(tree)
    tags = _meta_tags(tree)
    headings = [text for h1 in tree.iter("h1") if (text := _one_line(h1.text_content()))]
    title = next((_one_line(element.text_content()) for element in tree.iter("title")), "")
    titles = {_text(article, "headline"), _text(article, "alternativeHeadline"), title, *headings}
    titles.update(tags.get(name, "") for name in _HEADLINE_TAGS)
    titles.update(part for text in list(titles) for part in _TITLE_PARTS.split(text))
    publisher = _first_name(article.get("publisher")) or _first(tags, _PUBLISHER_TAGS)
    return PageMetadata(
        headline=_headline(article, tags, headings, title, publisher),
        authors=_authors(article, tags, tree, publisher),
        published_at=parse_time(_text(article, "datePublished"))
        or _first_time(tags, _PUBLISHED_TAGS)
        or _time_element(tree),
        updated_at=parse_time(_text(article, "dateModified")) or _first_time(tags, _UPDATED_TAGS),
        language=language_tag(_text(article, "inLanguage"))
        or language_tag(tree.get("lang") or tree.get("xml:lang"))
        or language_tag(_first(tags, _LANGUAGE_TAGS)),
        canonical_url=_canonical_url(tree, tags, article, url),
        publisher=publisher or None,
        titles=frozenset(titles - {""}),
        url=url,
        article_body=_body(article),
    )


def parse_time(value: str | None) -> datetime | None:
    """Read an ISO 8601, mail or written date; without a zone it is taken as UTC."""
    text = (value or "").strip()
    if not 8 <= len(text) <= 60:
        return None
    time = _parse_iso(text) or _parse_mail(text) or _parse_written(text)
    if time is None or not 1900 <= time.year <= 2200:
        return None
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None


def language_tag(value: str | None) -> str | None:
    """Write a language as BCP 47 does: "en_us" as "en-US"."""
    found = _LANGUAGE.match((value or "").strip())
    if found is None:
        return None
    language, script, region = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part)


def _parse_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_COLONLESS_ZONE.sub(r"\1:\2", text) if "T" in text else text)
    except ValueError:
        return None


def _parse_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parse_written(text: str) -> datetime | None:
    for form in _WRITTEN_DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _article_description(tree: HtmlElement) -> dict[str, Any]:
    """Find the JSON-LD object of the page's article; empty where there is none."""
    articles: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for part in _parts(_load_json(script.text or "")):
            if isinstance(identifier := part.get("@id"), str):
                by_id.setdefault(identifier, part)
            if _is_article(part):
                articles.append(part)
    if not articles:
        return {}
    article = max(articles, key=lambda one: ("headline" in one) + ("datePublished" in one))
    # A graph names people and publisher elsewhere and refers to them by id.
    return {
        key: _resolve(value, by_id) if key in ("author", "creator", "publisher") else value
        for key, value in article.items()
    }


def _load_json(text: str) -> object:
    if len(text) > MAX_JSON_CHARACTERS:
        return None
    try:
        # strict=False: line breaks inside strings are common in the wild.
        return json.loads(_JSON_WRAPPING.sub("", text), strict=False)
    except (ValueError, RecursionError):
        return None


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Walk the objects of a JSON value from the outside in, leaving out those about other pages."""
    waiting = [value]
    for _ in range(MAX_JSON_PARTS):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield value
            waiting += [
                inner
                for key, inner in value.items()
                if key not in _OTHERS and isinstance(inner, dict | list)
            ]
        elif isinstance(value, list):
            waiting += [inner for inner in value if isinstance(inner, dict | list)]


def _is_article(part: dict[str, Any]) -> bool:
    kinds = part.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE_TYPE.search(name) for name in names)


def _resolve(value: object, by_id: dict[str, dict[str, Any]]) -> object:
    if isinstance(value, list):
        return [_resolve(one, by_id) for one in value[:MAX_AUTHORS]]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _text(article: dict[str, Any], key: str) -> str:
    value = article.get(key)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), None)
    return _one_line(unescape(value)) if isinstance(value, str) else ""


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _names(value.get("name"))
    if isinstance(value, list):
        return [name for one in value[:MAX_AUTHORS] for name in _names(one)]
    return []


def _first_name(value: object) -> str:
    return next((name for one in _names(value) if (name := _one_line(unescape(one)))), "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    tags: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (
            meta.get("property")
            or meta.get("name")
            or meta.get("itemprop")
            or meta.get("http-equiv")
        )
        content = meta.get("content")
        if name and content:
            tags.setdefault(name.lower(), _one_line(unescape(content)))
    return tags


def _first(tags: dict[str, str], names: tuple[str, ...]) -> str:
    return next((tags[name] for name in names if tags.get(name)), "")


def _first_time(tags: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    times = (parse_time(tags.get(name)) for name in names)
    return next((time for time in times if time), None)


def _time_element(tree: HtmlElement) -> datetime | None:
    """Read the time that the page marks as the publication, else the first time on it."""
    first = None
    for element in tree.iter("time"):
        time = parse_time(element.get("datetime"))
        if time and (
            element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
        ):
            return time
        first = first or time
    return first


def _headline(
    article: dict[str, Any], tags: dict[str, str], headings: list[str], title: str, publisher: str
) -> str | None:
    if headline := _text(article, "headline"):
        return headline
    offered = _first(tags, _HEADLINE_TAGS) or title
    # The page's own heading is the offered title without the name of the site.
    for heading in headings:
        if not offered or _letters_and_digits(offered).startswith(_letters_and_digits(heading)):
            return heading
    parts = _TITLE_PARTS.split(offered)
    site = publisher.casefold()
    if len(parts) > 1 and (offered == title or (site and site in parts[-1].casefold())):
        offered = offered[: offered.rindex(parts[-1])].rstrip(" |-\u2013\u2014\u00bb\u00b7")
    return offered or None


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _authors(
    article: dict[str, Any], tags: dict[str, str], tree: HtmlElement, publisher: str
) -> tuple[str, ...]:
    for find in (
        lambda: _names(article.get("author") or article.get("creator")),
        lambda: [tags[name] for name in _AUTHOR_TAGS if "://" not in tags.get(name, "://")][:1],
        lambda: [element.text_content() for element in _author_elements(tree)],
    ):
        found = find()
        names = dict.fromkeys(name for text in found[:MAX_AUTHORS] for name in split_authors(text))
        # The house is the publisher; it is an author only where another house publishes.
        names.pop(publisher, None)
        if names:
            return tuple(names)
    return ()


def _author_elements(tree: HtmlElement) -> list[HtmlElement]:
    found = [a for a in tree.iter("a") if "author" in (a.get("rel") or "").lower().split()]
    found += [e for e in tree.iter("span", "div", "a", "p") if e.get("itemprop") == "author"]
    return found[:3]


def split_authors(text: str) -> list[str]:
    """Split a byline as metadata has it, "By Ann Lee and Bo Ek", into names."""
    text = _BY.sub("", _one_line(unescape(text[:1000])))
    if "://" in text:
        return []
    names: list[str] = []
    for part in _NAME_PARTS.split(text):
        name = part.strip(" .\u2022")
        if not name or len(name) > MAX_NAME_CHARACTERS or _NOT_A_NAME.search(name):
            continue
        # "Ann Lee, AP National Writer", "Bo Ek, MS, RDN": what follows the name is an office.
        if names and _OFFICE.search(name):
            continue
        names.append(name)
    return names


def _canonical_url(
    tree: HtmlElement, tags: dict[str, str], article: dict[str, Any], url: str | None
) -> str | None:
    links = [
        link.get("href") or ""
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for offered in (*links[:1], tags.get("og:url", ""), _text(article, "url")):
        if not offered.strip():
            continue
        try:
            absolute: str = urljoin(url or "", offered.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            return absolute
    return None


def _body(article: dict[str, Any]) -> str | None:
    body = article.get("articleBody")
    if not isinstance(body, str) or not body.strip():
        return None
    return unescape(body)
