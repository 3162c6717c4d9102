"""How fast and how large the index is: `python -m benchmarks.index_speed [--articles 100000]`.

The index is filled as a week of wires fills it, and then judges the last 2,000 items of the Reuters
wire, as they are. Before them it meets the 12,000 earlier ones, spread among articles that are
composed (`Composer`), since the wire has no more: most of them stories that nobody else has, a few
copies of one that came before. Altered Reuters items, of which this benchmark once filled the
index, are no such week: each had six near relatives with which every verdict had to deal, where
of real items one in twenty has any. Composed articles are about as unlike each other as real ones:
the last lines say how many of both share a candidate key with an earlier one of their kind, and how
many have text in common with it.

The same run times datasketch (the `bench` extra) on the same articles: sketch with 128
permutations, query and insert, with as many articles in its index, as its documentation writes it
(`update` for each shingle) and by `update_batch`. All figures are of one process. The two take
turns by the hundred articles, so that each finds the processor's caches as it left them itself;
every other hundred by the article, and each finds them as the other one left them.
"""

import argparse
import gc
import re
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.copies import words
from benchmarks.reuters_wire import WIRE, read_wire
from pipeline.article_index.fingerprint import Fingerprint
from pipeline.article_index.index import ArticleIndex
from pipeline.article_index.memory import Memory
from schemas import TaggedArticle, stable_hash

TIMED = 2000
# So many articles each judges before it is the other's turn.
TURN = 100
# Articles of so many words and more are shown apart: datasketch's work grows with them.
LENGTHS = (250, 500)
# Of the Reuters items so many are copies of an earlier one.
COPIES = 0.024
WEEKS = timedelta(days=3650)


class Composer:
    """Composes articles in the words of a wire, of the lengths that its items have.

    Every word follows the two before it as somewhere in the wire (a Markov chain of order two), so
    that phrases recur as they do there; figures are made anew, and some articles are the first half
    of an earlier one.
    """

    def __init__(self, wire: Sequence[TaggedArticle], chance: Random) -> None:
        self._chance = chance
        self._bodies = _chain([article.body.split() for article in wire])
        self._headlines = _chain([article.headline.split() for article in wire])
        self._lengths = [
            (len(article.headline.split()), len(article.body.split())) for article in wire
        ]
        self._latest: list[tuple[str, str]] = []

    def compose(self, number: int, like: TaggedArticle) -> TaggedArticle:
        """Return an article that arrives with another one."""
        if self._latest and self._chance.random() < COPIES:
            headline, body = self._chance.choice(self._latest)
            body = " ".join(body.split()[: len(body.split()) // 2 + 1])
        else:
            of_headline, of_body = self._chance.choice(self._lengths)
            headline = self._text(self._headlines, of_headline)
            body = self._text(self._bodies, of_body)
            self._latest = [*self._latest[-999:], (headline, body)]
        return like.model_copy(
            update={
                "article_id": stable_hash(str(number)), "source_id": f"composed {number}",
                "headline": headline, "body": body, "slug": None,
            }
        )  # fmt: skip

    def _text(self, chain: dict[tuple[str, str], list[str]], length: int) -> str:
        text: list[str] = []
        before = ("", "")
        while len(text) < length:
            word = self._chance.choice(chain[before])
            before = (before[1], word) if word else ("", "")
            if word:
                text.append(re.sub(r"\d", lambda _: self._chance.choice("0123456789"), word))
        return " ".join(text)


def _chain(texts: list[list[str]]) -> dict[tuple[str, str], list[str]]:
    """Return which words follow each two; what is empty stands before a text and after it."""
    chain = defaultdict(list)
    for text in texts:
        padded = ["", "", *text, ""]
        for place in range(2, len(padded)):
            chain[padded[place - 2], padded[place - 1]].append(padded[place])
    return chain


def week(wire: list[TaggedArticle], count: int, chance: Random) -> Iterator[TaggedArticle]:
    """Yield `count` articles: those of the wire, spread evenly among composed ones."""
    composer = Composer(wire, chance)
    real = min(len(wire), count)
    for number in range(count):
        place = number * real // count
        article = wire[place]
        if (number + 1) * real // count == place:
            article = composer.compose(number, article)
        yield article


def alike(articles: Sequence[TaggedArticle]) -> tuple[float, float]:
    """Return the share of articles that have a key, or text, in common with an earlier one."""
    memory = Memory()
    keys: set[int] = set()
    with_key = with_text = 0
    for place, article in enumerate(articles):
        fingerprint = Fingerprint.of(article.headline, article.body)
        with_key += not keys.isdisjoint(fingerprint.keys)
        with_text += bool(memory.candidates(fingerprint, float("-inf")))
        keys.update(fingerprint.keys)
        memory.add(stable_hash(str(place)), place, 0.0, fingerprint, fingerprint.postings)
    return with_key / len(articles), with_text / len(articles)


def microseconds(work: Callable[..., object], *arguments: object) -> float:
    """Return the processor time that `work` took, whatever else the machine did."""
    started = time.thread_time()
    work(*arguments)
    return (time.thread_time() - started) * 1e6


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

    wire = read_wire(options.data)
    earlier, timed = wire[:-TIMED], wire[-TIMED:]
    entries: dict[str, bytes] = {}
    texts: dict[str, bytes] = {}
    index = ArticleIndex(entries, texts, WEEKS)
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

    def look_up(article: TaggedArticle, found: MinHash) -> None:
        peer.query(found)
        peer.insert(article.article_id, found)

    composed = []
    for article in week(earlier, options.articles, Random(1)):
        index.judge(article)
        peer.insert(article.article_id, sketch(article, True), check_duplication=False)
        if article.source_id and article.source_id.startswith("composed"):
            composed.append(article)
    gc.collect()
    gc.freeze()  # the peer's 100,000 sets would be looked through again and again, for both
    steps: tuple[Callable[[TaggedArticle], object], ...] = (
        index.judge,
        lambda article: Fingerprint.of(article.headline, article.body),
        lambda article: sketch(article, False),
        lambda article: sketch(article, True),
        lambda article: look_up(article, sketches[article.article_id]),
    )
    sketches = {article.article_id: sketch(article, True) for article in timed}
    times = np.empty((TIMED, len(steps)))
    by_article = np.arange(TIMED) // TURN % 2 == 1
    for start in range(0, TIMED, TURN):
        turn = range(start, start + TURN)
        order = (
            ((place, step) for place in turn for step in range(len(steps)))
            if by_article[start]
            else ((place, step) for step in range(len(steps)) for place in turn)
        )
        for place, step in order:
            times[place, step] = microseconds(steps[step], timed[place])
    lengths = np.array([len(article.body.split()) for article in timed])
    print(f"{options.articles:,} articles in the index; microseconds an article")
    for title, taken in ((f"turns of {TURN} articles", ~by_article), ("turns of one", by_article)):
        print(f"\n{title}: {taken.sum():,} articles, {np.median(lengths[taken]):.0f} words "
              "at the median")  # fmt: skip
        show("all of them", times[taken])
        for least in LENGTHS:
            long = taken & (lengths >= least)
            show(f"those of {least} words and more, {long.sum()} of them", times[long])
    count = len(entries)
    print(f"\ntable, bytes an article                {sum(map(len, entries.values())) / count:8.0f}"
          "  (bar 1024)")  # fmt: skip
    print(f"kept text beside it, compressed        {sum(map(len, texts.values())) / count:8.0f}")
    tracemalloc.start()
    rebuilt = ArticleIndex(entries, texts, WEEKS)
    memory = tracemalloc.get_traced_memory()[0]
    print(f"memory, bytes an article               {memory / count:8.0f}  (bar 1024)")
    tracemalloc.stop()
    took = min(microseconds(rebuilt.rebuild) for _ in range(3)) / 1e6
    print(f"rebuilt from its table, articles a second {count / took:8,.0f}  (bar 20,000)")
    print("\nwith an earlier one of their kind          a key        text in common")
    for name, articles in (("12,000 real articles", earlier), ("as many composed ones", composed)):
        key, text = alike(articles[: len(earlier)])
        print(f"{name:39} {key:8.3f} {text:21.3f}")
    return 0


def show(title: str, times: np.ndarray) -> None:
    """Print a table of columns as they are measured: ours, and of datasketch."""
    judged, fingerprint, each, batch, look_up = times.T
    print(f"\n{title:44}{'median':>8}{'99%':>8}")
    ours = float(np.median(judged))
    for name, column in (
        ("fingerprint and verdict, remembered", judged),
        ("  of it the fingerprint", fingerprint),
        ("datasketch, update", each + look_up),
        ("datasketch, update_batch", batch + look_up),
    ):
        middle, most = np.percentile(column, (50, 99))
        bar = "  (bar 300)" if column is judged else ""
        if name.startswith("datasketch"):
            bar = f"  {middle / ours:.1f} times ours (bar 10)"
        print(f"{name:44}{middle:8.0f}{most:8.0f}{bar}")


if __name__ == "__main__":
    sys.exit(main())
