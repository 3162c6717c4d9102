"""Filter expressions: which records somebody wants, in words that a newsroom can write.

    entity:"Islamic State" and country:RU and not relation:original

`Filter` is all that others need; the rest is how it is made.
"""

from pipeline.filters.error import FilterError
from pipeline.filters.fields import FIELDS
from pipeline.filters.filter import Filter

__all__ = ["FIELDS", "Filter", "FilterError"]
