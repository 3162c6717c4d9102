"""XML as it comes from outside: parsed safely, and mended where it is only slightly broken.

No DTD is read and no entity declaration accepted; nothing is fetched; depth, text and size are
bounded (libxml2's own bounds, without `huge_tree`). A bare DOCTYPE, as NITF has it, is passed over.
"""

import re
from dataclasses import dataclass
from html.entities import html5
from typing import Final

from lxml import etree

from pipeline.cleaning.html_decoding import decode
from pipeline.sources.unreadable import Unreadable
from pipeline.sources.xml_elements import written_name

# Of one document. The feeds and items of all agencies seen have well under 10 MB.
MOST_BYTES: Final = 64 * 1024**2

# XML 1.0, appendix F: what tells UTF-16 where no byte order mark does.
_UTF_16: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_START_TAG = re.compile(r"<([A-Za-z_:][^\s<>/]{0,200})")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,7};|[A-Za-z][A-Za-z0-9]{1,31};)?"
)


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed document.

    `fault` is what had to be mended, and where; None of a well-formed one. `text` is what was
    parsed, with what was mended, line for line as it came.
    """

    root: etree._Element
    text: str
    fault: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its root element was closed: else the end is missing."""
        return self.fault is None or self.closes(self.root) >= 0

    def closes(self, element: etree._Element) -> int:
        """Return the offset of the last end tag of that name; -1 where there is none."""
        return self.text.rfind(f"</{written_name(element)}")

    def opens(self, element: etree._Element) -> int:
        """Return the offset of the last start tag of that name; -1 where there is none."""
        name = re.escape(written_name(element))
        starts = [match.start() for match in re.finditer(rf"<{name}(?=[\s/>]|$)", self.text)]
        return starts[-1] if starts else -1


def parse_xml(content: bytes, charset: str | None = None) -> XmlDocument:
    """Parse the bytes of a document, mending what can be mended.

    `charset` is what the transport says of it; else the document's own word or its bytes decide.
    Mended are undeclared entities (by their HTML meaning), bare ampersands, characters that XML
    has not, text around the root element, missing namespaces and end tags. Raises `Unreadable`
    for what is empty, no XML, too large, nested too deeply, or has declarations of its own.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"{len(content):,} bytes; {MOST_BYTES:,} are the most")
    text = _decoded(content, charset)
    if not text.strip():
        raise Unreadable("empty")
    start = text.find("<")
    if start < 0:
        raise Unreadable("no XML: no tag in it")
    fault = None
    if before := text[:start].strip():
        fault = f"line 1: begins with {before[:20]!r}, which is no XML"
        text = "\n" * text.count("\n", 0, start) + text[start:]  # the lines keep their numbers
    # An XML declaration must stand first of all.
    text = _without_doctype(text.lstrip() if text[:100].lstrip().startswith("<?xml") else text)
    try:
        return XmlDocument(etree.fromstring(text.encode(), _parser(recover=False)), text, fault)
    except etree.XMLSyntaxError as error:
        _refuse_excess(error)
        fault = fault or _place(error)
    mended = _mended(text)
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(mended.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"no XML: {_place(error)}") from error
    if root is None:
        raise Unreadable(f"no XML: {fault}")
    for entry in parser.error_log:
        _refuse_excess(entry)
    return XmlDocument(root, mended, fault)


def _decoded(content: bytes, charset: str | None) -> str:
    for mark, codec in _UTF_16:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    return decode(content, charset).removeprefix("\ufeff")


def _parser(recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _without_doctype(text: str) -> str:
    """Return `text` with its DOCTYPE blanked, so that the parser never sees one.

    Raises `Unreadable` where it has declarations of its own, and where there are two.
    """
    found = _DOCTYPE.search(text)
    if found is None:
        return text
    root = _root_offset(text)
    if found.start() > root:
        return text  # within the document: text, or an error that the parser finds
    line = text.count("\n", 0, found.start()) + 1
    end = text.find(">", found.end())
    if end < 0 or end > root or "[" in text[found.end() : end]:
        raise Unreadable(f"line {line}: a DOCTYPE with declarations of its own is not accepted")
    if _DOCTYPE.search(text, end, root):
        raise Unreadable(f"line {line}: two DOCTYPEs")
    blank = "\n" * text.count("\n", found.start(), end)
    return text[: found.start()] + blank + text[end + 1 :]


def _root_offset(text: str) -> int:
    """Return where the first start tag stands that is in no comment."""
    position = 0
    while (position := text.find("<", position)) >= 0:
        if text.startswith("<!--", position):
            end = text.find("-->", position + 4)
            if end < 0:
                break
            position = end + 3
        elif _START_TAG.match(text, position):
            return position
        else:
            position += 1
    return len(text)


def _mended(text: str) -> str:
    outside, *sections = _NOT_XML.sub("", text).split("<![CDATA[")
    pieces = [_AMPERSAND.sub(_meant, outside)]
    for section in sections:
        inside, end, outside = section.partition("]]>")
        pieces += ["<![CDATA[", inside, end, _AMPERSAND.sub(_meant, outside)]
    return "".join(pieces)


def _meant(match: re.Match[str]) -> str:
    """Return a reference that XML has for one that it has not."""
    name = match[1]
    if name is None:
        return "&amp;"
    if name[0] == "#":
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        allowed = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
        return match[0].lower() if allowed or 0x10000 <= number <= 0x10FFFF else ""
    meaning = html5.get(name)
    if meaning is None:
        return f"&amp;{name}"
    return "".join(f"&#{ord(character)};" for character in meaning)


def _refuse_excess(error: "etree.XMLSyntaxError | etree._LogEntry") -> None:
    """Raise `Unreadable` where libxml2 met one of its bounds: such a document is no accident."""
    message = error.msg if isinstance(error, etree.XMLSyntaxError) else error.message
    line = error.lineno if isinstance(error, etree.XMLSyntaxError) else error.line
    if message and ("XML_PARSE_HUGE" in message or "too long" in message):
        raise Unreadable(f"line {line}: too large or too deep: {message.split(',')[0]}")


def _place(error: etree.XMLSyntaxError) -> str:
    line, column = error.position
    what = (error.msg or "not well-formed").partition(", line ")[0]
    return f"line {line}, column {column}: {what}"
