import pytest
from articles import raw
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo.wire import seed_article
from pipeline.entities.finder import GAZETTEER, EntityFinder
from pipeline.errors import UserError
from pipeline.stages.cleaning import clean
from pipeline.stages.tagging import tag
from schemas import Entity

LINKED = {
    "Russia": "2017370",
    "Dagestan": "567293",
    "Makhachkala": "532096",
    "Chechnya": "569665",
    "Magaramkent": "532307",
    "Volgograd": "472757",
}


def found(
    finder: EntityFinder, body: str, headline: str = "", language: str | None = "en"
) -> dict[str, Entity]:
    return {
        entity.name: entity
        for entity in finder.find(headline, body, language=language, filed_from=None).entities
    }


@pytest.fixture(scope="module")
def seed(finder: EntityFinder) -> dict[str, Entity]:
    return {entity.name: entity for entity in tag(clean(raw(seed_article())), finder).entities}


@pytest.mark.parametrize(
    ("name", "kind", "mentions"),
    [
        ("Rustam Asildarov", "PERSON", 7),
        ("Abu Bakr al-Baghdadi", "PERSON", 1),
        ("Islamic State", "ORG", 7),
        ("Caucasus Province", "ORG", 2),
        ("Federal Security Service", "ORG", 4),
        ("Caucasus Emirate", "ORG", 1),
        ("Russia", "PLACE", 3),
        ("Dagestan", "PLACE", 3),
        ("Makhachkala", "PLACE", 2),
        ("Chechnya", "PLACE", 2),
        ("Caucasus", "PLACE", 1),
        ("North Caucasus", "PLACE", 1),
        ("Magaramkent", "PLACE", 1),
        ("Volgograd", "PLACE", 1),
        ("Russian", "NORP", 2),
        ("Muslim", "NORP", 1),
    ],
)
def test_the_seed_article_names_each_thing_once_with_all_its_mentions(
    seed: dict[str, Entity], name: str, kind: str, mentions: int
) -> None:
    assert seed[name].type == kind
    assert len(seed[name].mentions) == mentions


def test_the_seed_article_names_nothing_else(seed: dict[str, Entity]) -> None:
    assert len(seed) == 16


@pytest.mark.parametrize(("name", "geonames"), LINKED.items())
def test_the_places_of_the_seed_article_are_linked(
    seed: dict[str, Entity], name: str, geonames: str
) -> None:
    link = seed[name].link
    assert link is not None
    assert (link.geonames, link.country) == (geonames, "RU")


def test_two_names_of_one_place_are_one_entity(finder: EntityFinder) -> None:
    entities = found(finder, "The United States said so. Later the U.S. denied it.")
    assert [mention.text for mention in entities["United States"].mentions] == [
        "United States", "U.S.",
    ]  # fmt: skip


def test_a_place_means_what_the_other_places_of_the_article_say(finder: EntityFinder) -> None:
    entities = found(finder, "He lives in Paris, Texas. In Paris, he said, nothing happens.")
    link = entities["Paris"].link
    assert link is not None
    assert link.country == "US"


def test_where_an_article_was_filed_says_which_place_it_means(finder: EntityFinder) -> None:
    body = "The council of Birmingham met."
    linked = finder.find("", body, "en", filed_from="Montgomery, Alabama").entities[0].link
    assert linked is not None
    assert linked.country == "US"


def test_an_article_without_text_has_no_entities_and_says_why(finder: EntityFinder) -> None:
    entities = finder.find("", " \n12\x00", "en", None)
    assert (entities.entities, entities.tagger) == ((), None)
    assert entities.untagged_reason == "no_text"


def test_an_article_that_names_nothing_says_so(finder: EntityFinder) -> None:
    entities = finder.find("", "so it goes on and on", "en", None)
    assert (entities.tagger, entities.untagged_reason) == ("newswire", "no_names")


def test_a_language_without_a_model_is_searched_for_known_names_alone(
    finder: EntityFinder,
) -> None:
    entities = finder.find("", "Heute hat die NATO in Brüssel getagt.", "de", None)
    assert entities.tagger == GAZETTEER
    assert [entity.name for entity in entities.entities] == ["NATO"]
    assert entities.untagged_reason is None


def test_a_text_that_no_model_reads_and_that_names_nothing_known_says_so(
    finder: EntityFinder,
) -> None:
    entities = finder.find("", "ეს არის ტექსტი", "ka", None)
    assert (entities.tagger, entities.untagged_reason) == (GAZETTEER, "no_model")


@given(st.text(st.characters(), max_size=200), st.text(st.characters(), max_size=40))
def test_any_text_at_all_is_searched(finder: EntityFinder, body: str, headline: str) -> None:
    for entity in finder.find(headline, body, None, headline).entities:
        for mention in entity.mentions:
            text = body if mention.field == "body" else headline
            assert text[mention.start : mention.end] == mention.text


@pytest.mark.parametrize(
    "body",
    [
        "a" * 100_000,
        "A" * 100_000,
        "Paris " * 16_000,
        "Bo Lee " * 14_000,
        "Xy's " * 20_000,
        "\x00\x01" * 50_000,
        "\ud800" * 50_000,
        "(A) " * 25_000,
        ". " * 50_000,
        "the " * 25_000,
    ],
    ids=["word", "capitals", "places", "people", "owners", "controls", "surrogates", "brackets",
         "stops", "articles"],
)  # fmt: skip
def test_hostile_text_is_searched_to_its_end(finder: EntityFinder, body: str) -> None:
    finder.find("", body, "en", None)


def test_a_model_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"^NEWSWIRE_TAGGER=xx_none: no such spaCy pipeline"):
        EntityFinder.load("newswire, xx_none")
