"""The pages, which are the same for everybody and whatever came: what came is asked for by them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

from pipeline.console.following import Following
from pipeline.console.rejected import rejected
from pipeline.console.story import story

_ASSETS = files("pipeline.console") / "assets"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Nothing from elsewhere, nothing inline, and no text is ever taken for markup or a script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    name: str
    title: str


_PAGES = (
    _Page("/", "stream", "Stream"),
    _Page("/story/{story_id}", "story", "Story"),
    _Page("/rejected", "rejected", "Rejected"),
    _Page("/pipeline", "pipeline", "Pipeline"),
)


def pages_router(following: Following) -> APIRouter:
    """Return the routes of the pages and of what they show."""
    router = APIRouter(include_in_schema=False)
    window = following.window
    frame = Template((_ASSETS / "frame.html").read_text("utf-8"))
    for page in _PAGES:
        router.add_api_route(page.path, _page(frame, page), methods=["GET", "HEAD"])

    @router.get("/assets/{name}")
    def asset(name: str) -> Response:
        """Return a file that the pages are made of."""
        ending = name[name.rfind(".") :]
        known = {each.name for each in _ASSETS.iterdir()}
        if ending not in _MEDIA_TYPES or name not in known:
            raise HTTPException(404)
        return Response((_ASSETS / name).read_bytes(), media_type=_MEDIA_TYPES[ending])

    @router.get("/api/story/{story_id}")
    def tell_story(story_id: str) -> dict[str, Any]:
        """Return a story, by its id or an article's."""
        entries = window.story(story_id)
        if not entries:
            raise HTTPException(404, "no story of that id is in the window")
        return story(entries)

    @router.get("/api/rejected")
    def list_rejected() -> list[dict[str, Any]]:
        """Return the rejected inputs."""
        return rejected(window.since(window.rejected, 0))

    @router.get("/api/pipeline")
    def measured() -> dict[str, Any]:
        """Return rates, lag and latency."""
        return following.measuring.report() | {"unreadable": following.reader.unreadable}

    return router


def _page(frame: Template, page: _Page) -> Callable[[], Response]:
    main = (_ASSETS / f"{page.name}.html").read_text("utf-8")
    current = {
        f"{other.name}_current": ' aria-current="page"' if other is page else "" for other in _PAGES
    }
    html = frame.substitute(title=page.title, name=page.name, main=main, **current)

    def answer() -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})

    return answer
