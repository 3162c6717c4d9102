"""What a model finds: a stretch of text and the type of what it names."""

from dataclasses import dataclass

from schemas.article import EntityType


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) of a text, in code points, names something of `type`."""

    start: int
    end: int
    type: EntityType
