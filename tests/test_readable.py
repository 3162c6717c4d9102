import pytest
from articles import raw, tagged
from rich.console import Console

from pipeline.flow import clean_message
from pipeline.formats.harmless import printable
from pipeline.formats.readable import readable
from pipeline.message import Message
from schemas import (
    Change,
    Copy,
    Duplicate,
    EnrichedArticle,
    Evidence,
    FinalRecord,
    Passage,
    Placement,
    Recall,
    Rejection,
    VersionReference,
    Withdrawal,
)

IDENTITY = {"article_id": "a" * 32, "source": "Wire", "version": "1", "headline": "Storm"}


def shown(record: FinalRecord) -> str:
    console = Console(width=100, force_terminal=True, color_system="truecolor")
    with console.capture() as capture:
        console.print(readable(record))
    return capture.get()


def enriched(**fields: object) -> EnrichedArticle:
    placement = Placement.model_validate({"story_id": "s", "relation": "update", **fields})
    return EnrichedArticle(**dict(tagged()) | dict(placement))


def test_an_update_shows_what_changed() -> None:
    article = enriched(
        previous=VersionReference(article_id="a", version="1"),
        changes=[Change(kind="number", before="4", after="5")],
        novelty=0.25,
    )
    text = shown(article)
    assert "update" in text
    assert "25% of its text is new" in text
    assert "4" in text.split("number")[1]


def test_a_duplicate_shows_of_what_and_why() -> None:
    passage = Passage(text="They said so.", start=0, end=13, there_start=5, there_end=18)
    evidence = Evidence(
        compared_with=VersionReference(article_id="b" * 32, version="1"),
        containment=0.9,
        shared_passages=(passage,),
        names_only_here=("Anse",),
    )
    copy = Copy(duplicate_of="b" * 32, story_id="s", kind="near", similarity=0.9, evidence=evidence)
    text = shown(Duplicate(**IDENTITY, **dict(copy)))
    assert "duplicate, near" in text
    assert "90% of the shorter text" in text
    assert "They said so." in text
    assert "Anse" in text.split("only here")[1]


def test_a_withdrawal_shows_whom_it_reaches() -> None:
    recall = Recall(status="canceled", reason="wrong", story_id="s", affected=("c" * 32,))
    text = shown(Withdrawal(**IDENTITY, **dict(recall)))
    assert "withdrawal, canceled" in text
    assert "wrong" in text
    assert "cccccccc…" in text


def test_a_rejection_shows_the_reason_and_what_is_kept() -> None:
    rejection = clean_message(Message(b"no JSON"))
    assert isinstance(rejection, Rejection)
    text = shown(rejection)
    assert "Not JSON" in text
    assert "7 bytes" in text


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mred", "\x9b31m", "\u202eevil", "\x07", "a\u2028b", "\ud800"]
)
def test_nothing_that_acts_on_a_terminal_gets_through(hostile: str) -> None:
    assert not set(printable(hostile)) & set("\x1b\x9b\u202e\x07\u2028\ud800")


def test_markup_is_shown_and_not_obeyed() -> None:
    article = tagged(headline="[bold]Not bold[/bold] [link=x]")
    record = EnrichedArticle(**dict(article), story_id="s", relation="original")
    assert "[bold]Not bold[/bold]" in shown(record)


def test_a_long_text_is_cut_and_says_so() -> None:
    assert printable("a" * 300, 10) == "aaaaaaaaa…"
    assert printable("a" * 10, 10) == "a" * 10


def test_an_original_is_not_called_a_raw_article() -> None:
    assert "original" in shown(enriched(relation="original"))
    assert raw().source in shown(enriched(relation="original"))
