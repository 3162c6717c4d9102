"""Measure the extraction of articles from real pages against trafilatura alone.

Prints precision, recall and F1 of the article bodies (4-token shingles, as the benchmark that the
pages come from scores them), F1 against the best of trafilatura's modes on ten fixed folds, and
pages per CPU-second.

    python benchmarks/extraction.py [--data ../shared/data] [--rounds 5]
"""

import argparse
import gzip
import hashlib
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import trafilatura

from pipeline.cleaning.html_extraction import ExtractionError, extract
from pipeline.stages.cleaning import clean
from pipeline.stages.unusable import Unusable
from schemas import RawArticle

FOLDS = 10
SHINGLE_TOKENS = 4
OURS = "newswire, cleaned"
EXTRACTION = "newswire, extracted"

_TOKEN = re.compile(r"\w+")


class Page(NamedTuple):
    key: str
    url: str
    html: str
    body: str


class Score(NamedTuple):
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def ours(page: Page) -> str:
    try:
        return extract(page.html, page.url).text
    except ExtractionError:
        return ""


def cleaned(page: Page) -> str:
    """All of the cleaning stage: extraction, then the rules for plain text, which can be undone."""
    raw = RawArticle(source="page", content=page.html, content_type="text/html", url=page.url)
    try:
        article = clean(raw)
    except Unusable:
        return ""
    return article.body


def restored(page: Page) -> bool:
    """Say whether the extracted text is rebuilt from the cleaned body and its edits."""
    raw = RawArticle(source="page", content=page.html, content_type="text/html", url=page.url)
    try:
        return clean(raw).restore() == extract(page.html, page.url).text
    except Unusable:
        return True


def theirs(*, fast: bool = False, precision: bool = False) -> Callable[[Page], str]:
    def run(page: Page) -> str:
        text = trafilatura.extract(
            page.html, fast=fast, favor_precision=precision, include_comments=False
        )
        return text or ""

    return run


EXTRACTORS: Mapping[str, Callable[[Page], str]] = {
    "trafilatura default": theirs(),
    "trafilatura fast": theirs(fast=True),
    "trafilatura precision": theirs(precision=True),
    EXTRACTION: ours,
    OURS: cleaned,
}


def load_pages(folder: Path) -> list[Page]:
    truth = json.loads((folder / "ground-truth.json").read_bytes())
    return [
        Page(
            key,
            entry.get("url", ""),
            gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8"),
            entry["articleBody"],
        )
        for key, entry in sorted(truth.items())
    ]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    count = max(1, len(tokens) - SHINGLE_TOKENS + 1) if tokens else 0
    return Counter(tuple(tokens[i : i + SHINGLE_TOKENS]) for i in range(count))


def score(body: str, text: str) -> tuple[float | None, float | None]:
    """Score one page; a side without any shingle has no precision or recall and is left out."""
    expected, found = shingles(body), shingles(text)
    common = (expected & found).total()
    precision = common / found.total() if found else None
    recall = common / expected.total() if expected else None
    return precision, recall


def mean_score(pairs: Sequence[tuple[float | None, float | None]]) -> Score:
    means = []
    for values in zip(*pairs, strict=True):
        known = [value for value in values if value is not None]
        means.append(sum(known) / len(known) if known else 0.0)
    return Score(*means)


def fold_of(key: str) -> int:
    """Put a page into a fold, the same in every run and whatever other pages there are."""
    return hashlib.sha256(key.encode()).digest()[0] % FOLDS


def measure_speed(pages: Sequence[Page], rounds: int) -> dict[str, float]:
    """Measure pages per CPU-second, page by page in turn, so that a busy machine is fair to all."""
    best = {name: [float("inf")] * len(pages) for name in EXTRACTORS}
    for turn in range(rounds):
        for number, page in enumerate(pages):
            names = list(EXTRACTORS)
            shift = (turn + number) % len(names)
            for name in names[shift:] + names[:shift]:
                start = time.process_time()
                EXTRACTORS[name](page)
                best[name][number] = min(best[name][number], time.process_time() - start)
    return {name: len(pages) / sum(times) for name, times in best.items()}


def report(pages: Sequence[Page], rounds: int) -> None:
    scores = {
        name: [score(page.body, run(page)) for page in pages] for name, run in EXTRACTORS.items()
    }
    overall = {name: mean_score(pairs) for name, pairs in scores.items()}
    speed = measure_speed(pages, rounds)
    print(f"{len(pages)} pages            precision  recall     F1    pages per CPU-second")
    for name, total in overall.items():
        quality = f"{total.precision:9.4f} {total.recall:7.4f} {total.f1:7.4f}"
        print(f"{name:<22} {quality} {speed[name]:9.1f}")
    rivals = [name for name in EXTRACTORS if name not in (OURS, EXTRACTION)]
    best = max(rivals, key=lambda name: overall[name].f1)
    print(f"\nRestored exactly: {sum(map(restored, pages))} of {len(pages)} pages")
    print(f"F1 above {best}, the best mode: {overall[OURS].f1 - overall[best].f1:+.4f}")
    for rival in rivals:
        print(f"Speed against {rival}: {speed[OURS] / speed[rival]:.2f}")
    print(f"\nF1 of {OURS} above {best} by fold")
    for fold in range(FOLDS):
        inside = [i for i, page in enumerate(pages) if fold_of(page.key) == fold]
        if not inside:
            continue
        mine = mean_score([scores[OURS][i] for i in inside]).f1
        other = mean_score([scores[best][i] for i in inside]).f1
        print(f"  fold {fold} ({len(inside):2} pages) {mine:.4f} {mine - other:+.4f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=5, help="timed runs of each page")
    arguments = parser.parse_args()
    folder = arguments.data / "pages"
    if not (folder / "ground-truth.json").is_file():
        print(f"No pages to measure: {folder} is missing; give its parent with --data.")
        return 0
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    report(load_pages(folder), arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
