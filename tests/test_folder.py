"""A watched folder: only whole files, each once, the oldest first."""

import os
import time
from itertools import islice
from pathlib import Path

import pytest

from pipeline.clients.folder import SETTLED_SECONDS, FolderWatch, files_of


class Clock:
    """A clock that goes when it is told to, as the file system's does here."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def write(path: Path, text: str, at: float) -> None:
    path.write_text(text)
    os.utime(path, (at, at))


def names(paths: list[str]) -> list[str]:
    return [Path(path).name for path in paths]


def test_files_that_were_there_come_in_the_order_of_their_times(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub" / "first", "x", clock() - 300)
    write(tmp_path / "third", "x", clock() - 100)
    write(tmp_path / "second", "x", clock() - 200)
    watch = FolderWatch(tmp_path, clock, clock)
    assert names(watch.look()) == ["first", "second", "third"]
    assert watch.look() == []


def test_a_file_that_is_being_written_is_not_taken(tmp_path: Path, clock: Clock) -> None:
    watch = FolderWatch(tmp_path, clock, clock)
    write(tmp_path / "story.txt", "Half", clock())
    assert watch.look() == []
    clock.now += SETTLED_SECONDS * 0.9
    write(tmp_path / "story.txt", "Half and more", clock())
    assert watch.look() == []
    clock.now += SETTLED_SECONDS * 0.9
    assert watch.look() == []
    assert not watch.is_settled
    clock.now += SETTLED_SECONDS
    assert names(watch.look()) == ["story.txt"]
    assert watch.is_settled


def test_a_file_of_the_future_is_taken_when_it_rests(tmp_path: Path, clock: Clock) -> None:
    """The clock of a file server may be ahead of ours."""
    write(tmp_path / "story.txt", "x", clock() + 3600)
    watch = FolderWatch(tmp_path, clock, clock)
    assert watch.look() == []
    clock.now += SETTLED_SECONDS
    assert names(watch.look()) == ["story.txt"]


def test_a_changed_file_comes_again(tmp_path: Path, clock: Clock) -> None:
    write(tmp_path / "story.txt", "One", clock() - 60)
    watch = FolderWatch(tmp_path, clock, clock)
    assert names(watch.look()) == ["story.txt"]
    write(tmp_path / "story.txt", "Two", clock() - 30)
    assert names(watch.look()) == ["story.txt"]
    (tmp_path / "story.txt").unlink()
    assert watch.look() == []
    write(tmp_path / "story.txt", "Two", clock() - 30)
    assert names(watch.look()) == ["story.txt"]


@pytest.mark.parametrize("name", [".story.txt", "story.txt.part", "story.TMP", "story.txt~"])
def test_names_of_unfinished_files_are_passed_over(tmp_path: Path, clock: Clock, name: str) -> None:
    write(tmp_path / name, "x", clock() - 60)
    assert FolderWatch(tmp_path, clock, clock).look() == []


def test_what_is_no_file_is_passed_over(tmp_path: Path, clock: Clock) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    clock.now += 60
    assert FolderWatch(tmp_path, clock, clock).look() == []


def test_without_following_it_ends_when_every_file_is_whole(tmp_path: Path) -> None:
    write(tmp_path / "old.txt", "x", time.time() - 60)
    (tmp_path / "new.txt").write_text("x")
    found = list(files_of([tmp_path]))
    assert [Path(one).name for one in found if one] == ["old.txt", "new.txt"]
    assert None in found  # while it waited for the new one


def test_following_goes_on(tmp_path: Path) -> None:
    def write_one(_seconds: float) -> None:
        write(tmp_path / "late.txt", "x", time.time() - 60)

    found = list(islice(files_of([tmp_path], follow=True, sleep=write_one), 2))
    assert found == [None, str(tmp_path / "late.txt")]
