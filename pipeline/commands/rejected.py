"""`newswire rejected list|show|replay`: tables on a terminal, JSON lines in a pipe."""

import sys
from collections import Counter
from typing import Annotated, get_args

import typer
from rich.console import Console

from pipeline.clients.rejected import (
    Wanted,
    one_rejection,
    readable_list,
    readable_rejection,
    rejections,
    replay,
)
from pipeline.clients.starting_point import point_in_time
from pipeline.commands.printing import print_json
from pipeline.errors import UserError
from pipeline.logs import configure_logging
from pipeline.settings import load_settings
from schemas.verdicts import RejectedReason, RejectedStage

rejected_commands = typer.Typer(
    no_args_is_help=True, help="Look at what was rejected, and feed it again once that can work."
)

_STAGES, _REASONS = get_args(RejectedStage), get_args(RejectedReason)

Stage = Annotated[
    str | None, typer.Option(metavar="NAME", help=f"Only of this stage: {', '.join(_STAGES)}.")
]
Reason = Annotated[
    str | None, typer.Option(metavar="NAME", help=f"Only for this reason: {', '.join(_REASONS)}.")
]
Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Rejected then or later: 2026-11-22T18:00, or 90m, 24h, 7d."),
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Rejected before that time.")]


@rejected_commands.command("list")
def list_rejections(
    stage: Stage = None, reason: Reason = None, since: Since = None, until: Until = None
) -> None:
    """List what was rejected, the oldest first.

    Example: newswire rejected list --stage parse --since 24h
    """
    configure_logging("warning")
    found = rejections(load_settings(), _wanted((), stage, reason, since, until))
    if sys.stdout.isatty():
        Console().print(readable_list(list(found)))
    else:
        for rejected in found:
            print_json(rejected.printed())


@rejected_commands.command()
def show(
    rejection: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")],
) -> None:
    """Show one rejection whole: why, from where, and the bytes.

    Example: newswire rejected show 4b6a1f
    """
    configure_logging("warning")
    rejected = one_rejection(load_settings(), rejection)
    if sys.stdout.isatty():
        Console().print(readable_rejection(rejected))
    else:
        print_json(rejected.printed())


@rejected_commands.command("replay")
def replay_rejections(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Ids, or how they begin.")
    ] = None,
    stage: Stage = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    again: Annotated[bool, typer.Option("--again", help="Also what was replayed already.")] = False,
) -> None:
    """Feed the inputs that were rejected once more, from their original bytes.

    Each is a new input that names the old one. What was replayed already is left out, and so are
    rejected replays whose ids are not given. Exit code 1 where an input is not kept any more.

    Example: newswire rejected replay --reason stage_failed --since 2026-11-22T18:00
    """
    configure_logging("warning")
    if not ids and (stage, reason, since, until) == (None, None, None, None):
        raise UserError("what is to be replayed? name ids, or --stage, --reason, --since, --until")
    if ids and not all(ids):  # a variable of the shell that is not set: every id begins so
        raise UserError("an id is empty: name it, or leave it out")
    settings = load_settings()
    chosen = list(rejections(settings, _wanted(ids or (), stage, reason, since, until)))
    if not ids:
        chosen = [rejected for rejected in chosen if not rejected.is_of_replay]
    for id_ in ids or ():
        found = sum(rejected.id.startswith(id_) for rejected in chosen)
        if not found:
            raise UserError(f"{id_}: no rejection has this id; `newswire rejected list` shows them")
        if found > 1:
            raise UserError(f"{id_}: {found} rejections have ids that begin so; write more of it")
    outcomes: Counter[str] = Counter()
    for replayed in replay(settings, chosen, again):
        outcomes[replayed.outcome] += 1
        if replayed.outcome not in ("fed", "already"):
            print(f"newswire: {replayed.id}: {replayed.outcome}", file=sys.stderr)
        if not sys.stdout.isatty():
            print_json({"id": replayed.id, "outcome": replayed.outcome, "input": replayed.input})
    fed, already = outcomes["fed"], outcomes["already"]
    gone = outcomes.total() - fed - already
    print(
        f"{fed} fed again, {already} were already (--again feeds them too), {gone} could not be",
        file=sys.stderr,
    )
    if gone:
        raise typer.Exit(1)


def _wanted(
    ids: list[str] | tuple[()],
    stage: str | None,
    reason: str | None,
    since: str | None,
    until: str | None,
) -> Wanted:
    for option, value, values in (("stage", stage, _STAGES), ("reason", reason, _REASONS)):
        if value is not None and value not in values:
            raise UserError(f"--{option} {value}: unknown; there are {', '.join(values)}")
    return Wanted(
        ids=ids,
        stage=stage,
        reason=reason,
        since=point_in_time(since, "--since") if since else None,
        until=point_in_time(until, "--until") if until else None,
    )
