"""How fast and how large the index is: `python -m benchmarks.index_speed [--articles 100000]`.

The index is filled with items of the Reuters wire, each altered so that no two are the same (every
number another, some words drawn from other items), and then judges 2,000 more. The same run times
datasketch (the `bench` extra): sketch with 128 permutations, query and insert, with as many
articles in its index, as its documentation writes it (`update` for each shingle) and by
`update_batch`. All figures are of one process, interleaved, medians.
"""

import argparse
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.copies import words
from benchmarks.reuters_wire import WIRE, read_wire
from pipeline.article_index.fingerprint import Fingerprint
from pipeline.article_index.index import ArticleIndex
from schemas import TaggedArticle

TIMED = 2000
_LONG_WORD = re.compile(r"[a-z]{4,}")


def altered(wire: list[TaggedArticle], count: int, chance: Random) -> list[TaggedArticle]:
    """Return items with other numbers and every sixth longer word another one."""
    vocabulary = sorted({word for a in wire for word in _LONG_WORD.findall(a.body)})
    result = []
    for number in range(count):
        article = wire[number % len(wire)]
        body = _LONG_WORD.sub(
            lambda match: chance.choice(vocabulary) if chance.random() < 1 / 6 else match[0],
            re.sub(r"\d", lambda _: str(chance.randint(0, 9)), article.body),
        )
        assert article.received_at is not None
        fields = {
            "article_id": f"{number:032x}",
            "source_id": str(number),
            "body": body,
            "received_at": article.received_at + timedelta(seconds=number // len(wire)),
        }
        result.append(article.model_copy(update=fields))
    return result


def microseconds(work: Callable[..., object], *arguments: object) -> float:
    """Return how long `work` took."""
    started = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - started) * 1e6


def main() -> int:
    """Measure speed and size; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--articles", type=int, default=100_000, help="in the index")
    options = parser.parse_args()
    if not (options.data / WIRE).is_file():
        print(f"Nothing is measured: no {options.data / WIRE}.", file=sys.stderr)
        return 2
    from datasketch import MinHash, MinHashLSH

    articles = altered(read_wire(options.data), options.articles + TIMED, Random(1))
    entries: dict[str, bytes] = {}
    texts: dict[str, bytes] = {}
    index = ArticleIndex(entries, texts, timedelta(days=3650))
    peer = MinHashLSH(threshold=0.5, num_perm=128)

    def sketch(article: TaggedArticle, batch: bool) -> MinHash:
        text = words(article)
        shingles = {" ".join(text[i : i + 5]).encode() for i in range(max(1, len(text) - 4))}
        found = MinHash(num_perm=128)
        if batch:
            found.update_batch(shingles)
        else:
            for shingle in shingles:
                found.update(shingle)
        return found

    for article in articles[: options.articles]:
        index.judge(article)
        peer.insert(article.article_id, sketch(article, True), check_duplication=False)
    ours: list[float] = []
    prints: list[float] = []
    each: list[float] = []
    batches: list[float] = []
    lookups: list[float] = []

    def look_up(article: TaggedArticle, found: MinHash) -> None:
        peer.query(found)
        peer.insert(article.article_id, found)

    for article in articles[options.articles :]:
        prints.append(microseconds(Fingerprint.of, article.headline, article.body))
        ours.append(microseconds(index.judge, article))
        each.append(microseconds(sketch, article, False))
        batches.append(microseconds(sketch, article, True))
        lookups.append(microseconds(look_up, article, sketch(article, True)))
    judged = median(ours)
    count = len(entries)
    print(f"{count:,} articles in the index; medians of {TIMED:,}, microseconds\n")
    print(f"fingerprint and verdict, remembered    {judged:8.0f}  (bar 300)")
    print(f"  of it the fingerprint                {median(prints):8.0f}")
    for name, sketches in (("update", each), ("update_batch", batches)):
        peers = median(map(sum, zip(sketches, lookups, strict=True)))
        print(f"datasketch, {name:26} {peers:8.0f}  {peers / judged:.1f} times ours (bar 10)")
    print(f"\ntable, bytes an article                {sum(map(len, entries.values())) / count:8.0f}"
          "  (bar 1024)")  # fmt: skip
    print(f"kept text beside it, compressed        {sum(map(len, texts.values())) / count:8.0f}")
    tracemalloc.start()
    rebuilt = ArticleIndex(entries, texts, timedelta(days=3650))
    memory = tracemalloc.get_traced_memory()[0]
    print(f"memory, bytes an article               {memory / count:8.0f}  (bar 1024)")
    tracemalloc.stop()
    took = min(microseconds(rebuilt.rebuild) for _ in range(3)) / 1e6
    print(f"rebuilt from its table, articles a second {count / took:8,.0f}  (bar 20,000)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
