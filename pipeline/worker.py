"""The process that runs the flow: `newswire worker`."""

import socket
from contextlib import closing

import faust

from pipeline.app import create_app
from pipeline.entities.spacy_model import SpacyModel
from pipeline.errors import UserError
from pipeline.logs import logging_configuration
from pipeline.settings import Settings
from pipeline.topics import ensure_topics

# Workers on one machine take the next free port after the one that is set, as far as this.
_PORTS_TRIED = 100


def run_worker(settings: Settings) -> None:
    """Run a worker until it is told to stop; raise `UserError` where it cannot start."""
    ensure_topics(settings)
    settings = settings.model_copy(update={"web_port": _free_port(settings)})
    app = create_app(settings, SpacyModel(settings.tagger))
    worker = faust.Worker(
        app,
        loglevel=settings.log_level,
        logging_config=logging_configuration(settings.log_level),
        redirect_stdouts=False,
    )
    worker.spinner = None
    worker.execute_from_commandline()


def _free_port(settings: Settings) -> int:
    first = settings.web_port
    last = min(first + _PORTS_TRIED, 65536) if first else 1
    for port in range(first, last):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.web_host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise UserError(
        f"no port of {settings.web_host} is free from {first} on: set NEWSWIRE_WEB_PORT"
    )
