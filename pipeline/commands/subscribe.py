"""`newswire subscribe` and `newswire resend`: what comes out, filtered, in a format, or sent on."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import orjson
import typer
from rich.console import Console
from rich.text import Text

from pipeline import standard_output
from pipeline.clients.starting_point import StartingPoint
from pipeline.clients.subscribe import Delivery, subscribe
from pipeline.clients.undelivered import Undelivered
from pipeline.clients.webhook import NotDelivered, Parcel, Webhook, webhook_secret
from pipeline.errors import UserError
from pipeline.filters import FIELDS, Filter
from pipeline.formats import FORMATS, NEWS_ONLY, Published
from pipeline.formats.harmless import printable
from pipeline.formats.ninjs import items
from pipeline.formats.readable import readable
from pipeline.interruption import await_interruption
from pipeline.logs import configure_logging
from pipeline.settings import Settings, load_settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF, Topic
from schemas import FinalRecord, Rejection, Withdrawal

OUTPUTS = {topic.name.removeprefix("news."): topic for topic in FINAL_TOPICS}
_REJECTED = TOPIC_OF[Rejection]

_IDLE_SECONDS = 3.0
_POSTED = ("json", "ninjs", "ninjs-strict")
_EXPLAINED = ("readable", "json")
# What stands for itself in a header; all else is percent-encoded (CloudEvents over HTTP, 3.1.3.2).
_IN_A_HEADER = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')

_PROSE = (
    "Print what comes out: readable on a terminal, one JSON object a line in a pipe.",
    "Whoever is given an article is given its withdrawal and its corrections too, whatever was "
    "asked for. An article under embargo comes when the embargo ends.",
    "Example: newswire subscribe enriched --follow --where 'country:RU and not relation:original'",
    "[bold]--where[/bold] takes conditions with [bold]and[/bold], [bold]or[/bold], "
    "[bold]not[/bold] and parentheses. A condition is FIELD:VALUE, FIELD:(VALUE, VALUE), or a word "
    "to be in headline or body. Values of several words need quotes. Upper and lower case are the "
    "same. A field that a record lacks does not match.",
    *(
        f"[bold]{name:9}[/bold] {field.help} [dim]{field.example}[/dim]"
        for name, field in FIELDS.items()
    ),
    "Exit codes: 0 nothing more comes, 1 something could not be delivered and is kept, 2 the call "
    "was wrong or the broker went away, 130 Ctrl-C.",
)
HELP = "\n\n".join(_PROSE)

PostOption = Annotated[
    str | None,
    typer.Option(
        "--post",
        metavar="URL",
        help="Send each record there instead of printing it, signed with NEWSWIRE_WEBHOOK_SECRET.",
    ),
]


def subscribe_command(
    outputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=f"[{'|'.join(OUTPUTS)}]...", help="What to follow; all of it otherwise."
        ),
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="FILTER", help="Only what matches; see above.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="beginning|2h|TIME|now",
            help="Where to begin, by when it was published here; the beginning otherwise.",
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on for ever, not only until nothing more comes.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="Name of a consumer group: it goes on where it stopped.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help=f"One of readable, {', '.join(FORMATS)}."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each record why it is handed out.")
    ] = False,
    embargoed: Annotated[
        bool, typer.Option("--embargoed", help="Do not wait for the end of embargoes.")
    ] = False,
    post: PostOption = None,
    undelivered: Annotated[
        str,
        typer.Option(metavar="FILE", help="Where --post keeps what was not taken; see resend."),
    ] = "undelivered.jsonl",
) -> None:
    """Print or send on what comes out; `HELP` is what a user reads of it."""
    configure_logging("warning")
    wanted = _wanted(outputs)
    chosen = Filter(where) if where is not None else None
    begin = StartingPoint.parse(start) if start is not None else None
    settings = load_settings()
    if group is not None:
        _check_group(group, settings)
    name = format_name or ("readable" if sys.stdout.isatty() and post is None else "json")
    if name not in ("readable", *FORMATS):
        raise UserError(
            f"--format {name}: no such format; there are readable, {', '.join(FORMATS)}"
        )
    if name in NEWS_ONLY:
        if outputs and _REJECTED in wanted:
            raise UserError(f"--format {name} holds news only, and rejected is none: leave it out")
        wanted = [topic for topic in wanted if topic is not _REJECTED]
    if explain and (name not in _EXPLAINED or post is not None):
        raise UserError(f"--explain goes with --format {' or '.join(_EXPLAINED)}, without --post")
    if name == "rss" and follow:
        raise UserError("--format rss is a document that ends: leave --follow out")
    if post is not None and name not in _POSTED:
        raise UserError(f"--post sends {', '.join(_POSTED)}, not {name}")

    await_interruption()
    with ExitStack() as stack:
        if post is not None:
            webhook = stack.enter_context(Webhook(post, webhook_secret(settings)))
            poster = _Poster(webhook, Undelivered(undelivered), undelivered, name)
            hand_out: Callable[[Delivery], None] = poster.post
        else:
            poster = None
            hand_out = stack.enter_context(_printer(name, chosen if explain else None, explain))
        try:
            for delivery in subscribe(
                settings,
                wanted,
                group,
                None if follow else _IDLE_SECONDS,
                start=begin,
                where=chosen,
                embargoed=embargoed,
            ):
                hand_out(delivery)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
    if poster is not None and poster.kept:
        print(
            f"newswire: {poster.kept} records were not taken by {printable(post or '')} and are "
            f"kept in {undelivered}: `newswire resend {undelivered} --post URL` sends them again",
            file=sys.stderr,
        )
        raise typer.Exit(1)


def resend_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where subscribe --post kept it.")],
    post: PostOption = None,
) -> None:
    """Send again what could not be delivered, except what was withdrawn or has a newer version.

    What is not taken this time stays in the file. Exit code 1 where something does.

    Example: newswire resend undelivered.jsonl --post https://desk.example/hook
    """
    configure_logging("warning")
    if post is None:
        raise UserError("give the address to send it to: --post URL")
    if not Path(file).is_file():
        raise UserError(f"{file}: there is no such file; subscribe --post makes it when it has to")
    with Webhook(post, webhook_secret(load_settings())) as webhook:
        resent = Undelivered(file).resend(webhook.send)
    print(
        f"{resent.sent} sent, {resent.overtaken} overtaken and dropped, {resent.kept} kept",
        file=sys.stderr,
    )
    if resent.kept:
        raise typer.Exit(1)


def _wanted(outputs: list[str] | None) -> list[Topic]:
    names = [name.removeprefix("news.") for name in outputs or OUTPUTS]
    for name in names:
        if name not in OUTPUTS:
            raise UserError(f"{name}: no such output; there are {', '.join(OUTPUTS)}")
    return [OUTPUTS[name] for name in dict.fromkeys(names)]


def _check_group(group: str, settings: Settings) -> None:
    if not group.strip() or not group.isprintable() or len(group) > 200:
        raise UserError(f"--group {group!a}: a group needs a name of printable characters")
    if group == settings.consumer_group:
        raise UserError(f"--group {group}: is the group of the workers: choose another name")


def _because(delivery: Delivery, where: Filter | None) -> tuple[str, ...]:
    match delivery.reason:
        case "match":
            return tuple(where.explain(delivery.record)) if where else ("no filter: all of it",)
        case "withdrawal":
            return ("it withdraws an article that was handed out",)
        case "correction":
            return ("it corrects an article that was handed out",)
        case "release":
            return ("it ends the hold of an article that was handed out",)


@contextmanager
def _printer(
    name: str, where: Filter | None, explain: bool
) -> Iterator[Callable[[Delivery], None]]:
    """Yield what prints a delivery in the format; print its head and end around."""
    if name == "readable":
        console = Console()

        def show(delivery: Delivery) -> None:
            assert isinstance(delivery.record, FinalRecord)
            console.print(readable(delivery.record))
            for line in _because(delivery, where) if explain else ():
                console.print(Text(f"  because {printable(line)}", style="dim"))

        yield show
        return
    form = FORMATS[name]()

    def write(delivery: Delivery) -> None:
        because = _because(delivery, where) if explain else ()
        for text in form.show(published(delivery, because)):
            standard_output.write(text)

    standard_output.write(form.begin())
    yield write
    standard_output.write(form.end())


def published(delivery: Delivery, because: tuple[str, ...] = ()) -> Published:
    """Return a delivery as formats take it."""
    assert isinstance(delivery.record, FinalRecord)
    topic = TOPIC_OF[type(delivery.record)].name
    return Published(delivery.record, topic, delivery.message.header("ce_id"), because)


class _Poster:
    """Sends deliveries to a web address, and keeps what it does not take."""

    def __init__(self, webhook: Webhook, undelivered: Undelivered, file: str, name: str) -> None:
        self._webhook = webhook
        self._undelivered = undelivered
        self._file = file
        self._format = name
        self.kept = 0

    def post(self, delivery: Delivery) -> None:
        """Send a delivery; several items of it go one after the other."""
        for parcel, articles in self._parcels(delivery):
            try:
                self._webhook.send(parcel)
            except NotDelivered as error:
                self.kept += 1
                self._undelivered.keep(parcel, articles, str(error))
                print(
                    f"newswire: {parcel.id} was not delivered, {error}; kept in {self._file}",
                    file=sys.stderr,
                )
            else:
                self._undelivered.delivered(articles)

    def _parcels(self, delivery: Delivery) -> Iterator[tuple[Parcel, Sequence[str]]]:
        """Yield what to send, and which articles it is about.

        A CloudEvent in HTTP's binary mode, or the items of ninjs: of a withdrawal, one an article.
        """
        message, record = delivery.message, delivery.record
        article_id: str | None = getattr(record, "article_id", None)
        articles = record.affected if isinstance(record, Withdrawal) else (article_id,)
        articles = tuple(id_ for id_ in articles if id_)
        event_id = message.header("ce_id") or message.input_id
        if self._format == "json":
            headers = {
                name.replace("ce_", "ce-"): quote(value, safe=_IN_A_HEADER)
                for name, value in message.headers
                if name.startswith("ce_") and value is not None
            }
            headers = {"content-type": "application/json", **headers}
            yield Parcel(event_id, record.to_json(), headers), articles
            return
        assert isinstance(record, FinalRecord)
        lines = items(record, strict=self._format == "ninjs-strict")
        for number, item in enumerate(lines):
            parcel = Parcel(event_id, orjson.dumps(item), {"content-type": "application/json"})
            if len(lines) == 1:
                yield parcel, articles
            else:
                yield replace(parcel, id=f"{event_id}.{number}"), articles[number : number + 1]
