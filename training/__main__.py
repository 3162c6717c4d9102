"""Train the tagger that ships: `python -m training [--data FOLDER]`.

The teacher's labels are kept in `.cache/training`: with them, five minutes of one core's time; the
first run also labels 35,000 texts of 5 million words. A second run writes the same file.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

# Sums in another order would give another file: one thread adds in one order.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

TEXTS = "train/news-open.jsonl.gz"


def main() -> int:
    """Train, write the model, print its hash; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"))
    parser.add_argument("--output", type=Path, help="default: the file in the package")
    parser.add_argument("--texts", type=int, help="train on that many texts only, for a test")
    options = parser.parse_args()
    texts = options.data / TEXTS
    if not texts.is_file():
        print(f"training: no {texts}; --data names the folder that has it", file=sys.stderr)
        return 2
    try:
        from training.run import run
    except ModuleNotFoundError as error:
        print(f"training: {error.name} is missing: pip install 'newswire[train]'", file=sys.stderr)
        return 2
    from pipeline.entities.model import MODEL_FILE

    data = run(texts, options.cache, options.texts).to_bytes()
    output = options.output or MODEL_FILE
    output.write_bytes(data)
    print(f"{output}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    if output == MODEL_FILE:
        print("Set MODEL_SHA256 in pipeline/entities/model.py to it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
