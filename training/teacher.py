"""What the teacher finds in the texts, which takes minutes and is kept, and its word vectors."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
from spacy.vocab import Vocab

from pipeline.entities.spacy_model import SpacyModel, verified_teacher
from pipeline.entities.span import Span
from schemas.article import EntityType
from training.texts import Text

_TYPES: tuple[EntityType, ...] = get_args(EntityType)


def labelled(texts: Iterable[Text], cache: Path) -> Iterator[tuple[Text, list[Span]]]:
    """Yield each text with the names that spaCy's `en_core_web_md` finds in it.

    `cache` is a file of one JSON line a text, which begins with the hash of the text. Texts that it
    lacks are labelled and added.
    """
    known = _read(cache)
    teacher: SpacyModel | None = None
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("a", encoding="ascii", buffering=1) as out:
        for text in texts:
            key = hashlib.sha256(text.text.encode()).hexdigest()[:32]
            found = known.get(key)
            if found is None:
                teacher = teacher or SpacyModel()
                found = [
                    (span.start, span.end, _TYPES.index(span.type))
                    for span in teacher.spans(text.text)
                ]
                out.write(json.dumps([key, found], separators=(",", ":")) + "\n")
            yield text, [Span(start, end, _TYPES[kind]) for start, end, kind in found]


def _read(cache: Path) -> dict[str, list[tuple[int, int, int]]]:
    if not cache.exists():
        return {}
    text = cache.read_text(encoding="ascii")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:  # a run was stopped in the middle of a line
        cache.write_text(whole, encoding="ascii")
    return {
        key: [(start, end, kind) for start, end, kind in found]
        for key, found in map(json.loads, whole.splitlines())
    }


def word_vectors() -> tuple[list[tuple[str, int]], npt.NDArray[np.float32]]:
    """Return the words of the teacher, most frequent first, each with its row of vectors."""
    vocabulary = Vocab().from_disk(verified_teacher() / "vocab")
    vectors = vocabulary.vectors
    words = [(vocabulary.strings[key], row) for key, row in vectors.key2row.items()]
    return words, np.asarray(vectors.data)
