"""Build the register of places, organisations and groups from its licensed sources.

pip install --editable .[gazetteer]
python -m gazetteer [PATH]
"""

import sys
from pathlib import Path

from gazetteer import curated, geonames
from gazetteer.database import write
from pipeline.entities.gazetteer import FILE, SHA256
from pipeline.errors import UserError


def main() -> int:
    """Build the file, and say how large it is and whether it is the one that the code pins."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    try:
        digest = write(path, geonames.places(), curated.places(), curated.things())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing: pip install --editable .[gazetteer]", file=sys.stderr)
        return 2
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {digest}")
    if digest != SHA256:
        print("This is another file than before: set SHA256 in pipeline/entities/gazetteer.py.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
