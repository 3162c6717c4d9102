from articles import tagged
from scripted_wire import WIRE

from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from schemas import Copy, Placement, TaggedArticle

NAMES = {"a": "Agency", "b": "Bulletin", "c": "Courier"}


def articles() -> list[TaggedArticle]:
    return [
        tagged(
            item.text,
            minutes=number,
            source=NAMES[item.name[0]],
            source_id=item.name,
            headline=item.headline,
            **item.fields,
        )
        for number, item in enumerate(WIRE)
    ]


def told(verdict: Verdict, name_of: dict[str, str]) -> str:
    """Return a verdict in the words of the scripted wire."""
    if isinstance(verdict, Copy):
        return f"{verdict.kind} of {name_of[verdict.duplicate_of]}"
    if isinstance(verdict, Placement):
        previous = verdict.previous
        return f"{verdict.relation} of {name_of[previous.article_id]}" if previous else "original"
    return f"{verdict.status}: " + " ".join(name_of[name] for name in verdict.affected)


def test_every_item_of_the_wire_becomes_what_it_is() -> None:
    index = ArticleIndex({}, {})
    wire = articles()
    name_of = {article.article_id: article.source_id or "" for article in wire}
    outcomes = [told(index.judge(article), name_of).strip() for article in wire]
    assert list(zip((item.name for item in WIRE), outcomes, strict=True)) == [
        (item.name, item.outcome) for item in WIRE
    ]


def test_the_wire_is_long_enough_to_mean_something() -> None:
    assert len(WIRE) >= 60
