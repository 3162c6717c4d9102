"""ninjs: every item of the Reuters wire against the schema of the IPTC, strict and extended.

    python benchmarks/ninjs.py
    python benchmarks/ninjs.py --items 300 --tagger

Entities are some known words, unless `--tagger` asks for the pipeline's own. Prints how many items
there are and how many are not valid; exit code 1 where one is not.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import orjson
from pydantic import TypeAdapter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from final_records import final_records
from reuters import DATA, reuters_articles

from pipeline.formats.ninjs import items
from schemas import EnrichedArticle, FinalRecord, RawArticle

SCHEMA = DATA / "ninjs" / "ninjs-schema_3.1.json"


def processed(articles: Iterator[RawArticle]) -> Iterator[FinalRecord]:
    """Yield the final records that `newswire process` makes."""
    records: TypeAdapter[FinalRecord] = TypeAdapter(FinalRecord)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.writelines(article.to_json() + b"\n" for article in articles)
        file.flush()
        command = [sys.executable, "-m", "pipeline", "process", file.name]
        printed = subprocess.run(command, capture_output=True, check=True).stdout
    for line in printed.splitlines():
        yield records.validate_python(orjson.loads(line)["record"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, help="of the Reuters wire; all otherwise")
    parser.add_argument("--tagger", action="store_true", help="find entities as the pipeline does")
    options = parser.parse_args()
    # The schema refers to that of GeoJSON on the web, which we do not use.
    validator = jsonschema_rs.Draft202012Validator(
        orjson.loads(SCHEMA.read_bytes()), validate_formats=True, retriever=lambda _: {}
    )
    articles = reuters_articles(options.items)
    records = (
        processed(articles) if options.tagger else (record for _, record in final_records(articles))
    )
    enriched = others = entities = invalid = 0
    for record in records:
        if isinstance(record, EnrichedArticle):
            enriched += 1
            entities += len(record.entities)
        else:
            others += 1
        for strict in (False, True):
            for item in items(record, strict):
                faults = [error.message for error in validator.iter_errors(item)]
                if faults:
                    invalid += 1
                    print(f"{item['uri']}, strict={strict}: {faults[0]}")
    print(
        f"{enriched:,} enriched articles with {entities:,} entities and {others:,} other records, "
        f"each strict and extended: {invalid:,} items are not valid"
    )
    sys.exit(1 if invalid else 0)


if __name__ == "__main__":
    main()
