"""What is in an element of XML: its name, its text, its markup."""

import re
from functools import lru_cache
from typing import Final

from lxml import etree

XML_NAMESPACE: Final = "{http://www.w3.org/XML/1998/namespace}"

# Of the namespaces of the elements around it, in the first tag of a piece.
_DECLARATIONS = re.compile(r'^(<[^\s<>]+)(?: xmlns(?::[^\s=]+)?="[^"]*")+')
# Elements of NITF and XHTML that are blocks of text of their own, and those that are no text.
_BLOCKS: Final = frozenset({
    "abstract", "article", "bibliography", "block", "blockquote", "body", "body.content",
    "body.end", "bq", "content", "credit", "dd", "div", "dl", "dt", "fn", "h1", "h2", "h3", "h4",
    "h5", "h6", "hl1", "hl2", "li", "note", "ol", "p", "pre", "section", "table", "tagline",
    "tbody", "thead", "ul",
})  # fmt: skip
_LEFT_OUT: Final = frozenset({"media", "figure", "img", "script", "style", "head"})


def written_name(element: etree._Element) -> str:
    """Return the element's name as it stands in the document, with its prefix."""
    local = str(element.tag).rpartition("}")[2]
    return f"{element.prefix}:{local}" if element.prefix else local


@lru_cache(maxsize=4096)
def local_name(tag: str) -> str:
    """Return an element's name in lower case, without namespace or prefix."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def text_of(element: etree._Element | None) -> str:
    """Return all text in an element, stripped; empty where there is none."""
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").strip()
    return "".join(map(str, element.itertext())).strip()


def inner_markup(element: etree._Element) -> str:
    """Return what is in an element as markup without namespaces, as HTML wants it."""
    for descendant in element.iter():
        if isinstance(descendant.tag, str):
            descendant.tag = descendant.tag.rpartition("}")[2].rpartition(":")[2]
    pieces = [escaped(element.text or "")]
    for child in element:
        markup = etree.tostring(child, encoding="unicode", method="html")
        pieces.append(_DECLARATIONS.sub(r"\1", markup))
    return "".join(pieces).strip()


def escaped(text: str) -> str:
    """Return `text` as it is written between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def find(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Return the first child of that name (in lower case), then its child, and so on."""
    for name in names:
        element = next(iter(find_all(element, name)), None)
    return element


def find_all(element: etree._Element | None, name: str) -> list[etree._Element]:
    """Return the children of that name (in lower case); of no element, none."""
    if element is None:
        return []
    return [one for one in element if isinstance(one.tag, str) and local_name(one.tag) == name]


def attribute(element: etree._Element | None, name: str) -> str:
    """Return an attribute's value, stripped; empty where it or the element is not there."""
    return "" if element is None else (element.get(name) or "").strip()


def paragraphs(element: etree._Element | None, as_written: bool = False) -> list[str]:
    """Return the text of an element's blocks, each on one line or with its lines `as_written`.

    A row of a table is a line, its cells apart by bars. Pictures and their captions are left out.
    """
    found: list[str] = []
    if element is not None:
        run: list[str] = []
        _collect(element, run, found)
        _close(run, found)
    lines = (text.strip("\n").rstrip() if as_written else " ".join(text.split()) for text in found)
    return [line for line in lines if line.strip()]


def _collect(element: etree._Element, run: list[str], found: list[str]) -> None:
    """Gather running text in `run`; what ends with a block goes to `found`."""
    run.append(element.text or "")
    for child in element:
        name = local_name(child.tag) if isinstance(child.tag, str) else ""
        if name == "br":
            run.append("\n")
        elif name == "tr":
            _close(run, found)
            cells = (" ".join("".join(map(str, cell.itertext())).split()) for cell in child)
            found.append(" | ".join(cell for cell in cells if cell))
        elif name in _BLOCKS:
            _close(run, found)
            _collect(child, run, found)
            _close(run, found)
        elif name and name not in _LEFT_OUT:
            _collect(child, run, found)
        run.append(child.tail or "")


def _close(run: list[str], found: list[str]) -> None:
    found.append("".join(run))
    run.clear()
