from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import tagger as tagger_module
from pipeline.entities.model import load_model
from pipeline.entities.span import Span
from pipeline.entities.tagger import Tagger
from pipeline.errors import UserError

TEXTS = [
    "Rustam Asildarov led a group in Dagestan, the Federal Security Service (FSB) said.",
    "PRESIDENT PUTIN VISITS FRANCE",
    "Angela Merkel met Emmanuel Macron in Paris on Monday. Merkel's aide left for Berlin.",
    "Ajax beat Feyenoord 2-1 in Amsterdam. Muslims and Christians in Nigeria’s north fled.",
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def named(text: str, spans: list[Span]) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.type) for span in spans]


def test_names_and_their_types(tagger: Tagger) -> None:
    assert named(TEXTS[2], tagger.spans(TEXTS[2])) == [
        ("Angela Merkel", "PERSON"),
        ("Emmanuel Macron", "PERSON"),
        ("Paris", "PLACE"),
        ("Merkel", "PERSON"),
        ("Berlin", "PLACE"),
    ]


def test_headline_and_body_have_their_own_names(tagger: Tagger) -> None:
    headline = "Ivan Magomedov killed in Derbent"
    body = "Police shot Ivan Magomedov in Derbent."
    found = tagger.names(headline, body)
    assert named(headline, found["headline"]) == [
        ("Ivan Magomedov", "PERSON"),
        ("Derbent", "PLACE"),
    ]
    assert named(body, found["body"]) == [("Ivan Magomedov", "PERSON"), ("Derbent", "PLACE")]


def test_what_was_tagged_before_changes_nothing(tagger: Tagger) -> None:
    alone = [Tagger().spans(text) for text in TEXTS]
    assert [tagger.spans(text) for text in TEXTS] == alone
    assert [tagger.spans(text) for text in reversed(TEXTS)] == alone[::-1]


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch, tagger: Tagger) -> None:
    monkeypatch.setattr(tagger_module, "_MOST_WORDS", 5)
    forgetful = Tagger()
    assert [forgetful.spans(text) for text in TEXTS * 2] == [tagger.spans(t) for t in TEXTS * 2]


def test_the_size_of_blocks_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tagger: Tagger
) -> None:
    text = "\n\n".join(TEXTS * 5)
    expected = tagger.spans(text)
    monkeypatch.setattr(tagger_module, "_BLOCK", 7)
    assert tagger.spans(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_spans_of_any_text_come_in_order_and_apart(text: str) -> None:
    found = Tagger.spans(_shared(), text)
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert not any(text[span.start].isspace() or text[span.end - 1].isspace() for span in found)


def _shared(kept: list[Tagger] = []) -> Tagger:  # noqa: B006
    if not kept:
        kept.append(Tagger())
    return kept[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "a" * 1_000_000,
        " " * 1_000_000,
        "\x00\x01" * 1000,
        "\ud800" * 1000,
        "😀" * 1000,
    ],
    ids=["empty", "blank", "one word", "spaces", "control", "surrogates", "emoji"],
)
def test_a_text_without_names_has_none(tagger: Tagger, text: str) -> None:
    assert tagger.spans(text) == []


@pytest.mark.parametrize("piece", ["Paris ", "PARIS", "Ж", "A.", "\x00A", "\ud800A ", "\n(\n"])
def test_a_text_of_a_megabyte_without_a_sentence_is_tagged(tagger: Tagger, piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert all(span.end <= len(text) for span in tagger.spans(text))


def _remove(path: Path) -> None:
    path.unlink()


def _alter(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_remove, "model is missing: .*tagger.npz"),
        (_alter, "not the one expected: .*tagger.npz differs"),
        (_empty, "not the one expected: .*tagger.npz differs"),
    ],
)
def test_a_missing_or_altered_model_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], message: str
) -> None:
    from pipeline.entities import model

    copy = tmp_path / "tagger.npz"
    copy.write_bytes(model.MODEL_FILE.read_bytes())
    monkeypatch.setattr(model, "MODEL_FILE", copy)
    harm(copy)
    with pytest.raises(UserError, match=message):
        load_model()


def test_a_model_is_written_as_it_was_read() -> None:
    from pipeline.entities.model import MODEL_FILE

    assert load_model().to_bytes() == MODEL_FILE.read_bytes()
