import orjson
import pytest

from pipeline.stages.parsing import parse
from pipeline.stages.unusable import Unusable


def test_an_article_is_read_from_json() -> None:
    assert parse(b'{"source": "Wire", "content": "text"}').content == "text"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (None, "The message is empty."),
        (b"", "The message is empty."),
        (b"plain words", "Not JSON: expected value at line 1 column 1."),
        (b'{"source": "Wire"', "Not JSON: EOF while parsing an object at line 1 column 17."),
        (b"\xff\xfe{}", "Not UTF-8: byte 0xff at offset 0."),
        (b'{"source": "Wire", "content": "\xe9"}', "Not UTF-8: byte 0xe9 at offset 31."),
        (
            b'{"source": "Wire", "content": "\\ud800"}',
            "Not JSON: unexpected end of hex escape at line 1 column 38.",
        ),
        (b"[" * 100_000, "Not JSON: recursion limit exceeded at line 1 column 202."),
    ],
)
def test_what_is_no_json_is_said_to_be_none_and_where(value: bytes, detail: str) -> None:
    with pytest.raises(Unusable) as caught:
        parse(value)
    assert (caught.value.reason, caught.value.detail) == ("not_json", detail)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([1, 2], "the message"),
        ("text", "the message"),
        ({}, "source: field required"),
        ({"source": ""}, "source: string should have at least 1 character"),
        ({"source": "Wire", "headline": 5}, "headline: input should be a valid string"),
        ({"source": "Wire", "content": ["a"]}, "content: input should be a valid string"),
        ({"source": "Wire", "content_type": "image/png"}, "content_type"),
        ({"source": "Wire", "status": "perhaps"}, "status"),
        ({"source": "Wire", "urgency": 12}, "urgency"),
        ({"source": "Wire", "published_at": "soon"}, "published_at"),
        ({"source": "Wire", "version": True}, "version"),
        (
            {"source": "Wire", "content": "a", "source_id": "i" * 2_001},
            "source_id is longer than 2,000 characters",
        ),
    ],
)
def test_json_that_is_no_article_is_told_every_fault(value: object, named: str) -> None:
    with pytest.raises(Unusable) as caught:
        parse(orjson.dumps(value))
    assert caught.value.reason == "not_an_article"
    assert named in caught.value.detail


def test_several_faults_are_all_named() -> None:
    with pytest.raises(Unusable, match=r"urgency: .*; source: "):
        parse(b'{"urgency": "high"}')
