"""A folder of files, and those that are put into it: only whole ones are taken.

A file is whole when nobody has written to it for two seconds. Who writes more slowly than that
writes under another name and renames: names that begin with a dot or end in `.part`, `.tmp` and the
like are passed over. No notifications of the system are needed, so that it works on every file
system, shared ones included.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

SETTLED_SECONDS = 2.0
_POLL_SECONDS = 0.5
# A look at a folder of very many files takes time; at most a tenth of it all is spent looking.
_POLL_SHARE = 10

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")

# Size and time of the last change, in nanoseconds.
State = tuple[int, int]


class FolderWatch:
    """Knows which files of a folder and of the folders in it are whole and were not taken yet."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._wall_clock = wall_clock
        self._taken: dict[str, State] = {}
        self._unsettled: dict[str, tuple[State, float]] = {}

    @property
    def is_settled(self) -> bool:
        """Whether the last look found no file that is still being written."""
        return not self._unsettled

    def look(self) -> list[str]:
        """Return the whole files that are new or changed since the last look, the oldest first."""
        found = dict(self._states())
        for path in [path for path in self._taken if path not in found]:
            del self._taken[path]  # one of that name may come again
        whole = []
        unsettled: dict[str, tuple[State, float]] = {}
        for path, state in found.items():
            if self._taken.get(path) == state:
                continue
            before, since = self._unsettled.get(path, (None, 0.0))
            if before != state:
                since = self._clock()
            age = self._wall_clock() - state[1] / 1e9
            # The age by the clock of the file system counts for files that were there before.
            if age >= SETTLED_SECONDS or self._clock() - since >= SETTLED_SECONDS:
                whole.append((state[1], path))
                self._taken[path] = state
            else:
                unsettled[path] = (state, since)
        self._unsettled = unsettled
        return [path for _, path in sorted(whole)]

    def _states(self) -> Iterator[tuple[str, State]]:
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if name.startswith(".") or name.lower().endswith(_UNFINISHED):
                    continue
                path = Path(folder, name)
                try:
                    if path.is_file():  # no pipe or device, whose end would be waited for
                        status = path.stat()
                        yield str(path), (status.st_size, status.st_mtime_ns)
                except OSError:
                    continue  # gone again


def files_of(
    folders: Sequence[Path], follow: bool = False, sleep: Callable[[float], None] = time.sleep
) -> Iterator[str | None]:
    """Yield the files of folders as they are whole; with `follow`, for ever.

    A None says that there is nothing to do for now, and comes several times a second.
    """
    watches = [FolderWatch(folder) for folder in folders]
    while watches:
        began = time.monotonic()
        files = [path for watch in watches for path in watch.look()]
        took = time.monotonic() - began
        yield from files
        if not follow and all(watch.is_settled for watch in watches):
            return
        if not files:
            yield None
            sleep(max(_POLL_SECONDS, _POLL_SHARE * took))
