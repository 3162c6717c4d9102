"""The memory of the pipeline: every article of the window, and what was said of it.

`ArticleIndex.judge` is all of its interface that the flow needs. Verdicts depend on the articles
that were judged before and on their order, on nothing else: no clock, no randomness. An article's
state is one entry of the table, written when it is judged, so that a crash leaves either all of it
or nothing; the look-ups are in memory and rebuilt from the table.
"""

import zlib
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

import orjson

from pipeline.article_index.changes import changes, novelty, numbers, shared_sentences
from pipeline.article_index.fingerprint import Fingerprint, containment, headline_similarity
from pipeline.article_index.markers import Marker, marker
from pipeline.article_index.similarity import ABRIDGED, same_text, version_of
from schemas import Copy, Evidence, Placement, Recall, TaggedArticle, VersionReference, stable_hash
from schemas.article import Status

Verdict = Placement | Copy | Recall
Key = TypeVar("Key", bound=Hashable)

_VERDICTS: dict[str, type[Placement] | type[Copy] | type[Recall]] = {
    verdict.__name__: verdict for verdict in (Placement, Copy, Recall)
}
# Of the entries that share candidate keys, as many as share the most are compared in full.
_MOST_CANDIDATES = 50
# Of the entries with one candidate key, the first so many are looked at: a template has legions.
_MOST_WITH_KEY = 200
# How far one article can move the window's clock, seconds: a wrong time must not empty the memory.
_LONGEST_STEP = 6 * 3600.0
# Digits of a version number; longer ones are names.
_MOST_DIGITS = 18
# Characters of a body that are kept for changes and evidence.
_KEPT_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """One version of one article: what the table holds."""

    sequence: int
    time: float  # of the latest article so far, seconds since 1970: when this one expires
    article_id: str
    version: str
    source: str
    source_id: str | None
    story_id: str
    status: Status
    target: str | None  # of a kill or hold: the article id that it withdraws
    fingerprint: Fingerprint
    verdict: Verdict

    @property
    def key(self) -> str:
        return _key(self.article_id, self.version, self.status)

    def to_bytes(self) -> bytes:
        print_ = self.fingerprint
        return orjson.dumps(
            [
                self.sequence, self.time, self.article_id, self.version, self.source,
                self.source_id, self.story_id, self.status, self.target,
                [
                    print_.words, print_.exact, print_.keys, print_.sketch, print_.complete,
                    sorted(print_.numbers), sorted(print_.headline),
                ],
                type(self.verdict).__name__, self.verdict.model_dump(mode="json"),
            ]
        )  # fmt: skip

    @classmethod
    def from_bytes(cls, value: bytes) -> "_Entry":
        (
            sequence, time, article_id, version, source, source_id, story_id, status, target,
            print_, kind, verdict,
        ) = orjson.loads(value)  # fmt: skip
        words, exact, keys, sketch, complete, found_numbers, headline = print_
        fingerprint = Fingerprint(
            words, exact, tuple(keys), tuple(sketch), complete,
            frozenset(found_numbers), frozenset(headline),
        )  # fmt: skip
        return cls(
            sequence, time, article_id, version, source, source_id, story_id, status, target,
            fingerprint, _VERDICTS[kind].model_validate(verdict),
        )  # fmt: skip


class _Lookup(Generic[Key]):
    """The entries that have something in common, in order."""

    def __init__(self) -> None:
        self._entries: dict[Key, list[_Entry]] = {}

    def add(self, key: Key, entry: _Entry) -> None:
        self._entries.setdefault(key, []).append(entry)

    def discard(self, key: Key, entry: _Entry) -> None:
        entries = self._entries.get(key, [])
        if entry in entries:
            entries.remove(entry)
            if not entries:
                del self._entries[key]

    def __getitem__(self, key: Key) -> Sequence[_Entry]:
        return self._entries.get(key, ())


class ArticleIndex:
    """Remembers articles and says of each what it is to those before it.

    `entries` and `texts` are the state: dictionaries, or Faust tables, from strings to bytes.
    """

    def __init__(
        self,
        entries: MutableMapping[str, bytes],
        texts: MutableMapping[str, bytes],
        window: timedelta = timedelta(days=7),
    ) -> None:
        self._entries = entries
        self._texts = texts
        self._window = window.total_seconds()
        self.rebuild()

    def rebuild(self) -> None:
        """Forget the look-ups and make them anew from the tables, after these were restored."""
        self._in_order: OrderedDict[str, _Entry] = OrderedDict()
        self._with_key: _Lookup[int] = _Lookup()
        self._versions: _Lookup[str] = _Lookup()
        self._of_source: _Lookup[tuple[str, str | None]] = _Lookup()
        self._of_story: _Lookup[str] = _Lookup()
        # Kills and holds, by what they withdraw.
        self._notices: _Lookup[str] = _Lookup()
        self._notices_of_source: _Lookup[tuple[str, str | None]] = _Lookup()
        self._notices_of_story: _Lookup[str] = _Lookup()
        stored = (_Entry.from_bytes(value) for value in self._entries.values())
        for entry in sorted(stored, key=lambda entry: entry.sequence):
            self._look_up(entry)

    def judge(self, article: TaggedArticle) -> Verdict:
        """Say what the article is to those before it, and remember it.

        The same version of the same article gets the verdict that it got.
        """
        key = _key(article.article_id, article.version, article.status)
        known = self._in_order.get(key)
        if known is None:
            time = self._advance(article)
            known = self._judge_anew(article, time)
            self._entries[key] = known.to_bytes()
            self._look_up(known)
        if key not in self._texts:  # not in an else: a crash may have kept one write of the two
            text = f"{article.headline}\n{article.body[:_KEPT_TEXT]}"
            self._texts[key] = zlib.compress(text.encode(), 6)
        return known.verdict

    def __len__(self) -> int:
        return len(self._in_order)

    # --- time -------------------------------------------------------------------------------

    def _advance(self, article: TaggedArticle) -> float:
        """Return the time of the latest article so far, and forget what is out of its window."""
        latest = next(reversed(self._in_order.values())).time if self._in_order else 0.0
        arrived: datetime | None = article.received_at or article.published_at
        now = max(latest, arrived.timestamp()) if arrived else latest
        if self._in_order:
            now = min(now, latest + _LONGEST_STEP)
        while self._in_order:
            oldest = next(iter(self._in_order.values()))
            if oldest.time >= now - self._window:
                break
            self._forget(oldest)
        return now

    # --- the verdict ------------------------------------------------------------------------

    def _judge_anew(self, article: TaggedArticle, time: float) -> _Entry:
        fingerprint = Fingerprint.of(article.headline, article.body)
        target = self._resolve_target(article)
        verdict: Verdict
        if article.status != "usable":
            verdict = self._recall(article, target or article.article_id)
        else:
            verdict = self._relate(article, fingerprint, target)
        if article.status == "usable":
            story_id = verdict.story_id or _story_id(article)
        else:
            story_id = self._story_of_notice(article, target or article.article_id)
        last = next(reversed(self._in_order.values())).sequence if self._in_order else 0
        return _Entry(
            sequence=last + 1,
            time=time,
            article_id=article.article_id,
            version=article.version,
            source=article.source,
            source_id=article.source_id,
            story_id=story_id,
            status=article.status,
            target=None if article.status == "usable" else target or article.article_id,
            fingerprint=fingerprint,
            verdict=verdict,
        )

    def _resolve_target(self, article: TaggedArticle) -> str | None:
        """Return the article id of what a kill or correction names, None where it names nothing."""
        if article.target_id is None:
            return None
        named = self._of_source[article.source, article.target_id]
        return named[-1].article_id if named else article.target_id

    def _recall(self, article: TaggedArticle, target: str) -> Recall:
        """Return whom a kill or hold reaches: the story of its target, copies included.

        The withdrawal of a mere copy is its copier's affair, and reaches that copy alone.
        """
        earlier = self._versions[target]
        affected: Iterable[str] = ()
        if earlier and all(isinstance(entry.verdict, Copy) for entry in earlier):
            affected = (target,)
        elif earlier:
            story = self._of_story[earlier[-1].story_id]
            affected = dict.fromkeys(entry.article_id for entry in story if not entry.target)
        return Recall(
            status="withheld" if article.status == "withheld" else "canceled",
            reason=article.editorial_note or article.headline or f"status {article.status}",
            story_id=earlier[-1].story_id if earlier else None,
            affected=tuple(affected),
        )

    def _story_of_notice(self, article: TaggedArticle, target: str) -> str:
        """Return the story that a kill or hold is put on; one of its own where it reaches none."""
        originals = [e for e in self._versions[target] if not isinstance(e.verdict, Copy)]
        return originals[-1].story_id if originals else _story_id(article)

    def _relate(
        self, article: TaggedArticle, fingerprint: Fingerprint, target: str | None
    ) -> Verdict:
        says = marker(article)
        versions = self._versions[article.article_id] or self._versions[target or ""]
        verdict: Placement | Copy
        if versions:
            previous = _version_before(article, versions)
            verdict = self._version(article, previous, versions[-1].story_id, says)
        elif says and (base := self._base(article, fingerprint)):
            verdict = self._following(article, base, says)
        elif match := self._copied(fingerprint):
            verdict = self._copy(article, fingerprint, match)
        else:
            story_id = _story_id(article)
            verdict = Placement(story_id=story_id, relation="original", sources=(article.source,))
        status = self._withdrawn(article, verdict.story_id)
        if status is None:
            return verdict
        done = "killed" if status == "canceled" else "put on hold"
        return Recall(
            status=status,
            reason=f"a version or copy of an article that was {done}",
            story_id=verdict.story_id,
            affected=(article.article_id,),
        )

    def _withdrawn(
        self, article: TaggedArticle, story_id: str
    ) -> Literal["withheld", "canceled"] | None:
        """Say whether the story, or the article before it came, is under a kill or a hold.

        A kill stays; a hold ends with a later usable version of the article that was held.
        """
        notices = {
            entry.key: entry
            for entry in (
                *self._notices[article.article_id],
                *self._notices_of_source[article.source, article.source_id],
                *self._notices_of_story[story_id],
            )
        }
        if not notices:
            return None
        status: Literal["withheld", "canceled"] | None = None
        events = notices | {entry.key: entry for entry in self._of_story[story_id]}
        for entry in sorted(events.values(), key=lambda entry: entry.sequence):
            if isinstance(entry.verdict, Recall):
                if status != "canceled":
                    status = entry.verdict.status
            elif status == "withheld":
                status = None  # released
        if status == "withheld" and self._releases(article, notices.values()):
            return None
        return status

    def _releases(self, article: TaggedArticle, notices: Iterable[_Entry]) -> bool:
        """Say whether this is a later version of a held article than the one that was held.

        Where versions are no numbers, one that comes after one that was seen is later.
        """
        versions = self._versions[article.article_id]
        own = [notice for notice in notices if notice.article_id == article.article_id]
        held = [entry.version for entry in (own or versions)]
        numbers = [number for version in held if (number := _number(version)) is not None]
        version = _number(article.version)
        if numbers and version is not None:
            return version > max(numbers)
        named = any(notice.target == article.article_id for notice in notices)
        return named and bool(versions)

    def _version(
        self, article: TaggedArticle, previous: _Entry | None, story_id: str, says: Marker | None
    ) -> Placement:
        if previous is None:  # an older version that arrives late follows nothing
            return Placement(
                story_id=story_id, relation="original", sources=self._sources(story_id, article)
            )
        return self._following(article, previous, says or "update")

    def _following(self, article: TaggedArticle, previous: _Entry, relation: Marker) -> Placement:
        before = self._text(previous)
        return Placement(
            story_id=previous.story_id,
            relation=relation,
            previous=VersionReference(article_id=previous.article_id, version=previous.version),
            changes=changes(before, (article.headline, article.body[:_KEPT_TEXT])),
            novelty=novelty(before[1], article.body[:_KEPT_TEXT]),
            sources=self._sources(previous.story_id, article),
        )

    def _copy(
        self, article: TaggedArticle, fingerprint: Fingerprint, match: _Entry
    ) -> Placement | Copy:
        original = match.fingerprint
        new_numbers = fingerprint.numbers - original.numbers
        expanded = original.words < ABRIDGED * fingerprint.words
        exact = fingerprint.exact == original.exact
        if not exact and (new_numbers or expanded):
            # It says something new: publishing a copy is the lesser error than hiding news.
            return self._following(article, match, "update")
        kind: Literal["exact", "near", "abridged", "repeat"]
        if exact:
            kind = "repeat" if match.source == article.source else "exact"
        elif fingerprint.words <= ABRIDGED * original.words:
            kind = "abridged"
        else:
            kind = "near"
        before = self._text(match)
        body = article.body[:_KEPT_TEXT]
        here, there = numbers(body), numbers(before[1])
        similar = headline_similarity(fingerprint, original)
        contained = containment(fingerprint, original)
        duplicate_of = (
            match.verdict.duplicate_of if isinstance(match.verdict, Copy) else match.article_id
        )
        return Copy(
            duplicate_of=duplicate_of,
            story_id=match.story_id,
            kind=kind,
            similarity=round(contained, 3),
            evidence=Evidence(
                containment=round(contained, 3),
                headline_similarity=None if similar is None else round(similar, 3),
                shared_passages=shared_sentences(body, before[1]),
                numbers_only_here=tuple(sorted(here - there)),
                numbers_only_there=tuple(sorted(there - here)),
            ),
        )

    # --- finding ----------------------------------------------------------------------------

    def _candidates(self, fingerprint: Fingerprint) -> list[_Entry]:
        shared: Counter[str] = Counter()
        for key in fingerprint.keys:
            shared.update(entry.key for entry in self._with_key[key][:_MOST_WITH_KEY])
        found = [(self._in_order[key], count) for key, count in shared.items()]
        found.sort(key=lambda entry_count: (-entry_count[1], entry_count[0].sequence))
        return [entry for entry, _ in found[:_MOST_CANDIDATES]]

    def _copied(self, fingerprint: Fingerprint) -> _Entry | None:
        """Return the entry whose text this is: the most similar, of equals the first."""
        scored = [
            (same_text(fingerprint, entry.fingerprint), -entry.sequence, entry)
            for entry in self._candidates(fingerprint)
        ]
        best = max(scored, key=lambda scored_entry: scored_entry[:2], default=None)
        return best[2] if best and best[0] > 0 else None

    def _base(self, article: TaggedArticle, fingerprint: Fingerprint) -> _Entry | None:
        """Return what a marked article is a version of: best of its source, then most alike."""
        scored = [
            (entry.source == article.source, similarity, entry.sequence, entry)
            for entry in self._candidates(fingerprint)
            if (similarity := version_of(fingerprint, entry.fingerprint)) > 0
        ]
        best = max(scored, key=lambda scored_entry: scored_entry[:3], default=None)
        return best[3] if best else None

    def _sources(self, story_id: str, article: TaggedArticle) -> tuple[str, ...]:
        """Return who reported the story, this article included; who only copied it did not."""
        reported = (
            entry.source
            for entry in self._of_story[story_id]
            if isinstance(entry.verdict, Placement)
        )
        return tuple(dict.fromkeys([*reported, article.source]))

    def _text(self, entry: _Entry) -> tuple[str, str]:
        stored = self._texts.get(entry.key)
        if stored is None:
            return "", ""
        headline, _, body = zlib.decompress(stored).decode().partition("\n")
        return headline, body

    # --- look-ups ---------------------------------------------------------------------------

    def _look_up(self, entry: _Entry) -> None:
        """Let `entry` be found."""
        self._in_order[entry.key] = entry
        for lookup, key in self._places(entry):
            lookup.add(key, entry)

    def _forget(self, entry: _Entry) -> None:
        """Let `entry` be found no more, and take it out of the tables."""
        del self._in_order[entry.key]
        for lookup, key in self._places(entry):
            lookup.discard(key, entry)
        self._entries.pop(entry.key, None)
        self._texts.pop(entry.key, None)

    def _places(self, entry: _Entry) -> Iterator[tuple[_Lookup[Any], Any]]:
        """Name every look-up in which `entry` is found, and under which key."""
        if entry.source_id:
            yield self._of_source, (entry.source, entry.source_id)
        yield self._of_story, entry.story_id
        if entry.target is not None:
            # By id and by the provider's: what it names may not have come yet.
            yield self._notices, entry.target
            yield self._notices_of_source, (entry.source, entry.target)
            yield self._notices_of_story, entry.story_id
            return  # the text of a kill is no text of the story
        yield self._versions, entry.article_id
        if isinstance(entry.verdict, Copy) and entry.verdict.kind in ("exact", "repeat"):
            return  # whoever has this text is found by the entry that had it first
        for key in entry.fingerprint.keys:
            yield self._with_key, key


def _key(article_id: str, version: str, status: Status) -> str:
    # With its status: a kill may carry the version of what it kills, and is no redelivery of it.
    return stable_hash(article_id, version, status)


def _story_id(article: TaggedArticle) -> str:
    return stable_hash("story", article.article_id, article.version)


def _version_before(article: TaggedArticle, known: Sequence[_Entry]) -> _Entry | None:
    """Return the version before the article: by number where there are numbers, else the last.

    `known` may be another article's, which a correction names: then it follows the last of them.
    """
    version = _number(article.version)
    numbered = [(_number(entry.version), entry) for entry in known]
    if (
        known[-1].article_id != article.article_id
        or version is None
        or any(number is None for number, _ in numbered)
    ):
        return known[-1]
    earlier = [
        (number, entry) for number, entry in numbered if number is not None and number < version
    ]
    return max(earlier, key=lambda pair: pair[0])[1] if earlier else None


def _number(version: str) -> int | None:
    """Return a version as a number, None where it is none."""
    return int(version) if version.isdecimal() and len(version) <= _MOST_DIGITS else None
