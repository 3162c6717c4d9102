"""Golden pairs: what `newswire process` makes of an input, all stages composed.

After a change that is meant to change them, for each directory NAME of tests/golden:

    newswire process tests/golden/NAME/input.* > tests/golden/NAME/expected.jsonl

and read the difference before it is committed.
"""

from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import messages, read_file
from pipeline.entities.finder import EntityFinder
from pipeline.flow import process
from pipeline.sources import reader_for
from pipeline.topics import TOPIC_OF
from schemas import CleanArticle, EnrichedArticle

PAIRS = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())


def _expected(directory: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in (directory / "expected.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize("directory", PAIRS, ids=lambda path: path.name)
def test_the_stages_make_of_the_input_what_is_expected(
    directory: Path, finder: EntityFinder
) -> None:
    (path,) = directory.glob("input.*")
    items = read_file(str(path), reader_for(path.name), None)
    index = ArticleIndex({}, {}, timedelta(days=7))
    got = [
        {"topic": TOPIC_OF[type(record)].name, "record": orjson.loads(record.to_json())}
        for _, record in process(messages(items), finder, index)
    ]
    assert got == _expected(directory)


def test_the_seed_article_is_restored_to_the_character() -> None:
    (line,) = _expected(Path(__file__).parent / "golden" / "seed")
    article = EnrichedArticle.model_validate(line["record"])
    incoming = (Path(__file__).parent / "golden" / "seed" / "input.txt").read_text("utf-8")
    assert isinstance(article, CleanArticle)
    assert article.restore() == incoming
    assert article.body.count("\n\n") == 9
