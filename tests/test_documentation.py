"""The documents name what there is."""

import re
from pathlib import Path

import pytest

from pipeline.cli import application
from pipeline.live_feeds.configuration import load_feeds
from pipeline.settings import PREFIX, Settings
from pipeline.topics import TOPIC_OF

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {page.stem: page.read_text("utf-8") for page in (ROOT / "docs").glob("*.md")}
EVERYTHING = "\n".join((README, *PAGES.values()))
COMMANDS = sorted(
    [
        *(
            command.name or command.callback.__name__
            for command in application.registered_commands
            if command.callback
        ),
        *(group.name for group in application.registered_groups if group.name),
    ]
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_tells_of_every_command(command: str) -> None:
    assert re.search(rf"^\| `newswire {command}\b", README, re.MULTILINE)


def test_the_readme_says_that_resend_needs_an_address() -> None:
    assert "\n| `newswire resend FILE --post URL` |" in README


def test_the_documents_tell_of_no_command_that_there_is_not() -> None:
    assert set(re.findall(r"`newswire ([a-z]+)", EVERYTHING)) <= set(COMMANDS)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_readme_leads_to_every_page(page: str) -> None:
    assert f"(docs/{page}.md)" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_and_its_default_is_documented(name: str) -> None:
    rows = [
        row
        for row in PAGES["settings"].splitlines()
        if row.startswith("|") and PREFIX + name.upper() in row
    ]
    field = Settings.model_fields[name]
    default = "a temporary one" if field.default_factory else field.default
    shown = "none" if default is None else f"{default:g}" if isinstance(default, float) else default
    assert rows, f"{PREFIX}{name.upper()} is in no table"
    assert str(shown) in rows[0]


@pytest.mark.parametrize("topic", [topic.name for topic in TOPIC_OF.values()])
def test_the_picture_of_the_flow_has_every_topic(topic: str) -> None:
    assert topic in README.split("```")[1]


@pytest.mark.parametrize(
    "path", re.findall(r"^((?:schemas|pipeline|tests)/\S*)", README, re.MULTILINE)
)
def test_what_the_readme_says_is_somewhere_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", re.findall(r"(?:`|\n)make ([a-z-]+)", EVERYTHING))
def test_every_make_target_that_a_document_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_feeds_that_are_shown_can_be_followed(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGES["feeding"], re.DOTALL)
    path = tmp_path / "feeds.toml"
    path.write_text(example)
    assert [(feed.interval, feed.fetch_articles) for feed in load_feeds(str(path))] == [
        (300, False),
        (900, True),
    ]
