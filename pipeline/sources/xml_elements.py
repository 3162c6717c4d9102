"""What is in an element of XML: its name, its text, its markup."""

import re
from functools import lru_cache
from typing import Final

from lxml import etree

XML_NAMESPACE: Final = "{http://www.w3.org/XML/1998/namespace}"

# What the numbers 128 to 159 are meant to be wherever they are used: Windows-1252.
_C1: Final = {
    number: bytes([number]).decode("cp1252", "ignore") or None for number in range(0x80, 0xA0)
}
# Of the namespaces of the elements around it, in the first tag of a piece.
_DECLARATIONS = re.compile(r'^(<[^\s<>]+)(?: xmlns(?::[^\s=]+)?="[^"]*")+')
_HAS_C1 = re.compile("[\x80-\x9f]")


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
    text = (element.text or "") if not len(element) else "".join(map(str, element.itertext()))
    return in_meant_characters(text).strip()


def in_meant_characters(text: str) -> str:
    """Return `text` with C1 controls as the Windows-1252 characters that they were meant to be."""
    if text.isascii() or not _HAS_C1.search(text):
        return text
    # U+0085 may also be a line end, but in feeds it is the ellipsis.
    return text.translate(_C1)


def inner_markup(element: etree._Element) -> str:
    """Return what is in an element as markup without namespaces, as HTML wants it."""
    for descendant in element.iter():
        if isinstance(descendant.tag, str):
            descendant.tag = descendant.tag.rpartition("}")[2].rpartition(":")[2]
    pieces = [escaped(element.text or "")]
    for child in element:
        markup = etree.tostring(child, encoding="unicode", method="html")
        pieces.append(_DECLARATIONS.sub(r"\1", markup))
    return in_meant_characters("".join(pieces)).strip()


def escaped(text: str) -> str:
    """Return `text` as it is written between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
