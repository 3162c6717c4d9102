"""JSON lines: one object a record, whole.

    {"topic": "news.enriched", "ce_id": "…", "record": {…}}

`ce_id` is the same when a record is delivered again. With `--explain` there is `because`, too.
"""

from collections.abc import Iterator

import orjson

from pipeline.formats.harmless import escaped_json
from pipeline.formats.published import Published


class JsonLines:
    """One JSON object a line."""

    def begin(self) -> str:
        """Return nothing: there is no head."""
        return ""

    def show(self, published: Published) -> Iterator[str]:
        """Yield the record's line."""
        line: dict[str, object] = {"topic": published.topic}
        if published.event_id is not None:
            line["ce_id"] = published.event_id
        if published.because:
            line["because"] = published.because
        line["record"] = orjson.Fragment(published.record.to_json())
        yield escaped_json(orjson.dumps(line).decode()) + "\n"

    def end(self) -> str:
        """Return nothing."""
        return ""
