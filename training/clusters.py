"""Groups of words that are used alike, from the word vectors of the teacher."""

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import Clusters, hash_of
from training.places import words_of_places
from training.teacher import word_vectors

# The vectors' vocabulary is in order of frequency; what comes later is seldom a word.
_WORDS = 200_000
_FINE = 1024
_COARSE = 96
_ROUNDS = 15

Vectors = npt.NDArray[np.float32]


def make_clusters() -> tuple[Clusters, list[str]]:
    """Return the clusters of the words that the teacher has vectors for, and these words."""
    words, groups, vectors = _teacher_vectors()
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    fine, centres = _k_means(vectors, _FINE)
    coarse, _ = _k_means(centres, _COARSE)
    found = dict(zip(map(hash_of, reversed(words)), reversed(groups), strict=True))
    hashes = np.array(sorted(found), dtype=np.uint32)
    places = words_of_places()
    clusters = Clusters(
        hashes=hashes,
        # Group, cluster and cluster of clusters 0 are for words that are not there.
        neighbours=np.array([found[int(value)] + 1 for value in hashes], dtype=np.uint16),
        fine=np.concatenate([[0], fine + 1]).astype(np.uint16),
        coarse=np.concatenate([[0], coarse + 1]).astype(np.uint16),
        place_hashes=np.array(sorted(places), dtype=np.uint32),
        places=np.array([places[value] for value in sorted(places)], dtype=np.uint8),
    )
    return clusters, words


def _teacher_vectors() -> tuple[list[str], list[int], Vectors]:
    """Return words, most frequent first, the group of each, and the vector of each group."""
    known, vectors = word_vectors()
    taken = [(word, group) for word, group in known if word[0].isalpha()][:_WORDS]
    return [word for word, _ in taken], [group for _, group in taken], vectors.astype(np.float32)


def _k_means(points: Vectors, count: int) -> tuple[npt.NDArray[np.int64], Vectors]:
    """Return the cluster of each point of length 1, and the centres (spherical k-means)."""
    random = np.random.default_rng(1)
    centres = points[np.sort(random.choice(len(points), count, replace=False))]
    for _ in range(_ROUNDS):
        nearest = (points @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, points)
        empty = np.flatnonzero(np.linalg.norm(sums, axis=1) < 1e-6)
        sums[empty] = centres[empty]
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return (points @ centres.T).argmax(axis=1), centres
