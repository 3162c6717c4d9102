"""The tagger's model: weights and word clusters, in one file whose hash is known."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, get_args

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import BUCKETS, Clusters
from pipeline.errors import UserError
from schemas.article import EntityType

MODEL_FILE = Path(__file__).with_name("tagger.npz")
# Of the file that `python -m training` wrote, which prints it.
MODEL_SHA256 = "c83c9d1a446fe8cbd2ee5b712bc62a60fceb6254fd46b3946c9ce7cfb9e6147e"

TYPES: tuple[EntityType, ...] = get_args(EntityType)
# Labels of tokens, with the number of the type added: outside a name, its begin, inside, last, or
# the only one of it (Ratinov and Roth 2009).
OUTSIDE, BEGIN, INSIDE, LAST, UNIT = 0, 1, 6, 11, 16
LABELS = 21
_T = TypeVar("_T", bound=np.generic)

# What stands for "never" among scores; sums of it do not overflow 32 bits.
NEVER = -1_000_000


def follows(label: int, after: int) -> bool:
    """Say whether `label` may follow the label `after`."""
    if BEGIN <= after < LAST:  # within a name: it goes on, with the same type
        return INSIDE <= label < UNIT and (label - after) % len(TYPES) == 0
    return label < INSIDE or label >= UNIT


@dataclass(frozen=True, slots=True)
class Model:
    """A linear-chain CRF: what is added for each feature and for each step from label to label.

    Scores are whole numbers, so that sums are exact in any order and on any machine.
    """

    rows: npt.NDArray[np.int32]  # of each bucket, its row in `weights`; row 0 is all 0
    weights: npt.NDArray[np.int16]  # rows of a score for each label
    steps: npt.NDArray[np.int32]  # [after, label]
    clusters: Clusters

    def to_bytes(self) -> bytes:
        """Return the file of this model, always the same for the same model."""
        buckets = np.flatnonzero(self.rows)
        apart = np.diff(buckets, prepend=0)
        hashes = np.diff(self.clusters.hashes, prepend=np.uint32(0))
        weights = self.weights[self.rows[buckets]].astype(np.int8)
        file = io.BytesIO()
        # Bytes of one place of the numbers together, and a label's scores together, pack best.
        np.savez_compressed(
            file,
            buckets=apart.astype(np.uint16),
            weights=np.ascontiguousarray(weights.T),
            steps=self.steps,
            hashes=_by_place(hashes),
            neighbours=_by_place(self.clusters.neighbours),
            fine=self.clusters.fine,
            coarse=self.clusters.coarse,
            place_hashes=_by_place(np.diff(self.clusters.place_hashes, prepend=np.uint32(0))),
            places=self.clusters.places,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            packed = np.ascontiguousarray(file["weights"].T)
            weights = np.zeros((len(packed) + 1, LABELS), np.int16)
            weights[1:] = packed
            rows = np.zeros(BUCKETS, np.int32)
            rows[np.cumsum(file["buckets"], dtype=np.int64)] = np.arange(1, len(weights))
            clusters = Clusters(
                hashes=np.cumsum(_joined(file["hashes"], np.uint32), dtype=np.uint32),
                neighbours=_joined(file["neighbours"], np.uint16),
                fine=file["fine"],
                coarse=file["coarse"],
                place_hashes=np.cumsum(_joined(file["place_hashes"], np.uint32), dtype=np.uint32),
                places=file["places"],
            )
            return cls(rows, weights, file["steps"], clusters)


def load_model() -> Model:
    """Read the model of this package; raise `UserError` where it is missing or altered."""
    try:
        data = MODEL_FILE.read_bytes()
    except OSError as error:
        raise UserError(
            f"the tagger's model is missing: {MODEL_FILE} ({error.strerror}); install Newswire anew"
        ) from error
    if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
        raise UserError(
            f"the tagger's model is not the one expected: {MODEL_FILE} differs; install Newswire "
            "anew"
        )
    return Model.from_bytes(data)


def _by_place(numbers: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(numbers[:, None].view(np.uint8).T)


def _joined(places: npt.NDArray[np.uint8], kind: type[_T]) -> npt.NDArray[_T]:
    return np.ascontiguousarray(places.T).view(kind)[:, 0]
