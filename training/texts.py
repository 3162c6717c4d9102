"""The openly licensed texts that the tagger is trained on, each as its paragraphs."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# One kind of text and vocabulary, and most of what there is: a quarter of it is read.
_SAMPLED = "dwillis/congress-press"
_SAMPLE = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A document: its id, and its title and text in one."""

    id: str
    text: str


def read_texts(path: Path) -> Iterator[Text]:
    """Yield the documents to train on, in the order of the file.

    The sample depends on the ids alone. Raises FileNotFoundError where the file is not there.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["source"] == _SAMPLED and number(record["id"]) % _SAMPLE:
                continue
            title, text = (record["title"] or "").strip(), record["text"].strip()
            if title and not text.startswith(title):
                text = f"{title}\n\n{text}"
            yield Text(record["id"], text)


def number(identifier: str) -> int:
    """Return a number that is as good as drawn at random, and always the same for one id."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4])
