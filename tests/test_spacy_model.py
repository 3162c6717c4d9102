from pathlib import Path

import pytest
import spacy

from pipeline.entities.models import ANY_LANGUAGE
from pipeline.entities.spacy_model import SpacyModel
from pipeline.errors import UserError


@pytest.fixture(scope="module")
def teacher() -> SpacyModel:
    return SpacyModel()


@pytest.fixture
def blank(tmp_path: Path) -> str:
    """The path of a spaCy pipeline for any language, with a recogniser that knows one name."""
    pipeline = spacy.blank(ANY_LANGUAGE)
    ruler = pipeline.add_pipe("entity_ruler", name="ner")
    ruler.add_patterns([{"label": "PER", "pattern": "Grüezi"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path / "model")
    return str(tmp_path / "model")


def test_a_model_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"^NEWSWIRE_TAGGER=xx_none: no such spaCy pipeline"):
        SpacyModel("xx_none")


def test_an_altered_teacher_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.entities.spacy_model._TEACHER_SHA256", "0" * 64)
    with pytest.raises(UserError, match="is not the one expected"):
        SpacyModel()


def test_spans_come_in_order_and_apart(teacher: SpacyModel) -> None:
    spans = teacher.spans("Angela Merkel met Emmanuel Macron in Paris on Monday.")
    assert [(span.start, span.end, span.type) for span in spans] == [
        (0, 13, "PERSON"),
        (18, 33, "PERSON"),
        (37, 42, "PLACE"),
    ]


def test_a_pipeline_reads_the_language_that_it_says(teacher: SpacyModel, blank: str) -> None:
    assert teacher.language == "en"
    assert SpacyModel(blank).language == ANY_LANGUAGE


def test_headline_and_body_are_read_apart(blank: str) -> None:
    names = SpacyModel(blank).names("Grüezi!", "So Grüezi.")
    assert [(span.start, span.end) for span in names["headline"]] == [(0, 6)]
    assert [(span.start, span.end) for span in names["body"]] == [(3, 9)]
