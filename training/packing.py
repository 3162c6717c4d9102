"""From the weights of training to the small model that ships."""

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import BUCKETS, Clusters
from pipeline.entities.model import LABELS, NEVER, Model, follows

# A score is this many to the nat; it is kept in 8 bits.
SCALE = 32


def strongest(weights: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.bool_]:
    """Say which buckets are the `count` whose weights differ most from label to label."""
    centred = weights - np.median(weights, axis=1, keepdims=True)
    order = np.argsort(-np.square(centred).sum(axis=1), kind="stable")
    kept = np.zeros(len(weights), np.bool_)
    kept[order[:count]] = True
    return kept


def pack(
    weights: npt.NDArray[np.float32],
    steps: npt.NDArray[np.float32],
    clusters: Clusters,
    most_rows: int = BUCKETS,
) -> Model:
    """Return a model of whole numbers, and of the `most_rows` features that tell most."""
    # What is added to every label alike decides nothing.
    centred = weights - np.median(weights, axis=1, keepdims=True)
    quantised = np.clip(np.rint(centred * SCALE), -127, 127).astype(np.int16)
    strength = np.square(quantised.astype(np.int64)).sum(axis=1)
    strength[quantised.any(axis=1) == 0] = 0
    order = np.argsort(-strength, kind="stable")[:most_rows]
    kept = np.sort(order[strength[order] > 0])
    rows = np.zeros(BUCKETS, np.int32)
    rows[kept] = np.arange(1, len(kept) + 1)
    table = np.zeros((len(kept) + 1, LABELS), np.int16)
    table[1:] = quantised[kept]
    moves = np.rint(steps * SCALE).astype(np.int32)
    for after in range(LABELS):
        for label in range(LABELS):
            if not follows(label, after):
                moves[after, label] = NEVER
    return Model(rows, table, moves, clusters)
