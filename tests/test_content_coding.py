import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, sampled_from

from pipeline.live_feeds.content_coding import ContentDecoder, Undecodable


def bare_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare_deflate),
    ("x-gzip", gzip.compress), ("", bytes), ("identity", bytes),
]  # fmt: skip


def decoded(coding: str, data: bytes, size: int = 1024) -> bytes:
    decoder = ContentDecoder(coding)
    pieces = [
        piece
        for start in range(0, len(data), size)
        for piece in decoder.decode(data[start : start + size])
    ]
    decoder.finish()
    return b"".join(pieces)


@given(binary(max_size=5000), sampled_from(CODINGS), integers(2, 3000))
def test_what_was_compressed_comes_back(
    data: bytes, coding: tuple[str, Callable[[bytes], bytes]], size: int
) -> None:
    name, compress = coding
    assert decoded(name, compress(data), size) == data


def test_a_bomb_unfolds_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    decoder = ContentDecoder("gzip")
    pieces = decoder.decode(bomb)
    assert all(len(next(pieces)) <= 65_536 for _ in range(20))


def test_streams_that_follow_each_other_are_one_text() -> None:
    assert decoded("gzip", gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_what_pads_a_stream_is_passed_over() -> None:
    assert decoded("gzip", gzip.compress(b"all of it") + bytes(40)) == b"all of it"


@pytest.mark.parametrize(
    ("coding", "data", "reason"),
    [
        ("br", b"", "content-encoding 'br' was not asked for"),
        ("gzip, gzip", b"", "content-encoding 'gzip, gzip' was not asked for"),
        ("gzip", b"<rss/>", "not gzip: "),
        ("deflate", b"\xff" * 9, "not deflate: "),
        (
            "gzip",
            gzip.compress(b"some text that is cut", mtime=0)[:-12],
            "the gzip stream is cut short",
        ),
        ("gzip", gzip.compress(b"", mtime=0) * 100, "more than 64 compressed streams"),
    ],
)
def test_what_is_not_compressed_as_it_says_is_named(coding: str, data: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=f"^{reason}"):
        decoded(coding, data)
