"""What is shown or sent of a published record, whatever the format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from schemas import FinalRecord


@dataclass(frozen=True, slots=True)
class Published:
    """A final record, its topic and `ce_id`, and, where asked for, why it is handed out."""

    record: FinalRecord
    topic: str
    event_id: str | None = None
    because: tuple[str, ...] = ()


class Format(Protocol):
    """Writes records as text: what comes first, each record, what comes last."""

    def begin(self) -> str:
        """Return what stands before the first record."""
        ...

    def show(self, published: Published) -> Iterator[str]:
        """Yield the text of a record; a format may keep it until the end."""
        ...

    def end(self) -> str:
        """Return what stands behind the last record."""
        ...
