"""The training from texts to model, step by step."""

from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.entities.model import Model
from training.clusters import make_clusters
from training.corpus import make_corpus
from training.crf import train
from training.labels import resolved
from training.packing import pack, strongest
from training.teacher import labelled
from training.texts import read_texts
from training.variation import Variation, varied

# Passes over the texts: to choose the features, and to learn their weights.
_EPOCHS = (2, 2)
# Features that are kept, of some 900,000: more do no harm, but the file is not to exceed 5 MB.
_FEATURES = 330_000
# One run of the learning each. Scores are sums of weights, so the mean of the weights is the mean
# of the scores: models that err differently make one that errs less, and costs no more.
_SEEDS = (20261122, 20261123, 20261124)
_VARIANTS = 2  # of each text
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
    corpus = make_corpus(resolved(originals + variants), clusters)
    print(f"{len(corpus.words)} tokens")
    chosen = strongest(train(corpus, _EPOCHS[0], _SEEDS[0])[0], _FEATURES)
    runs = [train(corpus, _EPOCHS[1], seed, chosen) for seed in _SEEDS]
    weights = np.mean([weights for weights, _ in runs], axis=0)
    steps = np.mean([steps for _, steps in runs], axis=0)
    return pack(weights, steps, clusters)
