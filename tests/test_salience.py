from pipeline.entities.salience import salience, weight
from schemas import Mention


def in_body(*starts: int) -> list[Mention]:
    return [Mention(start=start, end=start + 1, text="X", field="body") for start in starts]


HEADLINE = Mention(start=0, end=1, text="X", field="headline")


def test_an_early_mention_weighs_more_than_a_late_one() -> None:
    assert weight(in_body(0), 1000) > weight(in_body(900), 1000)


def test_a_mention_in_the_headline_weighs_more_than_one_in_the_body() -> None:
    assert weight([*in_body(500), HEADLINE], 1000) > weight(in_body(500, 600), 1000)


def test_what_is_named_in_the_headline_alone_has_weight() -> None:
    assert weight([HEADLINE], 0) > 0


def test_what_weighs_most_has_a_salience_of_one_and_the_others_their_share() -> None:
    assert salience([2.0, 4.0, 1.0]) == [0.5, 1.0, 0.25]


def test_of_nothing_nothing_is_salient() -> None:
    assert salience([]) == []
