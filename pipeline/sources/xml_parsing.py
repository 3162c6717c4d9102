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
from pipeline.sources.unreadable import MOST_BYTES, Unreadable
from pipeline.sources.xml_elements import written_name

# XML 1.0, appendix F: what tells UTF-16 where no byte order mark does.
_UTF_16: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DECLARATION = re.compile(r"<![A-Za-z]")
_ASIDES: Final = (("<!--", "-->"), ("<?", "?>"))
_START_TAG = re.compile(r"<([A-Za-z_:][^\s<>/]{0,200})")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OTHER_REFERENCE = (
    r"&(?!(?:amp|lt|gt|quot|apos);)"
    r"(#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,7};|[A-Za-z][A-Za-z0-9]{1,31};)?"
)
_REFERENCE = re.compile(_OTHER_REFERENCE)
_AMPERSAND = re.compile(_OTHER_REFERENCE.encode())
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([\w.:-]{1,40})""")
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_CDATA: Final = "<![CDATA["
# What the numbers 128 to 159 are meant to be wherever they are used: Windows-1252.
_C1: Final = {
    number: bytes([number]).decode("cp1252", "ignore") or None for number in range(0x80, 0xA0)
}
# In UTF-8, where its first byte makes it quick to find.
_HAS_C1 = re.compile(b"\xc2[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed document.

    `fault` is what had to be mended first, and where; None of a well-formed one. `data` is what
    was parsed, mended, in UTF-8, line for line as it came.
    """

    root: etree._Element
    data: bytes
    fault: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its root element was closed: else the end is missing."""
        return self.fault is None or self.closes(self.root) >= 0

    @property
    def last_line(self) -> int:
        """The number of the last line."""
        return self.data.count(b"\n") + 1

    def is_open(self, element: etree._Element) -> bool:
        """Whether the last element of that name has no end."""
        name = re.escape(written_name(element)).encode()
        starts = [
            match.start() for match in re.finditer(rb"<" + name + rb"(?=[\s/>]|$)", self.data)
        ]
        return bool(starts) and starts[-1] > self.closes(element)

    def closes(self, element: etree._Element) -> int:
        """Return the offset of the last end tag of that name; -1 where there is none."""
        return self.data.rfind(f"</{written_name(element)}".encode())


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
    data, offset = _mended(text)
    if offset is not None:
        fault = (
            fault or f"line {text.count(chr(10), 0, offset) + 1}: {text[offset : offset + 12]!r}"
        )
    try:
        return _document(etree.fromstring(data, _parser()), data, fault)
    except etree.XMLSyntaxError as error:
        fault = fault or _checked(error)
    data = _NOT_XML.sub("", data.decode()).encode()
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"no XML: {_checked(error)}") from error
    if root is None:
        raise Unreadable(f"no XML: {fault}")
    for entry in parser.error_log:
        _refuse_excess(entry.line, entry.message)
    return _document(root, data, fault)


def _document(root: etree._Element, data: bytes, fault: str | None) -> XmlDocument:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("a DOCTYPE where there can be none")
    return XmlDocument(root, data, fault)


def _parser(recover: bool = False) -> etree.XMLParser:
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


def _checked(error: etree.XMLSyntaxError) -> str:
    """Return what is wrong, and where; raise `Unreadable` for what is worse than wrong."""
    line, column = error.position
    _refuse_excess(line, error.msg or "")
    what = (error.msg or "not well-formed").partition(", line ")[0]
    return f"line {line}, column {column}: {what}"


def _refuse_excess(line: int, message: str) -> None:
    """Raise `Unreadable` where libxml2 met one of its bounds: such a document is no accident."""
    if "XML_PARSE_HUGE" in message or "too long" in message:
        raise Unreadable(f"line {line}: too large or too deep: {message.partition(',')[0]}")


def _decoded(content: bytes, charset: str | None) -> str:
    for mark, codec in _UTF_16:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    declared = _DECLARED.match(content)
    names = f"{charset or ''} {declared[1].decode('ascii') if declared else ''}".lower()
    if "utf-16" not in names and "2022" not in names and not content.startswith(_UTF_16_MARKS):
        try:  # as `decode` does, which looks for more and takes longer
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return decode(content, charset).removeprefix("\ufeff")


def _without_doctype(text: str) -> str:
    """Return `text` with its DOCTYPE blanked, so that the parser never sees one.

    Raises `Unreadable` where it has declarations of its own, or others follow.
    """
    found = _DOCTYPE.search(text)
    if found is None:
        return text
    root = _root_offset(text)
    if found.start() > root:
        return text  # within the document: text, or an error that the parser finds
    line = text.count("\n", 0, found.start()) + 1
    end = text.find(">", found.end())
    bare = 0 <= end < root and "[" not in text[found.end() : end]
    if not bare or _DECLARATION.search(text, end, root):
        raise Unreadable(f"line {line}: a DOCTYPE with declarations of its own is not accepted")
    blank = "\n" * text.count("\n", found.start(), end)
    return text[: found.start()] + blank + text[end + 1 :]


def _root_offset(text: str) -> int:
    """Return where the first start tag stands that is in no comment or instruction."""
    position = 0
    while (position := text.find("<", position)) >= 0:
        closing = next((end for start, end in _ASIDES if text.startswith(start, position)), None)
        if closing is not None:
            end = text.find(closing, position)
            position = len(text) if end < 0 else end + len(closing)
        elif _START_TAG.match(text, position):
            return position
        else:
            position += 1
    return len(text)


def _mended(text: str) -> tuple[bytes, int | None]:
    """Return `text` in UTF-8, with references that XML has, and where the first other one was."""
    data = text.encode()
    if _HAS_C1.search(data):
        # U+0085 may also be a line end, but in feeds it is the ellipsis.
        text = text.translate(_C1)
        data = text.encode()
    if not _AMPERSAND.search(data):
        return data, None
    pieces = []
    changed: int | None = None
    position = 0
    for number, section in enumerate(text.split(_CDATA)):
        inside, end, outside = section.partition("]]>") if number else ("", "", section)
        mended = _REFERENCE.sub(_meant, outside)
        if changed is None and mended != outside:
            changed = position + len(inside) + len(end) + _first_difference(outside, mended)
        pieces += [_CDATA if number else "", inside, end, mended]
        position += len(section) + len(_CDATA)
    return "".join(pieces).encode(), changed


def _first_difference(text: str, other: str) -> int:
    return next(
        (offset for offset, pair in enumerate(zip(text, other, strict=False)) if len({*pair}) > 1),
        0,
    )


def _meant(match: re.Match[str]) -> str:
    """Return a reference that XML has for one that it has not."""
    name = match[1]
    if name is None:
        return "&amp;"
    if name[0] == "#":
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        if number in _C1:
            return _C1[number] or ""
        allowed = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
        if allowed or 0x10000 <= number <= 0x10FFFF:
            return match[0].replace("X", "x", 1)
        return ""
    meaning = html5.get(name)
    if meaning is None:
        return f"&amp;{name}"
    return "".join(f"&#{ord(character)};" for character in meaning)
