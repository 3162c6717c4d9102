"""The command line: `newswire --help` tells what there is."""

import logging
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from importlib import metadata
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.main import get_command

from pipeline import standard_output
from pipeline.clients.feed import messages, read_file
from pipeline.clients.feeding import Feeding, Input, Interrupted, bytes_of, inputs_of
from pipeline.clients.progress import FeedProgress
from pipeline.clients.replay import parse_speed
from pipeline.clients.subscribe import Delivery, subscribe
from pipeline.commands.rejected import rejected_commands
from pipeline.commands.subscribe import HELP, published, resend_command, subscribe_command
from pipeline.commands.topics import arrange_topics
from pipeline.commands.trace import print_trace
from pipeline.demo.run import run_demo
from pipeline.errors import UserError
from pipeline.formats import Published
from pipeline.formats.harmless import printable
from pipeline.formats.json_lines import JsonLines
from pipeline.formats.readable import readable
from pipeline.interruption import await_interruption, ignore_interruption
from pipeline.logs import configure_logging
from pipeline.services import require_alive, running_broker, start
from pipeline.settings import PREFIX, load_settings
from pipeline.sources import FORMATS, reader_for
from pipeline.sources.unreadable import Unreadable
from pipeline.topics import FINAL_TOPICS, TOPIC_OF
from schemas import FinalRecord

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
    epilog="Exit codes: 0 all went well, 1 some input could not be read, 2 the call was wrong.",
)

# What another process must know to work on the same broker as `up`.
_OF_THE_BROKER = {"broker", "partitions", "session_timeout", "producer_batch_size"}
_LONGEST_LINE = 1_000

application.add_typer(rejected_commands, name="rejected")

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help=f"Files of articles ({FORMATS}).")
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help=f"Their format, if not told by the name: {FORMATS}."
    ),
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="The wire of articles that do not name theirs."),
]


def main() -> NoReturn:
    """Run the command line; a user's mistake is one line on standard error and exit code 2."""
    try:
        if sys.stdout is None:
            raise UserError("standard output is closed; give it a place, if only /dev/null")
        # What it returns is an exit code, or nothing where a command comes to its end.
        sys.exit(application(prog_name="newswire", standalone_mode=False))
    except UserError as error:
        print(f"newswire: {error}", file=sys.stderr)
        sys.exit(2)
    except typer.TyperException as error:
        _complain_of_call(error)
        sys.exit(2)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"newswire {metadata.version('newswire')}")
        raise typer.Exit


@application.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Take the options that go with no command."""


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
        list[str] | None,
        typer.Argument(
            metavar="[FILE...]", help="Files to feed at once; a feeds.toml, to follow its feeds."
        ),
    ] = None,
    format_name: Format = None,
    source: Source = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the embedded broker; any free one otherwise."),
    ] = None,
    console: Annotated[
        bool, typer.Option("--console/--no-console", help="With the console, or without.")
    ] = True,
) -> None:
    """Run the pipeline on this machine until Ctrl-C: broker, worker, console, and what comes out.

    The broker is an embedded one, which keeps all in memory, unless NEWSWIRE_BROKER names another.
    The console is at http://127.0.0.1:8000/, or where NEWSWIRE_SERVE_PORT says.

    Example: newswire up feeds.toml
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    feeds = [name for name in files or () if name.endswith(".toml")]
    once = [name for name in files or () if name not in feeds]
    inputs = list(inputs_of(once, format_name, follow=False, on_unknown=_complain))
    commands = {"worker": ["worker"]}
    if console:
        commands["console"] = ["serve"]
    await_interruption()
    notes = Console(stderr=True, highlight=False)
    with (
        tempfile.TemporaryDirectory() as state,
        running_broker(settings, port) as running,
        ExitStack() as stack,
    ):
        for number, name in enumerate(feeds):
            commands[f"feeder of {name}"] = ["feed", "--follow", name]
            if settings.broker is None:  # what was sent is forgotten with the broker that has it
                commands[f"feeder of {name}"] += ["--state", f"{state}/{number}.json"]
        parts = {
            name: stack.enter_context(start(running, *command, output=sys.stderr.fileno()))
            for name, command in commands.items()
        }
        try:
            notes.print(f"Broker at {running.broker}. Ctrl-C ends it all. In another terminal:")
            exported = running.model_dump(include=_OF_THE_BROKER)
            variables = " ".join(
                f"{PREFIX}{name.upper()}={value}" for name, value in exported.items()
            )
            notes.print(f"  export {variables}", soft_wrap=True)
            notes.print("  newswire feed FILE...")
            if inputs:
                _run(Feeding(running, source=source, fault=_complain, note=_complain), inputs, None)
            watch = partial(require_alive, running, parts)
            for delivery in subscribe(running, FINAL_TOPICS, watch=watch):
                _print(delivery)
        except (KeyboardInterrupt, Interrupted):
            ignore_interruption()
            notes.print("Stopping.")


@application.command()
def worker() -> None:
    """Run a worker: the three stages, on the broker that NEWSWIRE_BROKER names.

    Start as many as you like; they share the work.
    """
    from pipeline.worker import run_worker  # loads Faust, a second that no other command should pay

    settings = load_settings()
    configure_logging(settings.log_level)
    run_worker(settings)


@application.command()
def topics(
    grow: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=1000, help="First give news.raw and news.clean N partitions."
        ),
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="First let each topic be kept as it should be.")
    ] = False,
) -> None:
    """Create the topics that are missing and check the others."""
    configure_logging("warning")
    arrange_topics(load_settings(), grow, repair)


@application.command()
def feed(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help=f"Files of articles, folders of them, or - for standard input ({FORMATS}). "
            "A name that ends in .gz is unpacked.",
        ),
    ],
    format_name: Format = None,
    source: Source = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", help="Follow the feeds that a feeds.toml names, or watch folders."
        ),
    ] = False,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Where is kept what was sent of feeds; beside feeds.toml otherwise.",
        ),
    ] = None,
    speed: Annotated[
        str,
        typer.Option(
            metavar="1|60|max",
            help="Replay: as fast as it happened by the articles' own times, 60 times as fast, "
            "or as fast as it goes.",
        ),
    ] = "max",
    resume: Annotated[
        int, typer.Option(min=0, metavar="N", help="Pass over the first N articles.")
    ] = 0,
) -> None:
    """Feed articles into the pipeline.

    Fed again, an article is the same input, and has the same outcome. A broker that is away is
    waited for. Ctrl-C delivers what was sent and says how to go on.

    Example: newswire feed --source "BNO News" story.txt

    Example: newswire feed --follow feeds.toml
    """
    if follow and any(name.endswith(".toml") for name in files):
        if format_name or source or resume or speed != "max":
            raise UserError(
                "--format, --source, --speed and --resume are for files: feeds.toml says it all"
            )
        _follow(files, state)
        return
    configure_logging("info")
    # The feeder itself says that the broker is away; its client would say so ten times a second.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    feeding = Feeding(
        load_settings(),
        source=source,
        speed=parse_speed(speed),
        resume=resume,
        fault=_complain,
        note=_complain,
    )
    await_interruption()
    unknown: list[str] = []

    def on_unknown(line: str) -> None:
        unknown.append(line)
        _complain(line)

    inputs = inputs_of(files, format_name, follow, on_unknown)
    try:
        _run(feeding, inputs, bytes_of(files))
    except Interrupted as error:
        _complain(str(error))
        raise typer.Exit(130) from None
    if feeding.failed or unknown:
        raise typer.Exit(1)


def _follow(files: list[str], state: str | None) -> None:
    from pipeline.live_feeds.following import follow_feeds  # as for the worker: aiohttp is large

    if len(files) > 1:
        raise UserError("--follow takes one feeds.toml, and folders in a command of their own")
    settings = load_settings()
    configure_logging(settings.log_level)
    follow_feeds(settings, files[0], state)


def _run(feeding: Feeding, inputs: Iterable[Input | None], total: int | None) -> None:
    """Feed `inputs`, with progress on a terminal, and say how many articles were delivered."""
    with FeedProgress(total) as progress:
        feeding.run(inputs, progress)
    articles = feeding.delivered - feeding.no_articles
    print(f"{articles} articles delivered, {feeding.failed} not", file=sys.stderr)


@application.command()
def serve() -> None:
    """Show what comes out at http://127.0.0.1:8000/, and take HTTP push, until Ctrl-C.

    NEWSWIRE_SERVE_HOST and NEWSWIRE_SERVE_PORT say where; push needs NEWSWIRE_PUSH_TOKEN.

    Example: curl -H "Authorization: Bearer $NEWSWIRE_PUSH_TOKEN" --json @story.json
    http://127.0.0.1:8000/articles
    """
    from pipeline.console.serving import serve  # as for the worker: FastAPI takes its time

    settings = load_settings()
    configure_logging(settings.log_level)
    serve(settings)


application.command("subscribe", help=HELP)(subscribe_command)
application.command("resend")(resend_command)


@application.command("trace")
def trace_command(
    article_id: Annotated[
        str, typer.Argument(help="The id of the article, as its records have it.")
    ],
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Look no further back: 2026-11-22T18:00, or 90m, 24h, 7d."
        ),
    ] = None,
) -> None:
    """Show the way of one article through the topics: where it is, and how long each stage took.

    Example: newswire trace 2f4858b3c0a9e1d7 --since 24h
    """
    configure_logging("warning")
    print_trace(load_settings(), article_id, since)


@application.command("process")
def process_command(files: Files, format_name: Format = None, source: Source = None) -> None:
    """Run all stages on files in this process, with no broker; print one JSON object a record.

    The final records only, in the order of the input: {"topic": ..., "record": {...}}

    Example: newswire process story.txt | jq .record.entities
    """
    # As for the worker: the rules of cleaning take half a second.
    from pipeline.article_index.index import ArticleIndex
    from pipeline.entities.finder import EntityFinder
    from pipeline.flow import process

    configure_logging("warning")
    settings = load_settings()
    readers = {path: reader_for(path, format_name) for path in files}
    finder = EntityFinder.load(settings.tagger)
    index = ArticleIndex({}, {}, timedelta(days=settings.window_days))
    failed = False
    for path, reader in readers.items():
        try:
            items = read_file(path, reader, source, partial(_complain_of, path))
            for _, record in process(messages(items), finder, index):
                _print_json(Published(record, TOPIC_OF[type(record)].name))
        except Unreadable as error:
            failed = True
            _complain_of(path, str(error))
    if failed:
        raise typer.Exit(1)


def _print(delivery: Delivery) -> None:
    if sys.stdout.isatty():
        assert isinstance(delivery.record, FinalRecord)
        Console().print(readable(delivery.record))
    else:
        _print_json(published(delivery))


def _print_json(record: Published) -> None:
    for line in JsonLines().show(record):
        standard_output.write(line)


def _complain_of(path: str, problem: str) -> None:
    _complain(f"{path}: {problem}")


def _complain_of_call(error: typer.TyperException) -> None:
    """Say in one line what is wrong with the options and arguments of a command."""
    mistake = error.format_message().rstrip(".")
    if not mistake:  # no command was named, and the help was printed
        return
    end = "" if mistake.endswith("?") else "."
    _complain(f"{mistake[0].lower()}{mistake[1:]}{end} See `{_called()} --help`")


def _called() -> str:
    """Return the command that was called, by its full name: not every error knows it."""
    names = ["newswire"]
    command: Any = get_command(application)
    for word in sys.argv[1:]:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        names.append(word)
    return " ".join(names)


def _complain(line: str) -> None:
    print(f"newswire: {printable(line, _LONGEST_LINE)}", file=sys.stderr)
