"""The process that runs the flow: `newswire worker`."""

import fcntl
import os
import socket
import tempfile
from contextlib import closing

import faust

from pipeline.app import create_app
from pipeline.entities.finder import EntityFinder
from pipeline.errors import UserError
from pipeline.logs import logging_configuration
from pipeline.settings import Settings
from pipeline.topics import ensure_topics

# Workers on one machine take the next free port after the one that is set, as far as this.
_PORTS_TRIED = 100


def run_worker(settings: Settings) -> None:
    """Run a worker until it is told to stop; raise `UserError` where it cannot start."""
    _require_writable(settings)
    ensure_topics(settings)
    settings = settings.model_copy(update={"web_port": _reserved_port(settings)})
    app = create_app(settings, EntityFinder.load(settings.tagger))
    worker = faust.Worker(
        app,
        loglevel=settings.log_level,
        logging_config=logging_configuration(settings.log_level),
        redirect_stdouts=False,
        quiet=True,  # it prints nothing among what is logged
    )
    worker.spinner = None
    worker.execute_from_commandline()


def _reserved_port(settings: Settings) -> int:
    """Return a free port that no other worker of this machine takes, even one that just starts.

    A locked file stands for the port from now until the process ends: it is bound seconds later.
    """
    first = settings.web_port
    last = min(first + _PORTS_TRIED, 65536) if first else 1
    for port in range(first, last):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.web_host, port))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
        if _lock(settings, port):
            return port
    raise UserError(
        f"no port of {settings.web_host} is free from {first} on: "
        "set NEWSWIRE_WEB_HOST and NEWSWIRE_WEB_PORT"
    )


def _require_writable(settings: Settings) -> None:
    directory = settings.data_directory
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(
            f"NEWSWIRE_DATA_DIRECTORY={directory}: {reason}; name a folder that can be written to"
        ) from error


def _lock(settings: Settings, port: int) -> bool:
    file = os.open(settings.data_directory / f"port-{port}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    return True  # the file stays open, and with it the lock, as long as the process runs
