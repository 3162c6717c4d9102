"""Records as people read them, on a terminal.

What an article says is never taken for markup, and its control characters are shown, not obeyed.
"""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.formats.harmless import printable
from schemas import Duplicate, EnrichedArticle, Entity, FinalRecord, Rejection, Withdrawal
from schemas.article import Change, EntityType

_COLOUR: dict[EntityType, str] = {
    "PERSON": "magenta",
    "ORG": "cyan",
    "PLACE": "green",
    "NORP": "yellow",
    "OTHER": "blue",
}
_MOST_ENTITIES = 12
_MOST_CHANGES = 8


def readable(record: FinalRecord) -> RenderableType:
    """Return what a person wants to know of a final record."""
    match record:
        case EnrichedArticle():
            return _article(record)
        case Duplicate():
            return _duplicate(record)
        case Withdrawal():
            return _withdrawal(record)
        case Rejection():
            return _rejection(record)


Row = tuple[str, Text]


def _block(label: str, colour: str, title: str, rows: list[Row]) -> RenderableType:
    heading = Text.assemble((f" {label} ", f"bold reverse {colour}"), " ", (title, "bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", min_width=9)
    grid.add_column(overflow="fold")
    for name, content in rows:
        grid.add_row(name, content)
    return Group(heading, Padding(grid, (0, 0, 1, 2)))


def _row(name: str, *parts: str | tuple[str, str]) -> Row:
    return name, Text.assemble(*parts)


def _article(article: EnrichedArticle) -> RenderableType:
    by = f", by {printable(', '.join(article.byline))}" if article.byline else ""
    rows = [_row("from", f"{printable(article.source)}{by}, version {_short(article.version)}")]
    if article.previous:
        follows = (
            f"{_short(article.previous.article_id)} version {_short(article.previous.version)}"
        )
        rows.append(_row("follows", follows, f"; {article.novelty:.0%} of its text is new"))
    rows += [_change(change) for change in article.changes[:_MOST_CHANGES]]
    if article.entities:
        rows.append(("names", _entities(article.entities)))
    rows += [
        _row("removed", (f"{edit.kind} ", "dim"), (printable(edit.text), "strike"))
        for edit in article.removed
        if edit.kind != "headline"  # it stands above
    ]
    if article.copyright and article.copyright.holder:
        rows.append(_row("rights", printable(article.copyright.holder)))
    sources = printable(", ".join(article.sources))
    rows.append(_row("story", f"{_short(article.story_id)}, reported by {sources}"))
    colour = "green" if article.relation == "original" else "blue"
    return _block(article.relation, colour, printable(article.headline) or "(no headline)", rows)


def _entities(entities: tuple[Entity, ...]) -> Text:
    names = Text()
    for entity in entities[:_MOST_ENTITIES]:
        times = f" ×{len(entity.mentions)}" if len(entity.mentions) > 1 else ""
        names.append(" · " if names else "")
        names.append(printable(entity.name), style=_COLOUR[entity.type])
        names.append(times, style="dim")
    if len(entities) > _MOST_ENTITIES:
        names.append(f" and {len(entities) - _MOST_ENTITIES} more", style="dim")
    return names


def _change(change: Change) -> Row:
    name = f"{change.kind} of {printable(change.counts)}" if change.counts else change.kind
    before, after = (printable(text) if text else "" for text in (change.before, change.after))
    if not before:
        return _row(name, ("added ", "dim"), (after, "green"))
    if not after:
        return _row(name, ("removed ", "dim"), (before, "red"))
    return _row(name, (before, "red"), (" → ", "dim"), (after, "green"))


def _duplicate(copy: Duplicate) -> RenderableType:
    evidence = copy.evidence
    rows = [
        _row("from", printable(copy.source)),
        _row(
            "copy of",
            f"{_short(copy.duplicate_of)}; ",
            f"{evidence.containment:.0%} of the shorter text is in the longer one",
        ),
    ]
    if evidence.shared_passages:
        rows.append(_row("both say", f"“{printable(evidence.shared_passages[0].text)}”"))
    for name, numbers, names in (
        ("only here", evidence.numbers_only_here, evidence.names_only_here),
        ("only there", evidence.numbers_only_there, evidence.names_only_there),
    ):
        if numbers or names:
            rows.append(_row(name, printable(", ".join((*names, *numbers)))))
    title = printable(copy.headline) or "(no headline)"
    return _block(f"duplicate, {copy.kind}", "yellow", title, rows)


def _withdrawal(withdrawal: Withdrawal) -> RenderableType:
    affected = ", ".join(_short(article_id) for article_id in withdrawal.affected)
    rows = [
        _row("from", printable(withdrawal.source)),
        _row("reason", printable(withdrawal.reason)),
        _row("withdraws", affected or "nothing that is known"),
    ]
    title = printable(withdrawal.headline) or "(no headline)"
    return _block(f"withdrawal, {withdrawal.status}", "red", title, rows)


def _rejection(rejection: Rejection) -> RenderableType:
    begins = printable(rejection.value[:100].decode("utf-8", "replace"), 60)
    rows = [
        _row("stage", rejection.stage),
        _row("kept", f"{len(rejection.value)} bytes, beginning ", (begins, "italic")),
    ]
    return _block(f"rejected, {rejection.reason}", "red", printable(rejection.detail), rows)


def _short(identifier: str) -> str:
    """Return as much of an id as is enough to tell it from its neighbours."""
    return printable(identifier.removeprefix("text:"), 9)
