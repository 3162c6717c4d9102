"""feeds.toml"""

from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.live_feeds.configuration import load_feeds

GOOD = """
[[feeds]]
source = "Example"
url = "https://example.org/feed.xml"
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "feeds.toml"
    path.write_text(text)
    return load_feeds(str(path))


def test_a_source_and_a_url_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(GOOD)
    (feed,) = load_feeds(str(path))
    assert (feed.source, feed.url) == ("Example", "https://example.org/feed.xml")
    assert (feed.interval, feed.fetch_articles, feed.password) == (900, False, None)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30), ("1.5", 1.5), ('"90s"', 90), ('"15m"', 900), ('"2h"', 7200)]
)
def test_an_interval_is_seconds_or_has_its_unit(tmp_path: Path, text: str, seconds: float) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(f"{GOOD}interval = {text}\n")
    assert load_feeds(str(path))[0].interval == seconds


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "names no feed: give each a table [[feeds]] with source and url"),
        ("x = 1\n" + GOOD, "x: no such key; there are feeds"),
        (
            GOOD + "intervall = 5\n",
            "feed 1: intervall: no such key; there are source, url, interval, fetch_articles, "
            "username, password",
        ),
        (GOOD.replace("source", "#"), "feed 1: source: is missing: add it"),
        (
            GOOD.replace("https:", "ftp:"),
            "feed 1: url: must begin with http:// or https:// and name a host "
            "('ftp://example.org/feed.xml')",
        ),
        (
            GOOD.replace("//", "//me:secret@"),
            "feed 1: url: must not carry a password: give username and password beside it",
        ),
        (
            GOOD + 'interval = "soon"\n',
            'feed 1: interval: give seconds, or a text such as "90s", "15m", "2h" or "1d" '
            "('soon')",
        ),
        (GOOD + "interval = 0\n", "feed 1: interval: must be from 1 second to 7 days ('0')"),
        (GOOD + 'username = "me"\n', "feed 1: username and password go together"),
        (
            GOOD + GOOD.replace("Example", "Other"),
            "feed 2 (Other): url: the same as that of feed 1: remove one of them",
        ),
        ("[[feeds]\n", "no TOML: expected ']]' at the end of an array declaration "
         "(at line 1, column 8)"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_place_and_remedy(
    tmp_path: Path, text: str, line: str
) -> None:
    with pytest.raises(UserError) as error:
        load(tmp_path, text)
    assert str(error.value) == f"{tmp_path}/feeds.toml: {line}"


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(GOOD + 'username = "me"\npassword = "secret"\n')
    assert "secret" not in repr(load_feeds(str(path)))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match=r"^none\.toml: no such file or directory$"):
        load_feeds("none.toml")
