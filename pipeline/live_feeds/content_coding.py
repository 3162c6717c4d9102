"""Undoing the compression of an HTTP body, piece by piece, so that a bomb is seen as it unfolds."""

import zlib
from collections.abc import Iterator

# What is asked for. Others are refused: brotli would need a library for what gzip does as well.
ACCEPTED = "gzip, deflate"

_PIECE = 64 * 1024
# gzip streams may follow each other; honest ones are few.
_MOST_STREAMS = 64
# zlib's words for: gzip or zlib, by the header; deflate without one, which some servers send.
_BY_HEADER, _BARE = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS


class Undecodable(Exception):
    """The body is not compressed in the way that it says; the message says more."""


class ContentDecoder:
    """Decodes the body of one response."""

    def __init__(self, coding: str) -> None:
        """Raise `Undecodable` for a coding that was not asked for."""
        self._coding = coding.strip().lower()
        if self._coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Undecodable(f"content-encoding {coding[:40]!a} was not asked for")
        self._decoder = (
            zlib.decompressobj(_BY_HEADER) if self._coding not in ("", "identity") else None
        )
        self._streams = 1
        self._begun = False
        self._ended = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unfolds to in pieces of at most 64 KB; raise `Undecodable`."""
        if self._decoder is None or self._ended:
            if not self._ended:
                yield data
            return
        while data:
            if self._decoder.eof:
                self._next_stream()
            try:
                piece = self._decoder.decompress(data, _PIECE)
            except zlib.error as error:
                if self._streams > 1 and not self._begun:
                    self._ended = True  # what follows a whole stream is padding
                    return
                if self._begun or self._coding != "deflate":
                    raise Undecodable(f"not {self._coding}: {error}") from error
                self._begun = True
                self._decoder = zlib.decompressobj(_BARE)
                continue
            self._begun = True
            if piece:
                yield piece
            data = self._decoder.unconsumed_tail or self._decoder.unused_data
            while not data and len(piece) == _PIECE:  # zlib may hold some back
                piece = self._decoder.decompress(b"", _PIECE)
                if piece:
                    yield piece

    def _next_stream(self) -> None:
        self._streams += 1
        if self._streams > _MOST_STREAMS:
            raise Undecodable(f"more than {_MOST_STREAMS} compressed streams in one body")
        self._decoder = zlib.decompressobj(_BY_HEADER)
        self._begun = False

    def finish(self) -> None:
        """Raise `Undecodable` where the compressed stream has no end."""
        if self._decoder is None or self._ended or not (self._begun or self._streams > 1):
            return
        if not self._decoder.eof:
            raise Undecodable(f"the {self._coding} stream is cut short")
