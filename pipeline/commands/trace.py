"""`newswire trace`: a table on a terminal, one JSON object a message in a pipe."""

import sys

from rich.console import Console

from pipeline.clients.starting_point import point_in_time
from pipeline.clients.trace import readable_trace, trace
from pipeline.commands.printing import print_json
from pipeline.errors import UserError
from pipeline.settings import Settings


def print_trace(settings: Settings, article_id: str, since: str | None) -> None:
    """Print the way of an article; raise `UserError` where no topic knows it."""
    stops = trace(settings, article_id, point_in_time(since, "--since") if since else None)
    if not stops:
        raise UserError(f"{article_id}: no message of any topic is about this article")
    if sys.stdout.isatty():
        Console().print(readable_trace(stops))
    else:
        for stop in stops:
            print_json(stop.printed())
