"""The training from texts to model, step by step."""

from itertools import islice
from pathlib import Path

from pipeline.entities.model import Model
from training.clusters import make_clusters
from training.corpus import make_corpus
from training.crf import train
from training.packing import pack, strongest
from training.teacher import labelled
from training.texts import read_texts
from training.variation import Variation, varied

# Passes over the texts: to choose the features, and to learn their weights.
_EPOCHS = (2, 2)
# Features that are kept, of some 900,000: F1 on sets held out rises up to here.
_FEATURES = 250_000
_VARIANTS = 1  # of each text
# Not varied: one kind of text, with few names of people and places abroad.
_NOT_VARIED = ("congress", "whitehouse")


def run(texts: Path, cache: Path, most: int | None = None) -> Model:
    """Train on the texts of a file, or on `most` of them."""
    clusters, words = make_clusters()
    originals = list(islice(labelled(read_texts(texts), cache / "teacher.jsonl"), most))
    print(f"{len(originals)} texts labelled")
    variation = Variation(clusters, words)
    journalism = [(text, spans) for text, spans in originals if not text.id.startswith(_NOT_VARIED)]
    variants = list(labelled(varied(journalism, variation, _VARIANTS), cache / "varied.jsonl"))
    print(f"{len(variants)} variants labelled")
    corpus = make_corpus(originals + variants, clusters)
    print(f"{len(corpus.words)} tokens")
    chosen = strongest(train(corpus, _EPOCHS[0])[0], _FEATURES)
    weights, steps = train(corpus, _EPOCHS[1], chosen)
    return pack(weights, steps, clusters)
