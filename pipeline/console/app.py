"""The application behind `newswire serve`: each thing that it offers is a router of its own."""

from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from pydantic.json_schema import models_json_schema
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from pipeline.clients.acknowledged import AcknowledgedFeeder
from pipeline.console.access import SecurityHeaders
from pipeline.console.following import Following
from pipeline.console.pages import pages_router
from pipeline.console.push import SCHEMAS, push_router
from pipeline.console.stream import stream_router
from pipeline.settings import Settings

_LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "::1"]


def create_console(
    settings: Settings, feeder: AcknowledgedFeeder, token: SecretStr | None, following: Following
) -> ASGIApp:
    """Return the application; `/openapi.json` describes it."""
    console = FastAPI(
        title="Newswire",
        summary="The open streaming pipeline for live news wires",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    console.include_router(push_router(settings, feeder, token))
    console.include_router(stream_router(following))
    console.include_router(pages_router(following))
    if settings.serve_host in _LOOPBACK:
        # Lest a page from elsewhere, whose name is made to mean this machine, read along.
        console.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
    describe = console.openapi

    def openapi() -> dict[str, Any]:
        """Describe the records too, which are read from the body by hand."""
        description = describe()
        components = description.setdefault("components", {})
        components["schemas"] = components.get("schemas", {}) | _schemas()
        return description

    console.openapi = openapi  # type: ignore[method-assign]  # as FastAPI says to extend it
    return SecurityHeaders(console)  # around all of it, the answer to a fault of ours too


def _schemas() -> dict[str, Any]:
    _, described = models_json_schema(
        [(model, "validation") for model in SCHEMAS], ref_template="#/components/schemas/{model}"
    )
    definitions: dict[str, Any] = described["$defs"]
    return definitions
