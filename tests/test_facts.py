import pytest

from pipeline.article_index.facts import contained, other_facts

REPORT = (
    "Brindle Textiles Inc said its board approved the sale of Brindle Yarns to Oakhanger Mills "
    "for 12.5 mln dlrs in cash, subject to the consent of its banks, and that it expects to "
    "close the sale by the end of June. Brindle Textiles said 340 people work at the unit."
)
HEADLINE = "BRINDLE TEXTILES TO SELL UNIT"
CUT = " ".join(REPORT.split()[:24])
OF_ANOTHER = REPORT.replace("Brindle", "Corvane").replace("12.5", "17.3").replace("340", "915")


@pytest.mark.parametrize("text", [REPORT, CUT, CUT.replace("12.5 mln", "12.5 mn")])
def test_a_text_that_was_cut_says_nothing_else(text: str) -> None:
    assert contained(text, REPORT)


@pytest.mark.parametrize(
    ("word", "other"),
    [("12.5", "17.3"), ("Oakhanger", "Lorrimer"), ("board approved", "two directors opposed")],
)
def test_another_figure_name_or_number_is_something_else(word: str, other: str) -> None:
    assert not contained(REPORT.replace(word, other), REPORT)


def test_other_words_are_something_else() -> None:
    text = REPORT.replace("the consent of its banks", "a vote that nobody could foresee")
    assert not contained(text, REPORT)


def test_three_is_3() -> None:
    assert contained(REPORT.replace("340", "three"), REPORT.replace("340", "3"))


@pytest.mark.parametrize(
    "brief",
    [
        "Qtly div 20 cts vs 20 cts previously\nPay April 15\nRecord March 23",
        "Brindle Textiles Inc said its board approved the sale",
    ],
)
def test_a_brief_of_nobody_or_of_few_words_may_be_anybodys(brief: str) -> None:
    assert not contained(brief, brief)


def test_a_report_of_another_company_has_other_facts() -> None:
    assert other_facts(("CORVANE TEXTILES TO SELL UNIT", OF_ANOTHER), (HEADLINE, REPORT))


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        pytest.param(HEADLINE, REPORT.replace("340", "915"), id="another figure of the same one"),
        pytest.param(
            HEADLINE.replace("BRINDLE", "BRYNDEL"),
            REPORT.replace("Brindle", "Bryndel"),
            id="a name spelled otherwise",
        ),
        pytest.param(
            HEADLINE.replace("BRINDLE", "BRINDLF"),
            REPORT.replace("Brindle", "Brindlf").replace("340", "840"),
            id="a misread name",
        ),
        pytest.param("MILL SOLD", OF_ANOTHER, id="a headline that names nobody"),
    ],
)
def test_these_are_of_the_same_one(headline: str, body: str) -> None:
    assert not other_facts((headline, body), (HEADLINE, REPORT))
