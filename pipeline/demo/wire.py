"""A day on a small wire: one real story and what happens to stories."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

from schemas import RawArticle

_MORNING = datetime(2015, 12, 3, 9, 0, tzinfo=UTC)


def seed_article() -> str:
    """Return the real article that the demonstration is made of, as it was scraped."""
    return (files("pipeline.demo") / "bno-news-asildarov.txt").read_text(encoding="utf-8")


def demo_wire() -> list[RawArticle | bytes]:
    """Return the story, a copy, an update, a correction, a kill and a broken message, in order.

    All but the first are the first, edited; the copy is what another newsroom makes of it.
    """
    seed = seed_article()
    paragraphs = seed.split("\n\n")
    copy = "\n\n".join(
        ["Militant leader killed in Dagestan", "Advertisement", *paragraphs[3:9], paragraphs[10]]
    )
    update = seed.replace(
        "killing Asildarov and four other militants",
        "killing Asildarov and five other militants",
    ).replace(
        "None of the security forces were injured.",
        "Two members of the security forces were injured, officials said later.",
    )
    correction = update.replace("December 29", "December 30").replace(
        "Top ISIS commander", "CORRECTED: Top ISIS commander"
    )
    return [
        _delivery("BNO News", seed, 0, source_id="asildarov", version="1"),
        _delivery("Example Daily", copy, 35),
        _delivery("BNO News", update, 80, source_id="asildarov", version="2"),
        _delivery("BNO News", correction, 130, source_id="asildarov", version="3"),
        RawArticle(
            source="BNO News",
            source_id="asildarov",
            version="4",
            status="canceled",
            editorial_note="KILL: demonstration of a withdrawal; the story itself stands.",
            received_at=_MORNING + timedelta(minutes=200),
        ),
        b'{"source": "BNO News", "headline": "cut off in transm',
    ]


def _delivery(source: str, text: str, minutes: int, **identity: str) -> RawArticle:
    return RawArticle.model_validate(
        {
            "source": source,
            "content": text,
            "language": "en",
            "received_at": _MORNING + timedelta(minutes=minutes),
            **identity,
        }
    )
