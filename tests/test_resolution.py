import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.gazetteer import KnownName
from pipeline.entities.resolution import Group, KnownNames, resolve
from pipeline.entities.span import Span
from schemas.article import EntityType


def known(name: str, kind: EntityType) -> KnownName:
    return KnownName(name, kind, None)


ISLAMIC_STATE = known("Islamic State", "ORG")
KNOWN = KnownNames(
    {
        "Islamic State": ISLAMIC_STATE,
        "ISIS": ISLAMIC_STATE,
        "Hong Kong": known("Hong Kong", "PLACE"),
        "Texas": known("Texas", "PLACE"),
        "Russian": known("Russians", "NORP"),
        "Russians": known("Russians", "NORP"),
        "WHO": known("World Health Organization", "ORG"),
        "Boko Haram": known("Boko Haram", "ORG"),
    }
)


def resolved(body: str, *named: tuple[str, EntityType], headline: str = "") -> dict[str, Group]:
    """Resolve `body`, in which the model saw the first place of each name; key by longest form."""
    spans = sorted(
        (Span(body.index(name), body.index(name) + len(name), kind) for name, kind in named),
        key=lambda span: span.start,
    )
    groups = resolve(headline, body, {"body": spans}, KNOWN)
    return {max(group.forms, key=len): group for group in groups}


def texts(group: Group) -> list[str]:
    return [mention.text for mention in sorted(group.mentions, key=lambda m: (m.field, m.start))]


def test_a_last_name_is_joined_with_the_full_name() -> None:
    found = resolved("Angela Merkel spoke. Then Merkel left.", ("Angela Merkel", "PERSON"))
    assert texts(found["Angela Merkel"]) == ["Angela Merkel", "Merkel"]


def test_a_last_name_that_the_model_took_for_something_else_is_joined_with_the_full_name() -> None:
    found = resolved(
        "Angela Merkel spoke. For Merkelberg, no: Merkel, she left.",
        ("Angela Merkel", "PERSON"),
        ("Merkel,", "ORG"),
    )
    assert texts(found["Angela Merkel"]) == ["Angela Merkel", "Merkel"]


def test_a_known_place_is_not_joined_with_whoever_is_called_like_it() -> None:
    found = resolved(
        "Ann Texas spoke in Dallas, and Texas heard it.",
        ("Ann Texas", "PERSON"),
        ("Dallas", "PLACE"),
    )
    assert found["Texas"].type == "PLACE"


def test_a_last_name_after_its_particle_is_joined() -> None:
    found = resolved(
        "Abu Bakr al-Baghdadi hid. Baghdadi was found.",
        ("Abu Bakr al-Baghdadi", "PERSON"),
        ("Baghdadi was", "ORG"),
    )
    assert "Abu Bakr al-Baghdadi" in found

    found = resolved(
        "Abu Bakr al-Baghdadi hid. So Baghdadi, was found.",
        ("Abu Bakr al-Baghdadi", "PERSON"),
        ("Baghdadi,", "PERSON"),
    )
    assert texts(found["Abu Bakr al-Baghdadi"]) == ["Abu Bakr al-Baghdadi", "Baghdadi"]


def test_a_last_name_that_two_people_share_stays_apart() -> None:
    body = "Ann Lee met Bo Lee. Lee spoke."
    people = [Span(0, 7, "PERSON"), Span(12, 18, "PERSON"), Span(20, 23, "PERSON")]
    assert len(resolve("", body, {"body": people}, KNOWN)) == 3


def test_a_title_is_no_part_of_a_name() -> None:
    found = resolved("So President Barack Obama said.", ("President Barack Obama", "PERSON"))
    assert list(found) == ["Barack Obama"]


def test_an_acronym_in_brackets_is_joined_with_its_name_and_found_again() -> None:
    found = resolved(
        "The Federal Security Service (FSB) said so. The FSB said more.",
        ("The Federal Security Service", "ORG"),
    )
    assert texts(found["Federal Security Service"]) == ["Federal Security Service", "FSB", "FSB"]


def test_a_bracket_that_begins_with_another_letter_is_no_acronym() -> None:
    found = resolved("The Port Authority (NYSE) said so.", ("Port Authority", "ORG"))
    assert texts(found["Port Authority"]) == ["Port Authority"]


def test_an_owner_and_what_it_owns_are_two_and_the_acronym_belongs_to_the_second() -> None:
    found = resolved(
        "The branch, the Islamic State’s Caucasus Province (ISIS-CP), said. ISIS denied it.",
        ("the Islamic State’s Caucasus Province", "ORG"),
        ("ISIS-CP", "ORG"),
    )
    assert texts(found["Islamic State"]) == ["Islamic State", "ISIS"]
    assert texts(found["Caucasus Province"]) == ["Caucasus Province", "ISIS-CP"]


def test_a_possessive_within_a_name_stays_where_the_owner_is_not_known() -> None:
    found = resolved("At Moody's Investors Service.", ("Moody's Investors Service", "ORG"))
    assert list(found) == ["Moody's Investors Service"]


def test_a_company_is_joined_with_its_name_without_the_legal_form() -> None:
    found = resolved(
        "Then Texaco Inc sued. But Texaco, they say, won.",
        ("Texaco Inc", "ORG"),
        ("Texaco,", "PERSON"),
    )
    assert texts(found["Texaco Inc"]) == ["Texaco Inc", "Texaco"]
    assert found["Texaco Inc"].type == "ORG"


def test_two_names_known_to_be_the_same_are_one() -> None:
    found = resolved("For Islamic State it was, for ISIS not.")
    assert texts(found["Islamic State"]) == ["Islamic State", "ISIS"]


def test_a_known_name_has_its_known_type() -> None:
    found = resolved("Then Boko Haram came.", ("Boko Haram", "PERSON"))
    assert found["Boko Haram"].type == "ORG"


def test_a_known_name_within_a_longer_one_is_left_to_it() -> None:
    found = resolved("At Texas Instruments Inc.", ("Texas Instruments Inc.", "ORG"))
    assert list(found) == ["Texas Instruments Inc."]


def test_a_known_name_of_one_word_beside_a_capitalised_word_is_left_alone() -> None:
    assert resolved("They met Texas Guinan there.") == {}


def test_a_people_in_the_plural_is_the_same_people() -> None:
    found = resolved(
        "A Chechen left. Many Chechens stayed.", ("Chechen", "NORP"), ("Chechens", "NORP")
    )
    assert texts(found["Chechens"]) == ["Chechen", "Chechens"]


def test_a_mention_that_the_model_did_not_see_is_found() -> None:
    found = resolved("In Makhachkala, they left Makhachkala.", ("Makhachkala", "PLACE"))
    assert [mention.start for mention in found["Makhachkala"].mentions] == [3, 26]


def test_part_of_a_longer_word_is_no_mention() -> None:
    found = resolved("Iran and the Iranian envoy.", ("Iran", "PLACE"))
    assert len(found["Iran"].mentions) == 1


def test_capitals_tell_a_company_from_a_fruit() -> None:
    found = resolved("Apple sold an apple.", ("Apple", "ORG"))
    assert len(found["Apple"].mentions) == 1


def test_a_month_is_no_mention_of_somebody_called_like_it() -> None:
    found = resolved("Theresa May spoke. In May, she left.", ("Theresa May", "PERSON"))
    assert texts(found["Theresa May"]) == ["Theresa May"]


def test_a_headline_in_capitals_is_searched_for_the_names_of_the_body() -> None:
    found = resolved("The bank of Bahia.", ("Bahia", "PLACE"), headline="BAHIA COCOA REVIEW")
    assert [(m.field, m.text) for m in found["Bahia"].mentions] == [
        ("body", "Bahia"), ("headline", "BAHIA"),
    ]  # fmt: skip


def test_a_headline_in_capitals_is_searched_for_long_known_names_only() -> None:
    found = resolved("Nothing.", headline="WHO SAYS HONG KONG WILL GROW")
    assert list(found) == ["HONG KONG"]


def test_the_type_is_put_to_the_vote() -> None:
    body = "Reuter, Reuter, Reuter"
    spans = [Span(0, 6, "PERSON"), Span(8, 14, "ORG"), Span(16, 22, "ORG")]
    assert resolve("", body, {"body": spans}, KNOWN)[0].type == "ORG"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the Volga’s", "Volga"),
        ("The Guardian", "Guardian"),
        ("“Caucasus Emirate”,", "Caucasus Emirate"),
        ("Moody's", "Moody"),
        ("the U.S.", "U.S."),
        ("the Emirates'", "Emirates"),
    ],
)
def test_a_name_is_without_article_possessive_and_quotes(text: str, name: str) -> None:
    groups = resolve("", text, {"body": [Span(0, len(text), "ORG")]}, KNOWN)
    assert [texts(group) for group in groups] == [[name]]


def test_what_has_no_letter_is_no_name() -> None:
    assert resolve("", "19 (", {"body": [Span(0, 4, "ORG")]}, KNOWN) == []


@given(
    st.text(alphabet="ABabS .’'(\n", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6),
    st.text(alphabet="AB ab", max_size=12),
    st.sampled_from(["PERSON", "ORG", "NORP"]),
)
def test_every_mention_cuts_its_text_out_and_none_overlaps(
    body: str, cuts: list[tuple[int, int]], headline: str, kind: EntityType
) -> None:
    spans, position = [], 0
    for start, length in sorted(cuts):
        if start >= position and start + length <= len(body):
            spans.append(Span(start, start + length, kind))
            position = start + length
    taken: set[tuple[str, int]] = set()
    for group in resolve(headline, body, {"body": spans}, KNOWN):
        for mention in group.mentions:
            text = body if mention.field == "body" else headline
            assert text[mention.start : mention.end] == mention.text
            places = {(mention.field, place) for place in range(mention.start, mention.end)}
            assert not places & taken
            taken |= places
