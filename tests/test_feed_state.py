"""What `feed --follow` remembers."""

from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.live_feeds.state import FORGET_AFTER, MOST_ITEMS, FeedState, State, replace_file

URL = "https://example.org/feed.xml"
NOW = 1_800_000_000


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = str(tmp_path / "feeds.state.json")
    written = FeedState('"tag"', "Sunday", 12.5, 3, NOW, {"timeout"}, {"a": NOW, "b": NOW - 1})
    with State(path) as state:
        state.feeds[URL] = written
        state.write(state.to_json())
    with State(path) as state:
        assert state.feeds == {URL: written}


def test_a_file_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "feeds.state.json")
    with State(path), pytest.raises(UserError, match="another `newswire feed --follow` uses it"):
        State(path).__enter__()
    with State(path):
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1, "feeds": {"x": 1}}'])
def test_a_file_that_is_none_of_ours_is_one_line_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "feeds.state.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"feeds\.state\.json: no state of .*: restore it, or"):
        State(str(path)).__enter__()
    assert path.read_bytes() == content


def test_a_file_of_a_newer_newswire_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "feeds.state.json"
    path.write_bytes(b'{"version": 2, "feeds": {}}')
    with pytest.raises(UserError, match="its version is 2 and not 1"):
        State(str(path)).__enter__()


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file or directory"):
        State(str(tmp_path / "none" / "state.json")).__enter__()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    replace_file(path, b"old")
    (tmp_path / "state.new").mkdir()  # its place is taken
    with pytest.raises(OSError, match="directory"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_an_item_that_left_its_feed_for_long_is_forgotten() -> None:
    state = FeedState(read_at=NOW, sent={"gone": NOW - FORGET_AFTER - 1, "there": NOW})
    state.forget_what_left()
    assert state.sent == {"there": NOW}


def test_nothing_is_forgotten_while_a_feed_cannot_be_read() -> None:
    long_ago = NOW - 10 * FORGET_AFTER
    state = FeedState(read_at=long_ago, due=NOW, sent={"there": long_ago})
    state.forget_what_left()
    assert state.sent == {"there": long_ago}


def test_a_feed_of_new_ids_at_each_poll_is_bounded() -> None:
    state = FeedState(read_at=NOW, sent={str(n): NOW - n for n in range(2 * MOST_ITEMS)})
    state.forget_what_left()
    assert len(state.sent) == MOST_ITEMS
    assert "0" in state.sent


def test_what_the_feed_has_now_is_never_forgotten() -> None:
    state = FeedState(read_at=NOW, sent={str(n): NOW for n in range(MOST_ITEMS + 5)})
    state.forget_what_left()
    assert len(state.sent) == MOST_ITEMS + 5


def test_a_feed_that_is_followed_no_more_is_forgotten_in_time(tmp_path: Path) -> None:
    import time

    with State(str(tmp_path / "state.json")) as state:
        state.feeds = {"old": FeedState(), "recent": FeedState(read_at=int(time.time()))}
        state.keep({URL})
        assert set(state.feeds) == {"recent"}
