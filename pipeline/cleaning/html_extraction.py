"""The article in a web page: its text without the page around it, and what the page says about it.

trafilatura finds the text. Two things are better here than with trafilatura alone, both by the
rules of `html_rules`: blocks that are named as something else than the article go before it looks,
which also makes it faster, and lines that are page furniture go afterwards. Nothing here reads the
network or a file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from pipeline.cleaning.html_decoding import decode
from pipeline.cleaning.html_metadata import PageMetadata, read_metadata
from pipeline.cleaning.html_rules import NOTICE_KINDS, block_kind, line_kind

__all__ = ["ExtractedPage", "ExtractionError", "decode", "extract"]

# Bounds that keep every page under a second: lxml and trafilatura cannot be interrupted, and steps
# of theirs take time with the square of these. Measured with lxml 6.1.3 and trafilatura 2.3.1:
# 20,000 elements in one parent 6 s, 20,000 at depth 200 more than 12 s. The largest of 91 real news
# pages has 1.5 million characters, 3,200 tags and 1,600 elements.
MAX_CHARACTERS = 3_000_000
MAX_TEXT_CHARACTERS = 1_000_000
MAX_TAGS = 100_000
MAX_ELEMENTS = 12_000
MAX_CHILDREN = 4_000
MAX_DEPTH_SUM = 250_000
# libxml2 2.14 compares every attribute of a tag with every other: 200,000 of them take a minute.
# The sum of the squares of their numbers is bounded, at a fifth of a second.
MAX_ATTRIBUTE_COMPARISONS = 200_000_000
# libxml2 stops reading at depth 256 and drops the rest without a word.
MAX_DEPTH = 256


class ExtractionError(Exception):
    """A page has no article that can be extracted; `reason` is one line for the rejection."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ExtractedPage:
    """An article as its page gives it."""

    text: str
    """The main text; paragraphs are separated by a blank line."""
    headline: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    language: str | None
    """BCP 47, as the page declares it."""
    canonical_url: str | None
    publisher: str | None
    notices: tuple[str, ...] = ()
    """Lines left out of the text that name a copyright or a source."""


class _Line(NamedTuple):
    text: str
    tag: str
    """Of trafilatura's tree: p, head, item, quote, row or code."""
    level: str
    """h1 to h6 of a heading, else empty."""


# Their content is never text of the article. trafilatura drops them too, but copies them first.
_NO_TEXT: Final = (
    "script", "style", "noscript", "svg", "iframe", "template", "nav", "footer", "button", "select",
    "video", "audio", "canvas", "object", "embed", "dialog", "textarea", "math",
)  # fmt: skip
# May hold the article, whatever they are called.
_FRAMES: Final = frozenset({"html", "body", "main", "article"})
# A block with so much of the page's text is the article, or around it, whatever it is called.
_LARGE_SHARE = 0.3
# A frame holds one thing and hardly a word beside it.
_FRAME_CHARACTERS = 40
# What XML has no place for, plain or as a reference: for one such character in a text trafilatura
# gives up the page.
_CONTROL_BYTES: Final = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_SPACES: Final = bytes.maketrans(b"\f", b" ")
_NONCHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:[xX]0*+(?:[1-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F])"
    rb"|0*+(?:[1-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d));?"
)
_NAMING_ATTRIBUTES: Final = ("class", "id", "role", "data-component", "data-testid")
# Longer attributes are style sheets in disguise.
_LONGEST_NAME = 300

_ATTRIBUTE = re.compile(
    rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
)
# Tags with a hundred attributes; of 91 real pages none has any outside its scripts.
_OVERLOADED_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+((?:" + _ATTRIBUTE.pattern + rb"){100,}+)")

_LINE_TAGS: Final = frozenset(
    {"p", "head", "quote", "list", "item", "row", "table", "lb", "div", "code"}
)
_KIND_TAGS: Final = frozenset({"head", "quote", "item", "row", "code"})
_LINK_PARENTS: Final = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "dd", "blockquote"}
)
_WORDS = re.compile(r"\w+")
_OPTIONS: Final = Extractor(output_format="python", fast=True, comments=False)

# A paragraph of the article, for telling where the text begins: long, or a sentence.
_PARAGRAPH = re.compile(r".{80}|.{30,}[.!?\u3002\uff01\uff1f][\"'\u201d\u2019)]?$")
# Of the text, what may follow a heading such as "Related" and go with it.
_REST_SHARE = 0.4
# Of the lines, how much may be link alone before links are what the article is made of.
_LINKED_SHARE = 0.3


def extract(html: str, url: str | None = None) -> ExtractedPage:
    """Extract the article of a page.

    `url` is where the page came from, to complete relative links.
    Raises ExtractionError where there is no main text, or the page is too large or too deep.
    """
    tree = _parse(html)
    metadata = read_metadata(tree, url)
    _cut_furniture(tree)
    _check_size(tree)
    linked = _linked_lines(tree)
    document = bare_extraction(tree, options=_OPTIONS)
    body = None if document is None or isinstance(document, dict) else document.body
    lines = list(_lines(body)) if body is not None else []
    lines = _prefer_described(lines, metadata.article_body)
    notices: list[str] = []
    lines = _without_furniture(lines, metadata, linked, notices)
    if not lines:
        raise ExtractionError("no main text")
    return ExtractedPage(
        text="\n\n".join(line.text for line in lines),
        headline=metadata.headline,
        authors=metadata.authors,
        published_at=metadata.published_at,
        updated_at=metadata.updated_at,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        publisher=metadata.publisher,
        notices=tuple(notices),
    )


def _parse(html: str) -> HtmlElement:
    if len(html) > MAX_CHARACTERS:
        raise ExtractionError(f"too large: {len(html)} characters")
    content = html.encode("utf-8", "replace").translate(_SPACES, _CONTROL_BYTES)
    for character in _NONCHARACTERS:
        content = content.replace(character, b"")
    content = _CONTROL_REFERENCE.sub(b"", content)
    if content.count(b"<") > MAX_TAGS:
        raise ExtractionError(f"too large: more than {MAX_TAGS} tags")
    if _attribute_comparisons(content) > MAX_ATTRIBUTE_COMPARISONS:
        raise ExtractionError("too large: too many attributes in one tag")
    # A parser of its own for each page, because its log belongs to the last page parsed.
    parser = HTMLParser(
        encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        tree = document_fromstring(content, parser=parser)
    except (etree.LxmlError, ValueError):
        raise ExtractionError("no main text: not HTML") from None
    last_error = parser.error_log.last_error
    if last_error is not None and last_error.type_name == "ERR_RESOURCE_LIMIT":
        raise ExtractionError(f"too deep: more than {MAX_DEPTH} levels")
    return tree


def _count_elements(tree: HtmlElement) -> float:
    return cast(float, tree.xpath("count(//*)"))


def _attribute_comparisons(content: bytes) -> int:
    """Count what parsing the attributes costs; scripts count too, and never come near the bound."""
    return sum(len(_ATTRIBUTE.findall(tag[1])) ** 2 for tag in _OVERLOADED_TAG.finditer(content))


def _cut_furniture(tree: HtmlElement) -> None:
    """Remove the blocks whose names say that they are not the article."""
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    all_text = paragraph_text = -1
    cut: list[HtmlElement] = []
    walk = etree.iterwalk(tree, events=("start",))
    for _, element in walk:
        if element.tag == "blockquote" and "twitter-tweet" in (element.get("class") or ""):
            _unname_frame(element)
        if element.tag in _FRAMES or not _is_furniture(element):
            continue
        if all_text < 0:
            all_text = len(tree.text_content())
            paragraph_text = _paragraph_text(tree)
        if (
            len(element.text_content()) <= _LARGE_SHARE * all_text
            and _paragraph_text(element) <= _LARGE_SHARE * paragraph_text
            and next(element.iter("h1"), None) is None
        ):
            cut.append(element)
            walk.skip_subtree()
    for element in cut:
        element.drop_tree()


def _is_furniture(element: HtmlElement) -> bool:
    for name in _NAMING_ATTRIBUTES:
        value = element.get(name)
        if value and len(value) <= _LONGEST_NAME and block_kind(value):
            return True
    return False


def _paragraph_text(element: HtmlElement) -> int:
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _unname_frame(quote: HtmlElement) -> None:
    """Take the names off a quoted post's frame: trafilatura drops what is called "embed"."""
    length = len(quote.text_content()) + _FRAME_CHARACTERS
    frame = quote.getparent()
    while frame is not None and frame.tag in ("div", "figure"):
        if len(frame.text_content()) > length:
            return
        if frame.tag == "figure":
            frame.tag = "div"
        frame.attrib.clear()
        frame = frame.getparent()


def _check_size(tree: HtmlElement) -> None:
    """Refuse what would keep trafilatura busy for seconds."""
    if len(tree.text_content()) > MAX_TEXT_CHARACTERS:
        raise ExtractionError(f"too large: more than {MAX_TEXT_CHARACTERS} characters of text")
    if _count_elements(tree) * MAX_DEPTH <= MAX_DEPTH_SUM:
        return
    elements = depth = depth_sum = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        elements += 1
        depth += 1
        depth_sum += depth
        if elements > MAX_ELEMENTS or len(element) > MAX_CHILDREN:
            raise ExtractionError(f"too large: more than {MAX_ELEMENTS} elements")
        if depth_sum > MAX_DEPTH_SUM:
            raise ExtractionError("too deep: too many elements at too great a depth")


def _linked_lines(tree: HtmlElement) -> frozenset[str]:
    """Collect the lines of the page that are nothing but links."""
    characters: dict[HtmlElement, int] = {}
    for link in tree.iter("a"):
        parent = link
        while parent is not None and parent.tag not in _LINK_PARENTS:
            parent = parent.getparent()
        if parent is None:
            parent = link
        inner = next(link.iter("h2", "h3", "h4", "p"), None)
        block = parent if inner is None else inner
        characters[block] = characters.get(block, 0) + _letters(link.text_content())
    lines: set[str] = set()
    for block, linked in characters.items():
        text = block.text_content()
        if linked and linked >= 0.8 * _letters(text):
            lines.add(_one_line(text))
            if block.find(".//br") is not None:
                lines.update(_broken_lines(block))
    return frozenset(lines)


def _broken_lines(block: HtmlElement) -> list[str]:
    parts: list[str] = []
    for element in block.iter():
        parts.append("\n" if element.tag == "br" else element.text or "")
        parts.append(element.tail or "")
    return [_one_line(line) for line in "".join(parts).split("\n")]


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(body: etree._Element) -> Iterator[_Line]:
    """Read trafilatura's tree line by line: its own text loses what kind of line each was."""
    open_tags = [("p", "")]
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _LINE_TAGS:
            if text := _one_line("".join(parts)):
                yield _Line(text, *open_tags[-1])
            parts.clear()
            if event == "end":
                open_tags.pop()
            elif element.tag in _KIND_TAGS:
                open_tags.append((element.tag, element.get("rend") or ""))
            else:
                open_tags.append(open_tags[-1])
        elif element.tag == "cell":
            parts.append(" ")
        text = element.text if event == "start" else element.tail
        if text:
            parts.append(text)
    if text := _one_line("".join(parts)):
        yield _Line(text, "p", "")


def _prefer_described(lines: list[_Line], described: str | None) -> list[_Line]:
    """Take the text of the JSON-LD where the page itself shows less than half of it."""
    if described is None or len(described) > MAX_CHARACTERS:
        return lines
    plain = re.sub(r"<[^<>]{0,500}>", "\n", described)
    if _letters(plain) <= 2 * sum(_letters(line.text) for line in lines):
        return lines
    return [_Line(text, "p", "") for part in plain.splitlines() if (text := _one_line(part))]


def _without_furniture(
    lines: list[_Line], metadata: PageMetadata, linked: frozenset[str], notices: list[str]
) -> list[_Line]:
    lines = _without_linked(lines, linked)
    lines = _without_start(lines, metadata)
    kept: list[_Line] = []
    for line in lines:
        kind = line_kind(line.text, "anywhere")
        if kind is None:
            kept.append(line)
        elif kind in NOTICE_KINDS:
            notices.append(line.text)
    kept = _without_rest(kept)
    return _without_end(kept, metadata, notices)


def _without_linked(lines: list[_Line], linked: frozenset[str]) -> list[_Line]:
    """Drop lines that only link elsewhere: lists of links, and links that read as headlines."""
    alone = [line.text in linked for line in lines]
    characters = sum(len(line.text) for line in lines)
    if sum(len(line.text) for line, link in zip(lines, alone, strict=True) if link) > (
        _LINKED_SHARE * characters
    ):
        return lines
    dropped: set[int] = set()
    first = 0
    while first < len(lines):
        last = first
        while last < len(lines) and lines[last].tag == "item":
            last += 1
        if last > first:
            if all(alone[first:last]):
                dropped.update(range(first, last))
            first = last
            continue
        if alone[first] and len(lines[first].text.split()) > 3:
            # A linked heading with text below it is a heading of the article.
            heads_text = (
                lines[first].tag == "head" and first + 1 < len(lines) and not alone[first + 1]
            )
            if not heads_text or lines[first + 1].tag == "head":
                dropped.add(first)
        first += 1
    return [line for number, line in enumerate(lines) if number not in dropped]


def _without_start(lines: list[_Line], metadata: PageMetadata) -> list[_Line]:
    """Drop headline, standfirst, byline and time above the first paragraph."""
    titles = {_key(title) for title in metadata.titles}
    begin = next(
        (
            number
            for number, line in enumerate(lines)
            if line.tag != "head"
            and _PARAGRAPH.match(line.text)
            and _key(line.text) not in titles
            and not line_kind(line.text, "start")
        ),
        0,
    )
    bylines = {_key(f"{by}{name}") for by in ("", "by ") for name in metadata.authors}
    bylines.add(_key("by " + " and ".join(metadata.authors)))
    later_levels = {line.level for line in lines[begin:] if line.tag == "head"}
    kept: list[_Line] = []
    for number, line in enumerate(lines[: begin + 1]):
        key = _key(line.text)
        repeated = key in titles or key in bylines
        # The heading of a first section looks like those of the sections after it.
        standfirst = line.tag == "head" and number < begin and line.level not in later_levels
        if not (repeated or standfirst or line_kind(line.text, "start")):
            kept.append(line)
    return kept + lines[begin + 1 :]


def _without_rest(lines: list[_Line]) -> list[_Line]:
    """Cut at a heading such as "Related", if most of the text is above it."""
    characters = sum(len(line.text) for line in lines)
    below = characters
    for number, line in enumerate(lines):
        if (
            below <= _REST_SHARE * characters
            and line.tag in ("head", "p")
            and line_kind(line.text, "rest")
        ):
            return lines[:number]
        below -= len(line.text)
    return lines


def _without_end(lines: Sequence[_Line], metadata: PageMetadata, notices: list[str]) -> list[_Line]:
    """Drop what closes a page after the last paragraph: headings, addresses, sources, authors."""
    kept = list(lines)
    site = _site_name(metadata.canonical_url or metadata.url)
    while len(kept) > 1:
        line = kept[-1]
        kind = line_kind(line.text, "end")
        if kind is None and line.tag != "head" and not _describes_house(line.text, metadata, site):
            break
        if kind in NOTICE_KINDS:
            notices.append(line.text)
        kept.pop()
    return kept


_DESCRIBES_AUTHOR = re.compile(
    r",? (?:is|was|are|has|covers|writes|works|reports|serves|joined|contributes|lives|can be)\b"
)
# Not "has": "Example News has asked the company for comment" is part of a report.
_DESCRIBES_HOUSE = re.compile(r"\W{0,3}(?:is (?:an?|the|one of|based|headquartered)|was founded)\b")


def _describes_house(line: str, metadata: PageMetadata, site: str) -> bool:
    """Tell a closing line about an author or the publisher: "Ann Lee is a reporter for ..."."""
    for author in metadata.authors:
        if line.startswith(author) and _DESCRIBES_AUTHOR.match(line, len(author)):
            return True
    folded = line.casefold()
    return any(
        name and folded.startswith(name) and _DESCRIBES_HOUSE.match(line, len(name))
        for name in ((metadata.publisher or "").casefold(), site)
    )


def _site_name(url: str | None) -> str:
    """Cut the name of a site out of its address: "example" of "https://www.example.co.uk/news"."""
    try:
        labels = (urlsplit(url or "").hostname or "").split(".")[:-1]
    except ValueError:
        return ""
    return max(labels, key=len, default="")


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
