"""The demonstration itself: embedded broker, worker, feed, subscription, account."""

import tempfile
import time
from functools import partial

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from pipeline.account import Account, account
from pipeline.clients.feed import Feeder
from pipeline.clients.subscribe import Delivery, subscribe
from pipeline.demo.wire import demo_wire
from pipeline.errors import UserError
from pipeline.formats.readable import readable
from pipeline.services import require_alive, running_broker, start_worker
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS
from schemas import FinalRecord

# From the start of the worker; it takes some 8 s, most of them for the model and the group.
_TIME_LIMIT = 60.0


def run_demo(settings: Settings, console: Console) -> bool:
    """Show what becomes of a small wire; return whether the account holds."""
    deadline = time.monotonic() + _TIME_LIMIT
    with (
        tempfile.TemporaryFile() as log,
        console.status("starting the broker, the worker and its model") as status,
        running_broker(settings.model_copy(update={"broker": None})) as running,
        start_worker(running, log) as worker,
    ):
        with Feeder(running) as feeder:
            fed = [feeder.send(item) for item in demo_wire()]
        received: list[Delivery] = []
        outcomes: dict[str, Delivery] = {}
        try:
            for delivery in subscribe(
                running,
                FINAL_TOPICS,
                idle_seconds=_TIME_LIMIT,
                watch=partial(require_alive, running, {"worker": worker}),
            ):
                received.append(delivery)
                outcomes.setdefault(delivery.message.input_id, delivery)
                status.update(f"{len(outcomes)} of {len(fed)} articles are through")
                if len(outcomes) >= len(fed) or time.monotonic() > deadline:
                    break
        except UserError as error:
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip()
            raise UserError(said.removeprefix("newswire: ") or str(error)) from error
    for message in fed:
        if message.input_id in outcomes:
            record = outcomes[message.input_id].record
            assert isinstance(record, FinalRecord)
            console.print(readable(record))
    drawn_up = account(fed, (delivery.message for delivery in received))
    _show(drawn_up, console)
    return drawn_up.holds


def _show(drawn_up: Account, console: Console) -> None:
    console.print(Rule("the account"))
    console.print(Text(str(drawn_up), style="bold green" if drawn_up.holds else "bold red"))
