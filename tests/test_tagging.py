from articles import raw

from pipeline.demo.wire import seed_article
from pipeline.entities.finder import EntityFinder
from pipeline.stages.cleaning import clean
from pipeline.stages.tagging import TAGGED_CHARACTERS, tag


def test_the_seed_article_names_whom_and_what_it_is_about(finder: EntityFinder) -> None:
    article = tag(clean(raw(seed_article())), finder)
    found = {(entity.type, entity.name): len(entity.mentions) for entity in article.entities}
    assert found["PERSON", "Rustam Asildarov"] == 7
    assert found["ORG", "Federal Security Service"] == 4
    assert found["PLACE", "Makhachkala"] == 2
    assert found["PLACE", "Dagestan"] == 3
    assert found["PLACE", "Volgograd"] == 1
    about = [entity.name for entity in article.entities[:2]]
    assert sorted(about) == ["Islamic State", "Rustam Asildarov"]


def test_every_offset_cuts_its_text_out_of_the_record(finder: EntityFinder) -> None:
    article = tag(clean(raw(seed_article())), finder)
    for entity in article.entities:
        for mention in entity.mentions:
            text = article.body if mention.field == "body" else article.headline
            assert text[mention.start : mention.end] == mention.text


def test_tagging_does_not_depend_on_what_was_tagged_before(finder: EntityFinder) -> None:
    article = clean(raw(seed_article()))
    first = tag(article, finder)
    tag(clean(raw("Apple buys Volgograd\n\nRustam Asildarov is a company in Paris.")), finder)
    assert tag(article, finder) == first


def test_an_empty_body_is_tagged_with_nothing(finder: EntityFinder) -> None:
    assert tag(clean(raw("", headline="on and on")), finder).entities == ()


def test_a_very_long_body_is_tagged_up_to_the_limit_and_says_so(finder: EntityFinder) -> None:
    body = "They met in Paris. " + "word " * (TAGGED_CHARACTERS // 5)
    article = tag(clean(raw(body, headline="Meeting")), finder)
    assert article.tagged_until == TAGGED_CHARACTERS
    assert [entity.name for entity in article.entities] == ["Paris"]


def test_a_body_within_the_limit_is_tagged_whole(finder: EntityFinder) -> None:
    assert tag(clean(raw("They met in Paris.", headline="Meeting")), finder).tagged_until is None
