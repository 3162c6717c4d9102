"""The command line: `newswire --help` tells what there is."""

import os
import signal
import sys
from datetime import timedelta
from types import FrameType
from typing import Annotated, NoReturn

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import Feeder, Refused, messages, read_file
from pipeline.clients.readable import printable, readable
from pipeline.clients.subscribe import Delivery, subscribe
from pipeline.demo.run import run_demo
from pipeline.errors import UserError
from pipeline.flow import process
from pipeline.logs import configure_logging
from pipeline.services import running_broker, start_worker
from pipeline.settings import load_settings
from pipeline.sources import READERS, reader_for
from pipeline.sources.unreadable import Unreadable
from pipeline.topics import FINAL_TOPICS, TOPIC_OF, Topic, ensure_topics
from schemas import FinalRecord, Record

application = typer.Typer(
    name="newswire",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "A streaming pipeline for live news wires: articles in over Kafka, cleaned, their entities "
        "tagged, related to what came before, and out again to downstream topics.\n\n"
        "Begin with [bold]newswire demo[/bold]. Settings are environment variables, "
        "NEWSWIRE_BROKER first of all; without it, demo and up bring a broker of their own."
    ),
    epilog="Exit codes: 0 all went well, 1 some input could not be used, 2 the call was wrong.",
)

_FORMATS = ", ".join(READERS)
_OUTPUTS = {topic.name.removeprefix("news."): topic for topic in FINAL_TOPICS}

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help=f"Files of articles ({_FORMATS}).")
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help=f"Their format, if not told by the name: {_FORMATS}."
    ),
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="The wire of articles that do not name theirs."),
]


def main() -> NoReturn:
    """Run the command line; a user's mistake is one line on standard error and exit code 2."""
    try:
        application()
    except UserError as error:
        print(f"newswire: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # who reads our output has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(0)


@application.command()
def demo() -> None:
    """Show one story on its way, with a copy, an update, a correction and a kill.

    Brings its own broker and worker, and ends them. Exit code 1 where one is unaccounted for.
    """
    if not run_demo(load_settings(), Console()):
        raise typer.Exit(1)


@application.command()
def up(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="Files to feed at once.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the embedded broker; any free one otherwise.")
    ] = None,
) -> None:
    """Run the pipeline on this machine until Ctrl-C: broker, worker, and what comes out of it.

    The broker is an embedded one, which keeps all in memory, unless NEWSWIRE_BROKER names another.
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    signal.signal(signal.SIGTERM, _interrupt)
    notes = Console(stderr=True)
    with (
        running_broker(settings, port) as running,
        start_worker(running, sys.stderr.fileno()) as worker,
    ):
        notes.print(f"Broker at {running.broker}. Ctrl-C ends it all. In another terminal:")
        notes.print(f"  NEWSWIRE_BROKER={running.broker} newswire feed FILE...", highlight=False)
        with Feeder(running) as feeder:
            for path in files or ():
                for item in read_file(path, reader_for(path), None):
                    feeder.send(item)
        try:
            for delivery in subscribe(running, FINAL_TOPICS):
                _print(delivery)
                if worker.exit_code is not None:
                    raise UserError(f"the worker ended with exit code {worker.exit_code}")
        except KeyboardInterrupt:
            notes.print("Stopping.")


@application.command()
def worker() -> None:
    """Run a worker: the three stages, on the broker that NEWSWIRE_BROKER names.

    Start as many as you like; they share the work.
    """
    from pipeline.worker import run_worker  # loads spaCy, a second that no other command should pay

    settings = load_settings()
    configure_logging(settings.log_level)
    run_worker(settings)


@application.command()
def topics() -> None:
    """Create the topics that are missing and check the others."""
    settings = load_settings()
    created = ensure_topics(settings)
    for topic in sorted(created):
        print(f"created {topic}")
    if not created:
        print("every topic is there")


@application.command()
def feed(files: Files, format_name: Format = None, source: Source = None) -> None:
    """Feed articles from files into the pipeline.

    Fed again, an article is the same input, and has the same outcome.

    Example: newswire feed --source "BNO News" story.txt
    """
    configure_logging("warning")
    readers = {path: reader_for(path, format_name) for path in files}
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed} delivered"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    failed = sent = 0
    with progress:
        task = progress.add_task("feeding", total=None, rate="")
        with Feeder(load_settings(), lambda: progress.advance(task)) as feeder:
            for path, reader in readers.items():
                try:
                    for item in read_file(path, reader, source):
                        try:
                            feeder.send(item)
                            sent += 1
                        except Refused as error:
                            failed += 1
                            _complain(path, error)
                except Unreadable as error:
                    failed += 1
                    _complain(path, error)
    print(f"{sent} articles delivered, {failed} not", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


@application.command("subscribe")
def subscribe_command(
    outputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=f"[{'|'.join(_OUTPUTS)}]...", help="What to follow; all of it otherwise."
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on for ever, not only until nothing more comes.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="Name of a consumer group: it goes on where it stopped.")
    ] = None,
) -> None:
    """Print what comes out: readable on a terminal, one JSON object a line in a pipe.

    Example: newswire subscribe enriched withdrawals --follow
    """
    configure_logging("warning")
    for name in outputs or ():
        if name not in _OUTPUTS:
            raise UserError(f"{name}: no such output; there are {', '.join(_OUTPUTS)}")
    wanted = [_OUTPUTS[name] for name in outputs or _OUTPUTS]
    idle_seconds = None if follow else 3.0
    try:
        for delivery in subscribe(load_settings(), wanted, group, idle_seconds):
            _print(delivery)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@application.command("process")
def process_command(files: Files, format_name: Format = None, source: Source = None) -> None:
    """Run all stages on files in this process, with no broker; print one JSON object a record.

    The final records only, in the order of the input: {"topic": ..., "record": {...}}

    Example: newswire process story.txt | jq .record.entities
    """
    from pipeline.entities.spacy_model import SpacyModel  # as for the worker

    configure_logging("warning")
    settings = load_settings()
    readers = {path: reader_for(path, format_name) for path in files}
    model = SpacyModel(settings.tagger)
    index = ArticleIndex({}, {}, timedelta(days=settings.window_days))
    failed = False
    for path, reader in readers.items():
        try:
            for _, record in process(messages(read_file(path, reader, source)), model, index):
                _print_json(TOPIC_OF[type(record)], record)
        except Unreadable as error:
            failed = True
            _complain(path, error)
    if failed:
        raise typer.Exit(1)


def _print(delivery: Delivery) -> None:
    if sys.stdout.isatty():
        assert isinstance(delivery.record, FinalRecord)
        Console().print(readable(delivery.record))
    else:
        _print_json(TOPIC_OF[type(delivery.record)], delivery.record)


def _print_json(topic: Topic, record: Record) -> None:
    line = orjson.dumps({"topic": topic.name, "record": orjson.Fragment(record.to_json())})
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _complain(path: str, error: Exception) -> None:
    print(f"newswire: {printable(path)}: {error}", file=sys.stderr)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
