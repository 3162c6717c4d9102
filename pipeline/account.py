"""The account: every input has exactly one final record."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.message import Message
from pipeline.topics import FINAL_TOPICS


@dataclass(frozen=True, slots=True)
class Account:
    """What was fed, and what became of it, redeliveries left out."""

    fed: int
    by_topic: dict[str, int]
    missing: tuple[str, ...]  # inputs without a final record
    several: tuple[str, ...]  # inputs with more than one
    unknown: tuple[str, ...]  # final records of inputs that were not fed

    @property
    def holds(self) -> bool:
        """Whether every input has exactly one final record, and no record has no input."""
        return not (self.missing or self.several or self.unknown)

    def __str__(self) -> str:
        parts = [f"{count} {name.removeprefix('news.')}" for name, count in self.by_topic.items()]
        equation = f"{self.fed} fed = {' + '.join(parts)}"
        if self.holds:
            return equation
        faults = {"missing": self.missing, "several": self.several, "unknown": self.unknown}
        counts = ", ".join(f"{len(ids)} {name}" for name, ids in faults.items() if ids)
        return f"{equation}: does not hold ({counts})"


def account(fed: Iterable[Message], final: Iterable[Message]) -> Account:
    """Draw up the account of the inputs `fed` and of the messages that the final topics have.

    Messages with the same `ce_id` are one.
    """
    inputs = {message.input_id for message in fed}
    records: dict[str, Message] = {}
    for message in final:
        records.setdefault(message.header("ce_id") or message.input_id, message)
    outcomes: defaultdict[str, int] = defaultdict(int)
    by_topic = Counter(message.topic or "" for message in records.values())
    for message in records.values():
        outcomes[message.input_id] += 1
    return Account(
        fed=len(inputs),
        by_topic={topic.name: by_topic[topic.name] for topic in FINAL_TOPICS},
        missing=tuple(sorted(inputs - outcomes.keys())),
        several=tuple(sorted(name for name, count in outcomes.items() if count > 1)),
        unknown=tuple(sorted(outcomes.keys() - inputs)),
    )
