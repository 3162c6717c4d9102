import re
from contextlib import suppress
from typing import get_args

import pytest
from articles import tagged
from final_records import entities
from hypothesis import given
from hypothesis import strategies as st

from pipeline.filters import FIELDS, Filter, FilterError
from pipeline.filters.expression import And, Expression, Not, Operator, Or, Term
from pipeline.filters.fields import View
from pipeline.filters.parsing import DEEPEST, LONGEST, parse
from pipeline.filters.words import Words, folded
from schemas import (
    Copy,
    Duplicate,
    EnrichedArticle,
    Evidence,
    FinalRecord,
    Recall,
    Rejection,
    Withdrawal,
)

HEADLINE = "Oil prices rise after OPEC talks"
BODY = (
    "Japan’s central bank left interest-rates alone.\n\n"
    "Reagan spoke in Tokyo. The price of oil rose."
)


def article(headline: str = HEADLINE, body: str = BODY, **fields: object) -> EnrichedArticle:
    known = {
        **dict(tagged()),
        "headline": headline,
        "body": body,
        "language": "en",
        "entities": entities(headline, body),
        **fields,
    }
    return EnrichedArticle(**known, story_id="s", relation="update", novelty=0.25)


def duplicate() -> Duplicate:
    copy = Copy(
        duplicate_of="b", story_id="s", kind="near", similarity=1, evidence=Evidence(containment=1)
    )
    return Duplicate(article_id="a", source="Wire", version="1", headline=HEADLINE, **dict(copy))


RECORDS: list[FinalRecord] = [
    article(),
    article(headline="Nothing", body="", source="Other", language="pt-BR"),
    duplicate(),
    Withdrawal(article_id="a", source="Wire", version="1", headline="KILL",
               **dict(Recall(status="canceled", reason="wrong"))),
    Rejection(stage="parse", reason="not_json", detail="x", topic=None, value=b""),
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "entity:OPEC",
        "entity:opec",
        "entity:wikidata:Q7795",
        "entity:(nobody, OPEC)",
        'entity="OPEC"',
        "type:PLACE",
        "type:(NORP, place)",
        "country:JP",
        "country:jp",
        "language:en",
        "source:Wire",
        "source:wire",
        "relation:update",
        "novelty:0.25",
        "novelty=0.25",
        "novelty<0.3",
        "novelty<=0.25",
        "novelty>0.2",
        "novelty >= 0.25",
        "headline:OIL",
        'headline:"oil prices"',
        "headline:(gas, oil)",
        "body:Japan's",
        'body:"interest rates"',
        'text:"opec talks"',
        "text:tokyo",
        "oil",
        '"oil prices"',
        "'oil prices'",
        "oil and reagan",
        "nobody or reagan",
        "not nobody",
        "NOT (nobody OR nothing) AND oil",
        "nobody and nothing or oil",
        "oil or nobody and nothing",
        "not not oil",
        "not kind:near",
    ],
)
def test_what_is_there_matches(text: str) -> None:
    assert Filter(text)(article())


@pytest.mark.parametrize(
    "text",
    [
        "entity:Op",
        "entity:Nakasone",
        "type:ORG and type:NORP",
        "country:FR",
        "language:pt",
        "source:Wir",
        "relation:original",
        "novelty>0.25",
        "headline:oi",
        "headline:tokyo",
        "body:opec",
        'body:"alone Reagan"',
        'headline:"prices oil"',
        "kind:near",
        "not oil",
        "nobody and (oil or opec)",
    ],
)
def test_what_is_not_there_does_not_match(text: str) -> None:
    assert not Filter(text)(article())


def test_a_language_is_found_by_its_first_part() -> None:
    assert Filter("language:pt")(article(language="pt-BR"))
    assert not Filter("language:pt-BR")(article(language="pt"))


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_that_a_record_lacks_does_not_match_and_its_negation_does(field: str) -> None:
    rejection = RECORDS[-1]
    example = FIELDS[field].example
    assert not Filter(example)(rejection)
    assert Filter(f"not {example}")(rejection)


def test_the_kind_of_a_copy_is_found() -> None:
    assert Filter("kind:(exact, near) and headline:oil")(duplicate())


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_the_example_of_a_field_is_of_that_field(field: str) -> None:
    expression = parse(FIELDS[field].example)
    assert isinstance(expression, Term)
    assert expression.field == field


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        ("", "it is empty", ""),
        ("   ", "it is empty", ""),
        ("contry:RU", "no such field: contry; there are entity, type,", "contry"),
        ("oil and contry:RU", "no such field: contry", "contry"),
        ("novelty>=30", "30 is no number from 0 to 1", "30"),
        ("novelty:nan", "nan is no number from 0 to 1", "nan"),
        ("country:Russia", "Russia is no country code", "Russia"),
        ("type:(ORG, CITY)", "CITY is none of PERSON", "CITY"),
        ("relation:copy", "copy is none of original", "copy"),
        ("kind:copy", "copy is none of exact", "copy"),
        ("language:e_n", "e_n is no language code", "e_n"),
        ("source>Wire", "source is followed by :, not by >", ">"),
        ("killed in", "`and`, `or` or the end belongs here; a phrase needs quotes", "in"),
        ("headline:killed in", "`and`, `or` or the end", "in"),
        ("(oil", "this ( is not closed", "("),
        ("oil)", "this ) closes nothing", ")"),
        ("source:(a, b", "this ( is not closed", "("),
        ("source:(a b)", ", or ) belongs here", "b"),
        ("source:()", "a value is missing here", ")"),
        ("oil and", "a condition is missing here", ""),
        ("not", "a condition is missing here", ""),
        ("and oil", "a condition is missing here", "and"),
        ("oil or or gas", "a condition is missing here", "or"),
        ('"oil', "this quote is not closed", '"'),
        ("source:", "a value is missing here", ""),
        ("source:not", 'as a value, not needs quotes: "not"', "not"),
        ('headline:"..."', "there is no word in it", '"..."'),
        ("source:''", "the value is empty", "''"),
        (", oil", "a value is missing here", ","),
    ],
)
def test_an_error_says_what_is_wrong_and_points_at_the_place(
    text: str, reason: str, marked: str
) -> None:
    with pytest.raises(FilterError) as raised:
        Filter(text)
    error = raised.value
    assert error.reason.startswith(reason)
    assert text[error.start : error.end] == marked
    first, shown, marks = str(error).split("\n")
    assert first == f"filter, character {error.start + 1}: {error.reason}"
    assert shown[marks.index("^") : marks.rindex("^") + 1].strip() == marked


def test_the_mark_of_an_error_stands_below_wide_characters_too() -> None:
    with pytest.raises(FilterError) as raised:
        Filter("東京 foo")
    assert str(raised.value).split("\n")[2] == "  " + " " * 5 + "^^^"


def test_of_a_long_expression_the_part_with_the_error_is_shown() -> None:
    with pytest.raises(FilterError) as raised:
        Filter("oil or " * 100 + "contry:RU" + " or gas" * 100)
    _, shown, marks = str(raised.value).split("\n")
    assert len(shown) < 100
    assert shown[marks.index("^") :].startswith("contry")


def test_an_error_does_not_repeat_what_acts_on_a_terminal() -> None:
    with pytest.raises(FilterError) as raised:
        Filter("oil \x1b[31m\u202e red")
    assert not set(str(raised.value)) & set("\x1b\u202e")


@pytest.mark.parametrize("nest", ["({})", "not {}", "(not {})"])
def test_nesting_has_a_bound(nest: str) -> None:
    text = "oil"
    for _ in range(DEEPEST // (2 if nest == "(not {})" else 1)):
        text = nest.format(text)
    Filter(text)
    with pytest.raises(FilterError, match="nested more than 50 deep"):
        Filter(nest.format(text))


def test_the_length_has_a_bound() -> None:
    with pytest.raises(FilterError, match="longer than 4000 characters"):
        Filter("x" * (LONGEST + 1))
    many = " or ".join(["a"] * 700)
    assert Filter(many)(article("A b", "c"))


values = st.text(min_size=1, max_size=12).filter(lambda value: value.strip())


def terms() -> st.SearchStrategy[Expression]:
    shares = st.floats(0, 1).map(repr)
    words = values.filter(Words.in_text)
    named = st.tuples(values) | st.tuples(values, values)
    return st.one_of(
        st.builds(Term, st.sampled_from(["entity", "source"]), st.just(":"), named),
        st.builds(Term, st.sampled_from(["headline", "body", "text"]), st.just(":"),
                  st.tuples(words) | st.tuples(words, words)),
        st.builds(Term, st.none(), st.just(":"), st.tuples(words)),
        st.builds(Term, st.just("novelty"), st.sampled_from(get_args(Operator)),
                  st.tuples(shares)),
        st.builds(Term, st.just("type"), st.just(":"), st.just(("PERSON", "ORG"))),
        st.sampled_from([parse(field.example) for field in FIELDS.values()]),
    )  # fmt: skip


def _longer(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)


expressions = st.recursive(terms(), _longer, max_leaves=8)


@given(expressions)
def test_what_is_printed_is_parsed_to_the_same(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(expressions, expressions, st.sampled_from(RECORDS))
def test_de_morgan_holds(one: Expression, other: Expression, record: FinalRecord) -> None:
    neither = Filter.of(Not(Or((one, other))))
    both_not = Filter.of(And((Not(one), Not(other))))
    assert neither(record) == both_not(record)


@given(expressions, st.sampled_from(RECORDS))
def test_a_record_matches_or_its_negation_does(expression: Expression, record: FinalRecord) -> None:
    assert Filter.of(expression)(record) != Filter.of(Not(expression))(record)


@given(expressions, st.sampled_from(RECORDS))
def test_what_matches_has_a_reason_and_nothing_else_has(
    expression: Expression, record: FinalRecord
) -> None:
    wanted = Filter.of(expression)
    assert bool(wanted.explain(record)) == wanted(record)


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [*FIELDS, *"():,<>='\"\\ ", "and ", " or", "not", ":(", '"a"', "RU", "0.5", "\x00"]
        ),
        max_size=20,
    ).map("".join)
)
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    with suppress(FilterError):
        Filter(text)(RECORDS[0])


def test_an_explanation_shows_what_was_found() -> None:
    wanted = Filter('country:JP and ("interest rates" or gas) and not relation:original')
    assert wanted.explain(article()) == [
        "country:JP: Japan is in JP",
        '"interest rates": body: Japan’s central bank left interest-rates alone. '
        "Reagan spoke in Tokyo…",
        "not relation:original",
    ]


def test_an_explanation_shows_the_words_as_they_are_written() -> None:
    (reason,) = Filter("headline:opec").explain(article())
    assert re.search(r"after OPEC talks$", reason)


def test_casefolding_that_moves_offsets_does_no_harm() -> None:
    (reason,) = Filter("body:tokyo").explain(article(body="Straßen, Straßen, Straßen in Tokyo"))
    assert reason.endswith("in tokyo")


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("oil", "soil", False),
        ("oil", "oils", False),
        ("oil", "oil,", True),
        ("interest rates", "interest\nrates", False),
        ("interest rates", "interest   rates", True),
        ("u.s.", "the u.s. said", True),
        ("naïve", "a naïve plan", True),
        ("straße", "STRASSE".casefold(), True),
        ("東京", "昨日東京で地震", True),
        ("हिन्दी", "यह हिन्दी है", True),
        ("हिन्दी", "यह हिन्दू है", False),
        ("cafe\u0301", "the café closed", True),
    ],
)
def test_words_are_found_as_words(value: str, text: str, found: bool) -> None:
    assert (Words(value).find(folded(text)) is not None) is found


@given(st.text(st.sampled_from("aZéß’“”—… \n€東")))
def test_folding_changes_punctuation_alone(text: str) -> None:
    plain = re.sub(r"[’“”—…€]", " ", text).casefold()
    assert folded(text) == plain


def test_a_view_of_a_record_without_texts_has_empty_ones() -> None:
    view = View(RECORDS[-1])
    assert (view.headline, view.body, view.entities) == ("", "", ())
