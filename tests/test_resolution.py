import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.resolution import resolve
from pipeline.entities.span import Span
from schemas import Entity
from schemas.article import EntityType


def entities(body: str, *named: tuple[str, EntityType], headline: str = "") -> dict[str, Entity]:
    """Resolve `body`, in which the model saw the first place of each name."""
    spans = sorted(
        (Span(body.index(name), body.index(name) + len(name), kind) for name, kind in named),
        key=lambda span: span.start,
    )
    return {entity.name: entity for entity in resolve(headline, body, {"body": spans})}


def test_a_short_name_is_joined_with_the_full_one() -> None:
    found = entities(
        "Angela Merkel spoke. Then Merkel left.",
        ("Angela Merkel", "PERSON"),
        ("Merkel left", "ORG"),
    )
    assert found["Angela Merkel"].type == "PERSON"

    found = entities("Angela Merkel spoke. Later on Merkel left.", ("Angela Merkel", "PERSON"))
    body = "Angela Merkel spoke. Later on Merkel left."
    seen = resolve("", body, {"body": [Span(0, 13, "PERSON"), Span(30, 36, "PERSON")]})
    assert [mention.text for mention in seen[0].mentions] == ["Angela Merkel", "Merkel"]


def test_a_short_name_that_two_people_share_stays_apart() -> None:
    body = "Ann Lee met Bo Lee. Lee spoke."
    people = [Span(0, 7, "PERSON"), Span(12, 18, "PERSON"), Span(20, 23, "PERSON")]
    assert len(resolve("", body, {"body": people})) == 3


def test_an_acronym_in_brackets_is_joined_with_its_name_and_found_again() -> None:
    found = entities(
        "The Federal Security Service (FSB) said so. The FSB said more.",
        ("The Federal Security Service", "ORG"),
    )
    service = found["Federal Security Service"]
    assert [mention.text for mention in service.mentions] == [
        "Federal Security Service", "FSB", "FSB",
    ]  # fmt: skip


def test_a_bracket_that_begins_with_another_letter_is_no_acronym() -> None:
    found = entities("The Port Authority (NYSE) said so.", ("Port Authority", "ORG"))
    assert [mention.text for mention in found["Port Authority"].mentions] == ["Port Authority"]


def test_a_mention_that_the_model_did_not_see_is_found() -> None:
    found = entities("In Makhachkala, they left Makhachkala.", ("Makhachkala", "PLACE"))
    assert [mention.start for mention in found["Makhachkala"].mentions] == [3, 26]


def test_part_of_a_longer_word_is_no_mention() -> None:
    found = entities("Iran and the Iranian envoy.", ("Iran", "PLACE"))
    assert len(found["Iran"].mentions) == 1


def test_capitals_tell_a_company_from_a_fruit() -> None:
    found = entities("Apple sold an apple.", ("Apple", "ORG"))
    assert len(found["Apple"].mentions) == 1


def test_a_headline_in_capitals_is_searched_for_the_names_of_the_body() -> None:
    found = entities("The bank of Bahia.", ("Bahia", "PLACE"), headline="BAHIA COCOA REVIEW")
    assert [(m.field, m.text) for m in found["Bahia"].mentions] == [
        ("headline", "BAHIA"), ("body", "Bahia"),
    ]  # fmt: skip


def test_the_type_is_put_to_the_vote() -> None:
    body = "Reuter, Reuter, Reuter"
    spans = [Span(0, 6, "PERSON"), Span(8, 14, "ORG"), Span(16, 22, "ORG")]
    assert resolve("", body, {"body": spans})[0].type == "ORG"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the Islamic State’s", "Islamic State"),
        ("The Guardian", "Guardian"),
        ("“Caucasus Emirate”,", "Caucasus Emirate"),
        ("Russia's", "Russia"),
        ("the U.S.", "U.S."),
    ],
)
def test_a_name_is_without_article_possessive_and_quotes(text: str, name: str) -> None:
    assert [entity.name for entity in resolve("", text, {"body": [Span(0, len(text), "ORG")]})] == [
        name
    ]


def test_what_has_no_letter_is_no_name() -> None:
    assert resolve("", "19 (", {"body": [Span(0, 4, "ORG")]}) == ()


def test_what_leads_and_recurs_is_more_salient_than_what_comes_last() -> None:
    found = entities(
        "Volkswagen grew. Volkswagen said so in Wolfsburg, far from any talk of Paris.",
        ("Volkswagen", "ORG"),
        ("Wolfsburg", "PLACE"),
        ("Paris", "PLACE"),
    )
    assert found["Volkswagen"].salience == 1
    assert found["Wolfsburg"].salience > found["Paris"].salience


def test_an_id_is_the_same_in_every_article() -> None:
    first = entities("In New York today.", ("New York", "PLACE"))
    second = entities("About New\nYork tomorrow.", ("New\nYork", "PLACE"))
    assert first["New York"].id == second["New York"].id == "place:new-york"


@given(
    st.text(alphabet="ABab .’'(\n", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6),
    st.text(alphabet="AB ab", max_size=12),
)
def test_every_mention_cuts_its_text_out_and_none_overlaps(
    body: str, cuts: list[tuple[int, int]], headline: str
) -> None:
    spans, position = [], 0
    for start, length in sorted(cuts):
        if start >= position and start + length <= len(body):
            spans.append(Span(start, start + length, "ORG"))
            position = start + length
    taken: set[tuple[str, int]] = set()
    for entity in resolve(headline, body, {"body": spans}):
        for mention in entity.mentions:
            text = body if mention.field == "body" else headline
            assert text[mention.start : mention.end] == mention.text
            places = {(mention.field, place) for place in range(mention.start, mention.end)}
            assert not places & taken
            taken |= places
