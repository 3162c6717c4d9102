import pytest

from pipeline.entities.spacy_model import SpacyModel
from pipeline.errors import UserError


def test_a_model_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"^NEWSWIRE_TAGGER=xx_none: no such spaCy pipeline"):
        SpacyModel("xx_none")


def test_an_altered_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.entities.spacy_model._DEFAULT_SHA256", "0" * 64)
    with pytest.raises(UserError, match="is not the one expected"):
        SpacyModel()


def test_spans_come_in_order_and_apart(model: SpacyModel) -> None:
    spans = model.spans("Angela Merkel met Emmanuel Macron in Paris on Monday.")
    assert [(span.start, span.end, span.type) for span in spans] == [
        (0, 13, "PERSON"),
        (18, 33, "PERSON"),
        (37, 42, "PLACE"),
    ]
