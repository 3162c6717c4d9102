"""Running the console until it is told to stop."""

import logging
import os
import signal
import socket
from types import FrameType

import uvicorn

from pipeline.clients.acknowledged import AcknowledgedFeeder
from pipeline.console.app import create_console
from pipeline.console.following import Following
from pipeline.errors import UserError
from pipeline.settings import Settings

logger = logging.getLogger(__name__)

# A broker that says nothing for so long is away.
_PATIENCE = 10.0
_MOST_CONNECTIONS = 200


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises `UserError` where the port is taken or no broker answers.
    """
    token = settings.secret("push_token")
    with (
        AcknowledgedFeeder(settings, _PATIENCE) as feeder,
        Following(settings) as following,
        _listening(settings) as listening,
    ):
        logger.info("listening on http://%s:%d", settings.serve_host, settings.serve_port)
        if token is None:
            logger.warning("push is off: NEWSWIRE_PUSH_TOKEN is not set")
        configuration = uvicorn.Config(
            create_console(settings, feeder, token, following),
            http="h11",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=15,
        )
        # Once it has stopped, uvicorn raises the signal that stopped it again.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _already_stopped)
        _Server(configuration, following).run(sockets=[listening])
        logger.info("stopped")


class _Server(uvicorn.Server):
    """Ends the streams when it is told to stop, which would go on for ever."""

    def __init__(self, configuration: uvicorn.Config, following: Following) -> None:
        super().__init__(configuration)
        self._following = following

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        self._following.bell.close()
        super().handle_exit(sig, frame)


def _already_stopped(_number: int, _frame: FrameType | None) -> None:
    pass


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.serve_host, settings.serve_port
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise UserError(
            f"cannot listen on {host}:{port} ({reason}): "
            "set NEWSWIRE_SERVE_HOST or NEWSWIRE_SERVE_PORT to another"
        ) from error
