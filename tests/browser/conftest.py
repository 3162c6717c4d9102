"""Chromium, without a window, and a page that lets no fault and no stranger pass."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from running_console import RunningConsole, running_console

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.settings import Settings

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium has a new empty profile for every test: Playwright makes one.
PagesOf = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not here: `make test-browser` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def console(embedded: Settings, tmp_path: Path) -> Iterator[RunningConsole]:
    """A console whose topics are empty."""
    with running_console(embedded, tmp_path / "serve.log") as running:
        yield running


@pytest.fixture(scope="module")
def shared_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console for all tests of a module that do not mind each other."""
    log = tmp_path_factory.mktemp("serve") / "log"
    with (
        EmbeddedBroker() as broker,
        running_console(Settings().on_embedded_broker(broker.address), log) as running,
    ):
        yield running


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[PagesOf]:
    """Opens pages that may say nothing on the browser's console, break, or ask another host."""
    faults: list[str] = []
    contexts = []

    def open_one(
        url: str,
        width: int = 1280,
        height: int = 900,
        may_lose_server: bool = False,
        **options: Any,
    ) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        host = "/".join(url.split("/")[:3])

        def on_request(request: Request) -> None:
            if not request.url.startswith(host + "/"):
                faults.append(f"asks {request.url}")

        page.on("request", on_request)
        page.on("pageerror", lambda error: faults.append(f"breaks: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"opens a dialog: {dialog.message}"))
        if not may_lose_server:
            page.on("console", lambda message: faults.append(f"says {message.text}"))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
