"""How much an article is about each thing that it names."""

from collections.abc import Sequence

from schemas import Mention

# A headline names what the article is about: a mention there counts for this many in the body.
_HEADLINE_WEIGHT = 3.0
# News puts first what matters most: a first mention at the very beginning of the body counts for
# this many more, one at the end for none.
_LEAD_WEIGHT = 2.0


def weight(mentions: Sequence[Mention], body_length: int) -> float:
    """Return the weight of one thing by its mentions: in the headline, early, and often."""
    in_body = [mention.start for mention in mentions if mention.field == "body"]
    lead = _LEAD_WEIGHT * (1 - min(in_body) / body_length) if in_body else 0.0
    return len(in_body) + _HEADLINE_WEIGHT * (len(mentions) - len(in_body)) + lead


def salience(weights: Sequence[float]) -> list[float]:
    """Return each weight as a share of the highest, to three places: 1 is what it is about."""
    highest = max(weights, default=1.0)
    return [round(weight / highest, 3) for weight in weights]
