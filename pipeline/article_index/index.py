"""The memory of the pipeline: every article of the window, and what was said of it.

`ArticleIndex.judge` is all of its interface that the flow needs. Verdicts depend on the articles
that were judged before and on their order, on nothing else: no clock, no randomness. An article's
state is one entry of the table, written when it is judged, so that a crash leaves either all of it
or nothing; what is in memory (`Memory`) is rebuilt from the table.

An article is, the first that holds:

1. a withdrawal, if its status or its words say so;
2. the next version of the article that has its id, or of the one that it names;
3. a version of the article that its marker means (UPDATE 2, CORRECTED), if that can be found;
4. a copy of the most similar text, if that is surely the same (`Scorer`, and where it leaves a
   doubt, `restoring` and `facts`), and says nothing new; an update, if it does say something new;
5. an original.

And what is a version or copy of something withdrawn is withdrawn.
"""

import zlib
from collections.abc import Iterable, Iterator, MutableMapping
from datetime import datetime, timedelta
from itertools import islice
from math import exp, isnan, nan
from typing import Literal, NamedTuple

from xxhash import xxh32_intdigest

from pipeline.article_index.changes import Texts, changes, denies, novelty, says_new_numbers
from pipeline.article_index.clock import ARRIVALS, Clock
from pipeline.article_index.entry import Entry, Stored, Verdict, verdict_bytes
from pipeline.article_index.evidence import evidence
from pipeline.article_index.facts import contained, other_facts
from pipeline.article_index.fingerprint import Fingerprint
from pipeline.article_index.markers import (
    Marker,
    marker,
    named_numbers,
    named_titles,
)
from pipeline.article_index.memory import Memory
from pipeline.article_index.restoring import restored
from pipeline.article_index.similarity import Scorer, headline_similarity, learned_scorer
from pipeline.article_index.words import WORD
from schemas import Copy, Placement, Recall, TaggedArticle, VersionReference, stable_hash
from schemas.article import Status

Withdrawn = Literal["withheld", "canceled"]

# A text that says of itself that it is a version needs less to be held for one: a third of it, or
# of the other one, whatever its numbers and its headline.
_VERSION_TEXT = 0.35
# The same text of so many words, with hardly a key that another story has, is the same whatever
# its headline: no template has it. Such texts score this at least (a probability of .95).
_UNIQUE_WORDS, _UNIQUE_KEYS, _UNIQUE_SCORE = 15, 0.9, 3.0
# What scores more, or shares so many keys that no other story has, is looked at again without
# advertising and misread words; all else is another text of the same template.
_NEARLY, _KEYS_NEARLY = -6.0, 2.0
# A text that says nothing else than another one is its copy, if one key in all is theirs alone.
_KEYS_CONTAINED = 1.0
# A text that has this share of the other's length or less is an abridgement of it.
_ABRIDGED = 0.75
# A copy of which a larger share is new is published: it may be news.
_MOST_NEW = 0.25
# A text that has more of another one, or of which less is new, carries it and is no source.
_INDEPENDENT = 0.5
# Versions of an article, and texts of a story, that are looked at, the latest first.
_MOST_VERSIONS = 64
_MOST_TEXTS = 16
# Notices and entries of a story of which one may say that it is withdrawn, the latest first.
_MOST_EVENTS = 500
# Characters of a body that are kept for changes and evidence: 10,000 words.
_KEPT_TEXT = 60_000
# A fast compression is enough for texts of a kilobyte, which live for a week.
_TEXT_COMPRESSION = 1
# Entries at the front that are looked at for their age: a wrong time holds up nobody for long.
_LOOKED_AT = 16
# Digits of a version number; longer ones are names.
_MOST_DIGITS = 18
_AGENCIES = {
    "associated press": "ap", "the associated press": "ap", "agence france-presse": "afp",
    "deutsche presse-agentur": "dpa", "thomson reuters": "reuters",
}  # fmt: skip


class _Match(NamedTuple):
    """The place of a text that one is compared with, and how surely they are one."""

    place: int
    score: float
    features: dict[str, float]

    @property
    def is_whole(self) -> bool:
        """Whether each has all of the other's text, and they are one."""
        return self.score > 0 and self.features["text of both"] == 1

    @property
    def containment(self) -> float:
        """The share of the one's text that the other has."""
        return self.features["text of either"]

    @property
    def headline(self) -> float | None:
        """The share of words that the headlines have in common; None where one is missing."""
        return headline_similarity(self.features)

    @property
    def rare_keys(self) -> float:
        """How many keys they share that no other story has, 3 at most."""
        return self.features["rare keys, up to 3"]


class ArticleIndex:
    """Remembers articles and says of each what it is to those before it.

    `entries` and `texts` are the state: dictionaries, or Faust tables, from strings to bytes.
    An article is forgotten when it is older than `window` and `least_articles` came after it, or
    when `most_articles` did.
    """

    def __init__(
        self,
        entries: MutableMapping[str, bytes],
        texts: MutableMapping[str, bytes],
        window: timedelta = timedelta(days=7),
        most_articles: int = 2_000_000,
        least_articles: int = 10_000,
        scorer: Scorer | None = None,
    ) -> None:
        self._entries = entries
        self._texts = texts
        self._window = window.total_seconds()
        self._most_articles = most_articles
        # A redelivery comes so many articles later at most. In a replay at full speed that can be
        # more than the window, and its verdict must be the same.
        self._least_articles = least_articles
        self._scorer = scorer or learned_scorer()
        self._memory = Memory()
        self.rebuild()

    def rebuild(self) -> None:
        """Forget what is in memory and make it anew from the tables, after these were restored."""
        stored = [(key, Stored.of(value)) for key, value in self._entries.items()]
        stored.sort(key=lambda entry: entry[1].sequence)
        self._memory.clear()
        self._memory.extend(stored)
        last = stored[-1][1] if stored else None
        self._sequence = last.sequence if last else 0
        self._clock = Clock((entry.arrived for _, entry in stored), last.time if last else 0.0)
        # Texts whose entry is gone: a crash came between the two. They go with the next judgement,
        # because a table may not be written to while it is being restored.
        self._orphans = [key for key in self._texts if key not in self._entries]

    def judge(self, article: TaggedArticle) -> Verdict:
        """Say what the article is to those before it, and remember it.

        The same version of the same article, with the same text, gets the verdict that it got.
        """
        key = _key(article)
        stored = self._entries.get(key)
        if stored is not None:
            if key not in self._texts:  # a crash may have kept one write of the two
                self._keep_text(key, article)
            return Entry.from_bytes(key, stored).verdict
        arrived = _arrival(article)
        self._forget(self._clock.advance(arrived))
        return self._judge_anew(key, article, arrived)

    def __len__(self) -> int:
        return len(self._memory)

    def _judge_anew(self, key: str, article: TaggedArticle, arrived: float) -> Verdict:
        says = marker(article)
        fingerprint = Fingerprint.of(article.headline, article.body)
        status: Status = article.status
        if status == "usable" and (says.kind == "canceled" or says.kind == "withheld"):
            status = says.kind
        if status == "usable":
            verdict = self._relate(article, fingerprint, says, self._since(arrived))
            target, story_id = None, verdict.story_id or _story_id(article)
        else:
            target, verdict, story_id = self._withdraw(article, status, says)
        kind, packed = verdict_bytes(verdict)
        self._sequence += 1
        entry = Entry(
            sequence=self._sequence,
            time=self._clock.time,
            arrived=arrived,
            exact=fingerprint.exact,
            words=fingerprint.words,
            key=key,
            article_id=article.article_id,
            version=article.version,
            source=article.source,
            source_id=article.source_id,
            story_id=story_id,
            status=status,
            target=target,
            agency=_agency(article),
            event_time=_event_time(article),
            verdict_kind=kind,
            verdict_bytes=packed,
            embargo_until=_embargo_of(verdict) or article.embargo_until,
        )
        postings = list(_postings(entry, says, fingerprint, verdict))
        stored = entry.to_bytes(fingerprint, postings)
        self._keep_text(key, article)
        self._entries[key] = stored
        self._memory.add(key, entry.story, entry.time, fingerprint, postings)
        return verdict

    # --- time ---------------------------------------------------------------------------------

    def _since(self, arrived: float) -> float:
        """Return from when on an article is compared with others: by its own time, if it has one.

        A wrong time in the future so finds nothing, and is published.
        """
        return (self._clock.time if isnan(arrived) else arrived) - self._window

    def _forget(self, now: float) -> None:
        """Forget what is out of the window, in memory and in both tables."""
        for key in self._orphans:
            self._texts.pop(key, None)
        self._orphans = []
        while count := self._expired(now):
            for key in self._memory.expire(count):
                self._texts.pop(key, None)
                self._entries.pop(key, None)

    def _expired(self, now: float) -> int:
        """Return how many articles at the front are to go; those that the clock needs stay."""
        known = len(self._memory)
        old = self._memory.old(now - self._window, _LOOKED_AT)
        count = max(min(old, known - self._least_articles), known + 1 - self._most_articles)
        return max(0, min(count, known - ARRIVALS))

    # --- versions and copies --------------------------------------------------------------------

    def _relate(
        self, article: TaggedArticle, fingerprint: Fingerprint, says: Marker, since: float
    ) -> Verdict:
        verdict = self._related(article, fingerprint, says, since)
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

    def _related(
        self, article: TaggedArticle, fingerprint: Fingerprint, says: Marker, since: float
    ) -> Placement | Copy:
        relation: Literal["update", "correction"] = (
            "correction" if says.kind == "correction" else "update"
        )
        if versions := self._versions_before(article):
            previous = _version_before(article, versions)
            if previous is None:  # an older version that comes late follows nothing
                return self._placement(article, versions[0].story_id, "original")
            return self._following(article, previous, relation)
        marked = says.kind in ("update", "correction")
        matches = self._matches(article, fingerprint, since, marked)
        best = next((match for match in matches if match.score > 0), None)
        if marked and not self._carries_marked(article, best):
            base = self._base(article, says, matches, since)
            if base is None:
                return self._placement(article, _story_id(article), "original")
            return self._following(article, base, relation)
        if best is None:
            return self._placement(article, _story_id(article), "original")
        return self._copy_or_update(article, fingerprint, best)

    def _versions_before(self, article: TaggedArticle) -> list[Entry]:
        """Return the versions of the article, else of the one that it names, the latest first.

        An id counts within its source: two articles of two wires with one id are two articles.
        """
        own = [
            entry
            for entry in self._versions_of(article.article_id)
            if entry.source == article.source
        ]
        return own or (
            self._versions(article.target_id, article.source) if article.target_id else []
        )

    def _versions(self, named: str, source: str) -> list[Entry]:
        """Return the versions of what `source` names, by its own id or ours, the latest first."""
        item = next(
            (
                e
                for e in self._find("item", source, named)
                if (e.source, e.source_id) == (source, named)
            ),
            None,
        )
        article_id = item.article_id if item else named
        return self._versions_of(article_id)

    def _versions_of(self, article_id: str) -> list[Entry]:
        found = self._find("article", article_id, most=_MOST_VERSIONS)
        return [entry for entry in found if entry.article_id == article_id]

    def _matches(
        self, article: TaggedArticle, fingerprint: Fingerprint, since: float, marked: bool
    ) -> list[_Match]:
        """Return the texts that are the same, the most similar first, of equals the first.

        Of a text that is `marked` also those of which it may be a version.
        """
        found = self._compared(fingerprint, since)
        if (
            found
            and found[0].score <= 0
            and (found[0].score > _NEARLY or found[0].rare_keys >= _KEYS_NEARLY)
        ):
            found = self._restored(article, found[0], since) or found
        return [
            match
            for match in found
            if (match.score > 0 or (marked and match.containment >= _VERSION_TEXT))
            and not self._of_another(article, match)
        ]

    def _compared(self, fingerprint: Fingerprint, since: float) -> list[_Match]:
        """Return the texts that have something in common with one, the most similar first."""
        found = []
        for place, by_name, short in self._memory.candidates(fingerprint, since):
            score = self._scorer(by_name, short)
            unique = (
                by_name["text of both"] == 1 and by_name["rare keys of the new"] >= _UNIQUE_KEYS
            )
            if unique and fingerprint.words >= _UNIQUE_WORDS:
                score = max(score, _UNIQUE_SCORE)
            found.append(_Match(place, score, by_name))
        # The same text comes before a longer one that has it, which may score as much.
        return sorted(found, key=lambda match: (not match.is_whole, -match.score, match.place))

    def _of_another(self, article: TaggedArticle, match: _Match) -> bool:
        """Say whether a text tells the same of another company or place."""
        return match.features["numbers new"] > 0 and other_facts(
            _texts(article), self._text(self._read(match.place))
        )

    def _restored(self, article: TaggedArticle, nearly: _Match, since: float) -> list[_Match]:
        """Return the text that the article nearly is, if it was that before it was altered."""
        here, there = _texts(article)[1], self._text(self._read(nearly.place))[1]
        body = restored(here, there)
        match: _Match | None = nearly
        if body is not None:
            found = self._compared(Fingerprint.of(article.headline, body), since)
            match = next((match for match in found if match.place == nearly.place), None)
        if match is None:
            return []
        if match.rare_keys >= _KEYS_CONTAINED and contained(body or here, there):
            match = match._replace(score=max(match.score, _UNIQUE_SCORE))
        return [match] if match.score > 0 else []

    def _carries_marked(self, article: TaggedArticle, match: _Match | None) -> bool:
        """Say whether a marked article is another wire's copy of a marked article."""
        if match is None:
            return False
        entry = self._read(match.place)
        if entry.source == article.source:
            return False
        headline, body = self._text(entry)
        return (
            headline.casefold() == article.headline.casefold()
            and body.split() == article.body[:_KEPT_TEXT].split()
        )

    def _base(
        self, article: TaggedArticle, says: Marker, matches: list[_Match], since: float
    ) -> Entry | None:
        """Return what a marked article is a version of.

        By its title, by what it quotes or numbers, by its text; of its own source, if possible.
        """
        named = [says.title, *named_titles(article)] if says.title else named_titles(article)
        for title in named:
            for entry in self._find("title", article.source, _folded(title)):
                if entry.source == article.source and entry.time >= since and not entry.is_copy:
                    return entry
        for number in named_numbers(article):
            if versions := self._versions(number, article.source):
                return versions[0]
        similar = [self._read(match.place) for match in matches]
        own = (entry for entry in similar if entry.source == article.source)
        return next(own, similar[0] if similar else None)

    def _copy_or_update(
        self, article: TaggedArticle, fingerprint: Fingerprint, match: _Match
    ) -> Placement | Copy:
        entry = self._read(match.place)
        if replaced := self._late_original_of(article, entry):
            placed = self._following(article, entry, "update")
            return placed.model_copy(update={"replaces_original": replaced})
        here, there = _texts(article), self._text(entry)
        exact = fingerprint.exact == entry.exact
        expanded = entry.words < _ABRIDGED * fingerprint.words
        if not exact and (expanded or self._says_more(article, here, there, entry)):
            return self._following(article, entry, "update")
        kind: Literal["exact", "near", "abridged", "repeat"]
        if exact:
            kind = "repeat" if entry.source == article.source else "exact"
        elif fingerprint.words <= _ABRIDGED * entry.words:
            kind = "abridged"
        else:
            kind = "near"
        original_id = self._original_id(entry)
        held_until = self._embargo(article, original_id, entry)
        why = evidence(here, there, _reference(entry), match.containment, match.headline)
        if not _may_quote(article, held_until, entry):
            why = why.model_copy(update={"numbers_only_there": (), "names_only_there": ()})
        return Copy(
            duplicate_of=original_id,
            story_id=entry.story_id,
            kind=kind,
            similarity=1.0 if exact else round(1 / (1 + exp(-match.score)), 3),
            embargo_until=held_until,
            evidence=why,
        )

    def _says_more(self, article: TaggedArticle, here: Texts, there: Texts, entry: Entry) -> bool:
        """Say whether a text says what the other one does not: then it is published.

        A wire that sends its own text again, otherwise worded, has changed it on purpose.
        """
        if says_new_numbers(there[1], here[1]):
            return True
        new = novelty([there[1]], here[1])
        if entry.source == article.source:
            return new > 0
        return new > _MOST_NEW or denies(changes(there, here))

    def _embargo(self, copy: TaggedArticle, original_id: str, like: Entry) -> datetime | None:
        """Return until when a copy is held back: at least as long as its original is by now."""
        versions = self._versions_of(original_id)
        original = next(iter(versions), like)  # forgotten, where only a later copy of it is known
        times = [time for time in (copy.embargo_until, original.embargo_until) if time]
        return max(times, default=None)

    def _embargo_of_followed(self, article: TaggedArticle, previous: Entry) -> datetime | None:
        """Return until when an article is held back with what it follows, as a copy of it would be.

        None where it is not: a provider may lift the embargo on what it has itself put under one.
        """
        if previous.embargo_until is None:
            return None
        if previous.source == article.source and _embargo_of(previous.verdict) is None:
            return None
        return self._embargo(article, self._original_id(previous), previous)

    def _original_id(self, entry: Entry) -> str:
        """Return the id of the article of which copies of `entry` are copies."""
        verdict = entry.verdict
        article_id = verdict.duplicate_of if isinstance(verdict, Copy) else entry.article_id
        for later in self._find("replaced", article_id):
            if (
                isinstance(later.verdict, Placement)
                and later.verdict.replaces_original == article_id
            ):
                return later.article_id
        return article_id

    def _late_original_of(self, article: TaggedArticle, entry: Entry) -> str | None:
        """Return the id of the original so far, if the article is the agency's own, come late."""
        original_id = self._original_id(entry)
        time = _event_time(article)
        if time is None:
            return None
        for original in self._versions_of(original_id):
            if (
                original.source != article.source
                and original.agency == _same_name(article.source)
                and original.event_time is not None
                and time < original.event_time
            ):
                return original_id
        return None

    def _following(
        self, article: TaggedArticle, previous: Entry, relation: Literal["update", "correction"]
    ) -> Placement:
        here, there = _texts(article), self._text(previous)
        new = novelty(self._texts_of_story(previous), here[1])
        held_until = self._embargo_of_followed(article, previous)
        may_quote = _may_quote(article, held_until or article.embargo_until, previous)
        return self._placement(
            article,
            previous.story_id,
            relation,
            independent=min(new, novelty([here[1]], there[1])) >= _INDEPENDENT,
            previous=_reference(previous),
            changes=changes(there, here) if may_quote else (),
            novelty=new,
            embargo_until=held_until,
        )

    def _placement(
        self,
        article: TaggedArticle,
        story_id: str,
        relation: Literal["original", "update", "correction"],
        independent: bool = True,
        **more: object,
    ) -> Placement:
        """Return a place in a story; an `independent` source joins those that the story has."""
        known: tuple[str, ...] = ()
        for entry in self._find("story", story_id):
            if entry.story_id == story_id and isinstance(entry.verdict, Placement):
                known = entry.verdict.sources
                break
        name = _source_name(article)
        names = {_same_name(source) for source in known}
        if not known or (independent and _same_name(name) not in names):
            known = (*known, name)
        return Placement.model_validate(
            {"story_id": story_id, "relation": relation, "sources": known, **more}
        )

    def _texts_of_story(self, previous: Entry) -> Iterator[str]:
        yield self._text(previous)[1]
        entries = (
            entry
            for entry in self._find("story", previous.story_id)
            if entry.story_id == previous.story_id and entry.target is None
        )
        for entry in islice(entries, _MOST_TEXTS):
            yield self._text(entry)[1]

    # --- withdrawals ----------------------------------------------------------------------------

    def _withdraw(
        self, article: TaggedArticle, status: Withdrawn, says: Marker
    ) -> tuple[str, Recall, str]:
        """Return what a kill or hold names, whom it reaches, and the story that it is put on.

        It reaches the story of its target, copies included. The withdrawal of a mere copy is its
        copier's affair ("we had no licence"), and reaches that copy alone.
        """
        versions = self._named(article, says)
        target = versions[0].article_id if versions else article.target_id or article.article_id
        affected: Iterable[str] = ()
        story_id = _story_id(article)
        if versions and all(entry.is_copy for entry in versions):
            affected = (target,)
        elif versions:
            story_id = next(entry.story_id for entry in versions if not entry.is_copy)
            affected = dict.fromkeys(
                entry.article_id for entry in self._story(story_id) if entry.target is None
            )
        recall = Recall(
            status=status,
            reason=article.editorial_note or article.headline or f"status {status}",
            story_id=versions[0].story_id if versions else None,
            affected=tuple(affected),
        )
        return target, recall, story_id

    def _named(self, article: TaggedArticle, says: Marker) -> list[Entry]:
        """Return the versions of what a kill or hold names: by id, by number, by title."""
        if article.target_id:
            return self._versions(article.target_id, article.source)
        if versions := self._versions_before(article):
            return versions
        for number in named_numbers(article):
            if versions := self._versions(number, article.source):
                return versions
        for title in (says.title, *named_titles(article)):
            for entry in self._find("title", article.source, _folded(title)):
                if entry.source == article.source and title:
                    return self._versions(entry.article_id, article.source)
        return []

    def _story(self, story_id: str) -> list[Entry]:
        """Return a story's articles, in order; its notices too where an older index put them."""
        return [e for e in self._find("story", story_id) if e.story_id == story_id][::-1]

    def _withdrawn(self, article: TaggedArticle, story_id: str | None) -> Withdrawn | None:
        """Say whether the story, or the article before it came, is under a kill or a hold.

        A kill stays; a hold ends with a later usable version of the article that was held.
        """
        found = [
            *self._find("notice", article.article_id, most=_MOST_EVENTS),
            *self._find(
                "notice of item", article.source, article.source_id or "", most=_MOST_EVENTS
            ),
            *self._find("notice of story", story_id or "", most=_MOST_EVENTS),
        ]
        notices = {
            entry.key: entry
            for entry in found
            if entry.target in (article.article_id, article.source_id) or entry.story_id == story_id
        }
        if not notices:
            return None
        status: Withdrawn | None = None
        events = notices | {
            entry.key: entry
            for entry in self._find("story", story_id or "", most=_MOST_EVENTS)
            if entry.story_id == story_id
        }
        for entry in sorted(events.values(), key=lambda entry: entry.sequence):
            if isinstance(entry.verdict, Recall):
                if status != "canceled":
                    status = entry.verdict.status
            elif status == "withheld":
                status = None  # released
        if status == "withheld" and self._releases(article, notices.values()):
            return None
        return status

    def _releases(self, article: TaggedArticle, notices: Iterable[Entry]) -> bool:
        """Say whether this is a later version of a held article than the one that was held.

        Where versions are no numbers, one that comes after one that was seen is later.
        """
        versions = self._versions_before(article)
        own = [notice for notice in notices if notice.article_id == article.article_id]
        held = [entry.version for entry in (own or versions)]
        numbers = [number for version in held if (number := _number(version)) is not None]
        version = _number(article.version)
        if numbers and version is not None:
            return version > max(numbers)
        named = any(notice.target == article.article_id for notice in notices)
        return named and bool(versions)

    # --- entries and texts ----------------------------------------------------------------------

    def _find(self, what: str, *values: str, most: int | None = None) -> Iterator[Entry]:
        """Read entries with this posting, the latest first; now and then its hash has another."""
        return map(self._read, self._memory.having(_posting(what, *values), most))

    def _read(self, place: int) -> Entry:
        key = self._memory.key(place)
        return Entry.from_bytes(key, self._entries[key])

    def _keep_text(self, key: str, article: TaggedArticle) -> None:
        text = f"{article.headline}\n{article.body[:_KEPT_TEXT]}"
        self._texts[key] = zlib.compress(text.encode(), _TEXT_COMPRESSION)

    def _text(self, entry: Entry) -> Texts:
        stored = self._texts.get(entry.key)
        if stored is None:
            return "", ""
        headline, _, body = zlib.decompress(stored).decode().partition("\n")
        return headline, body


def _postings(
    entry: Entry, says: Marker, fingerprint: Fingerprint, verdict: Verdict
) -> Iterator[int]:
    """Yield the keys under which an article is found."""
    if entry.source_id:
        yield _posting("item", entry.source, entry.source_id)
    if entry.target is not None:
        # By id and by the provider's: what it names may not have come yet.
        yield _posting("notice", entry.target)
        yield _posting("notice of item", entry.source, entry.target)
        yield _posting("notice of story", entry.story_id)
        return  # a kill is no article of the story, and its text none
    yield _posting("story", entry.story_id)
    yield _posting("article", entry.article_id)
    if says.title:
        yield _posting("title", entry.source, _folded(says.title))
    if isinstance(verdict, Placement) and verdict.replaces_original:
        yield _posting("replaced", verdict.replaces_original)
    if isinstance(verdict, Copy) and verdict.kind in ("exact", "repeat"):
        return  # whoever has this text is found by the entry that had it first
    yield from fingerprint.postings


def _posting(what: str, *values: str) -> int:
    return xxh32_intdigest("\xff".join((what, *values)).encode("utf-8", "surrogatepass"))


def _key(article: TaggedArticle) -> str:
    # With all by which it may be another one than the last with its id and version: a kill may
    # carry the version of what it kills, an embargo may be lifted without a new one, and two
    # articles may have been given one id.
    embargo = article.embargo_until
    return stable_hash(
        article.source, article.article_id, article.version, article.status, article.headline,
        article.body, article.slug or "", article.editorial_note or "", article.target_id or "",
        embargo.isoformat() if embargo else "",
    )  # fmt: skip


def _story_id(article: TaggedArticle) -> str:
    return stable_hash("story", article.source, article.article_id, article.version)


def _reference(entry: Entry) -> VersionReference:
    return VersionReference(article_id=entry.article_id, version=entry.version)


def _texts(article: TaggedArticle) -> Texts:
    return article.headline, article.body[:_KEPT_TEXT]


def _folded(title: str) -> str:
    return " ".join(WORD.findall(title.casefold()))


def _source_name(article: TaggedArticle) -> str:
    """Return whose report an article is: the agency's that it names, else its wire's."""
    agency = article.dateline.agency if article.dateline else None
    return agency if agency and _same_name(agency) != _same_name(article.source) else article.source


def _embargo_of(verdict: Verdict) -> datetime | None:
    """Return until when an article is held back with what it copies or follows."""
    return None if isinstance(verdict, Recall) else verdict.embargo_until


def _may_quote(article: TaggedArticle, held_until: datetime | None, other: Entry) -> bool:
    """Say whether an article that is held back so long may show what another text says.

    Not before the embargo on that one is over, by the times of the articles themselves.
    """
    embargo = other.embargo_until
    return (
        embargo is None
        or (held_until is not None and held_until >= embargo)
        or _arrival(article) >= embargo.timestamp()
    )


def _agency(article: TaggedArticle) -> str:
    return _same_name(_source_name(article))


def _same_name(name: str) -> str:
    folded = name.casefold().strip()
    return _AGENCIES.get(folded, folded)


def _seconds(time: datetime | None) -> float:
    return nan if time is None else time.timestamp()


def _arrival(article: TaggedArticle) -> float:
    return _seconds(article.received_at or article.published_at)


def _event_time(article: TaggedArticle) -> float | None:
    times = [time for time in (article.published_at, article.received_at) if time]
    return min(times).timestamp() if times else None


def _version_before(article: TaggedArticle, known: list[Entry]) -> Entry | None:
    """Return the version before the article: by number where there are numbers, else the last.

    `known`, the latest first, may be another article's, which a correction names: then it follows
    the last of them.
    """
    version = _number(article.version)
    numbered = [(_number(entry.version), entry) for entry in known]
    if (
        known[0].article_id != article.article_id
        or version is None
        or any(number is None for number, _ in numbered)
    ):
        return known[0]
    earlier = [
        (number, -place, entry)
        for place, (number, entry) in enumerate(numbered)
        if number is not None and (number < version or number == version)
    ]
    return max(earlier, key=lambda found: found[:2])[2] if earlier else None


def _number(version: str) -> int | None:
    """Return a version as a number, None where it is none."""
    return int(version) if version.isdecimal() and len(version) <= _MOST_DIGITS else None
