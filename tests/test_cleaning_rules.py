"""Every rule finds the example that it was made for, and lets pass what merely looks like one."""

import pytest

from pipeline.cleaning.names import names_in
from pipeline.cleaning.rules import LANGUAGES, LONGEST_LINE, RULES, Rule, rules_for
from pipeline.stages.cleaning import clean
from schemas import CleanArticle, RawArticle

BEFORE = "The port of Lundby reopened on Tuesday after a fire that closed two of its piers."
AFTER = "Nobody was hurt, and the three ships at anchor were moved to the outer roads."
HEADLINE = "Port of Lundby reopens after fire"

# Enough of each language with rules for it to be recognised.
STORIES = {
    "en": (BEFORE, AFTER),
    "de": (
        "Der Hafen von Lundby ist nach einem Brand am Dienstag wieder geöffnet worden.",
        "Niemand wurde verletzt. Drei Schiffe mussten auf die äußere Reede verlegt werden.",
    ),
    "fr": (
        "Le port de Lundby a rouvert mardi après un incendie qui avait fermé deux quais.",
        "Personne n’a été blessé. Trois navires ont dû être déplacés vers la rade extérieure.",
    ),
    "es": (
        "El puerto de Lundby reabrió el martes después de un incendio que cerró dos muelles.",
        "Nadie resultó herido. Tres barcos tuvieron que ser trasladados a la rada exterior.",
    ),
}


def cleaned(*paragraphs: str, language: str = "en") -> CleanArticle:
    """Clean an article of these paragraphs that came with its headline."""
    content = "\n\n".join(paragraphs)
    return clean(RawArticle(source="test", headline=HEADLINE, content=content, language=language))


def in_its_zone(rule: Rule) -> tuple[str, ...]:
    """Set the rule's example where the rule looks, between real sentences of its language."""
    before, after = STORIES[rule.language or "en"]
    match rule.zone:
        case "opening":
            return rule.example + " rose.", after
        case "head":
            return rule.example, before, after
        case "tail" | "closing":
            return before, after, rule.example
        case "anywhere":
            return before, rule.example, after


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}: {rule.example[:40]}")
def test_a_rule_finds_its_example(rule: Rule) -> None:
    article = cleaned(*in_its_zone(rule), language=rule.language or "en")
    found = [edit.text for edit in article.removed if edit.kind == rule.kind]
    assert [text for text in found if text in rule.example]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}: {rule.example[:40]}")
def test_a_rule_matches_its_own_example(rule: Rule) -> None:
    fit = rule.pattern.search if rule.zone == "closing" else rule.pattern.match
    assert fit(rule.example)


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.zone not in ("opening", "closing")],
    ids=lambda rule: f"{rule.kind}: {rule.example[:40]}",
)
def test_a_rule_for_lines_matches_none_that_goes_on(rule: Rule) -> None:
    assert not rule.pattern.match(f"{rule.example}\nand so the harbor master said on Tuesday.")


def test_no_example_is_longer_than_the_lines_looked_at() -> None:
    assert max(len(rule.example) for rule in RULES) <= LONGEST_LINE


def test_every_language_with_rules_has_the_rules_for_all() -> None:
    for language in LANGUAGES:
        assert set(rules_for(None)) < set(rules_for(language))


LOOK_ALIKES = (
    "Copyright law is a blunt instrument for such cases, the judge wrote.",
    "Copyright 2015 was the year in which the rules changed, she said.",
    "Copyright holders said they would appeal.",
    "All rights reserved for members were withdrawn on Monday.",
    "By Friday, the river had reached the second flood mark.",
    "By Monday evening the fire was out.",
    "By the numbers, the port is the third largest in the country.",
    "By and large, Jane Doe and John Roe agreed.",
    "By Jane Doe's own account, the fire was out at noon.",
    "By Jane Doe in London, the report was finished on time.",
    "Written by Jane Doe in 1985, the play ran for ten years.",
    "From Jane Doe in London came word that the ship was safe.",
    "Advertisement spending rose 4 percent in the quarter.",
    "Advertisements were pulled from the site.",
    "Photo of author Jane Doe sold at auction for 3,000 euros.",
    "Photos by the thousand were lost in the fire.",
    "Pictures by Monet and Renoir were sold on Tuesday.",
    "Images of the fire were shown on television.",
    "Image is everything, he said.",
    "Credit Suisse shares fell 4 percent.",
    "Credit goes to Jane Doe and her crew.",
    "Courtesy of the mayor, the band played on.",
    "Getty Images said it would appeal.",
    "AP Photo was founded in 1927, the book says.",
    "Read more books, the minister told the pupils.",
    "Related parties bought the rest of the shares.",
    "Recommended doses vary, the agency said.",
    "Share prices fell in Tokyo.",
    "Share this view or not, she said, it is the law.",
    "Follow the money, he said.",
    "Follow Jane Doe on her way to work and you will see three closed shops.",
    "Like us, they came by ship.",
    "Subscribe to that view and the rest is simple, she said.",
    "Sign up for classes began on Monday.",
    "Comments were not returned.",
    "Loading the ship took three days.",
    "Print sales rose for the first time in ten years.",
    "Listen to the sea, she told them.",
    "Published in 1999, the book sold two million copies.",
    "Posted Monday, the video shows a ship on fire.",
    "Updated maps were sent to the crews on Tuesday.",
    "Click here, and the light goes on, he said.",
    "For more than an hour, crews searched the site.",
    "Reporting by the commission showed that 12 people knew.",
    "Editing by hand is slow, she said.",
    "Jane Doe contributed to this report's defeat in the council, he said.",
    "Reuters said it would appeal.",
    "Reuter was born in Kassel in 1816.",
    "The AP reported the deal first.",
    "The Associated Press (AP) said it would appeal.",
    "Canadian Pacific (CP) — the railway — said on Monday it was in talks.",
    "The Federal Security Service (FSB) — Russia's domestic agency — said negotiations failed.",
    "NATO — the alliance of 32 states — said no.",
    "NATO — The alliance of 32 states said no.",
    "BREAKING — The word was on every screen.",
    "U.S. - China talks will go on, the minister said.",
    "On Friday, March 6 - the day of the fire - he was at sea.",
    "More than 300 people came.",
    "End of the road for the port, some say.",
    "Ends justify means, the old man said.",
    "(Updating the map took two years, he added.)",
    "(Changes are planned, she said.)",
    "(He declined to say when.)",
    "(Corrected copies were sent to the court, but it had not read them.) He waited.",
    "Editor Jane Doe said the paper would go on.",
    "Editors: a dying breed? Not in Lundby",
    "This report was written before the fire.",
    "This story was told to the court on Tuesday.",
    "Correction of the figures took a week.",
    "Corrects was the word he used.",
    "AM radio is dying, the study found.",
    "AM-based stations lost a third of their listeners.",
    "Urgent repairs were ordered.",
    "Bulletin boards were full of it.",
    "SOURCE of the Nile, the sign read.",
    "Video of the fire was shown in court.",
    "Website traffic doubled on Tuesday.",
    "(c) Damages",
)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("sentence", LOOK_ALIKES)
def test_a_sentence_that_merely_looks_like_furniture_stays(sentence: str, place: str) -> None:
    paragraphs = [BEFORE, AFTER]
    paragraphs.insert({"first": 0, "middle": 1, "last": 2}[place], sentence)
    article = cleaned(*paragraphs)
    assert article.body == "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("JANE DOE", ("JANE DOE",)),
        ("Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("JANE DOE AND JOHN ROE, REUTERS", ("JANE DOE", "JOHN ROE")),
        ("Jane Doe, John Roe and Max Muster", ("Jane Doe", "John Roe", "Max Muster")),
        ("Jane Doe, Associated Press Writer", ("Jane Doe",)),
        ("Jane Doe of The Associated Press", ("Jane Doe",)),
        ("Jane Doe in Paris and John Roe in Rome", ("Jane Doe", "John Roe")),
        ("Jane Doe | Lundby Times", ("Jane Doe",)),
        ("Jane Doe – BBC News", ("Jane Doe",)),
        ("Jane Doe (@janedoe)", ("Jane Doe",)),
        ("Jane Doe Reuters", ("Jane Doe",)),
        ("Jane Doe, Jr.", ("Jane Doe, Jr.",)),
        ("Dr. Jane O'Doe-Roe III", ("Dr. Jane O'Doe-Roe III",)),
        ("Ludwig van der Muster", ("Ludwig van der Muster",)),
        ("Élodie d'Arc et Łukasz Öberg", ("Élodie d'Arc", "Łukasz Öberg")),
        ("BNO NEWS", ("BNO NEWS",)),
        ("The Associated Press", ("The Associated Press",)),
        ("Our Foreign Staff", ("Our Foreign Staff",)),
        ("AFP", ("AFP",)),
        ("Jane Doe with AFP", ("Jane Doe",)),
        ("Jane Doe, chief economist at Acme", ("Jane Doe",)),
        ("Friday", ()),
        ("the numbers", ()),
        ("The Numbers", ()),
        ("Friday, the river had reached the mark", ()),
        ("Jane Doe's own account, the fire was out", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_names_are_told_from_the_rest_of_a_byline(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names
