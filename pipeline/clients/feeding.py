"""One run of `newswire feed`: what is read, at which pace, how far it came, what went wrong."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.clients.feed import STANDARD_INPUT, Feeder, NotOpened, Refused, read_file
from pipeline.clients.folder import files_of
from pipeline.clients.progress import FeedProgress
from pipeline.clients.replay import Pace
from pipeline.errors import UserError
from pipeline.settings import Settings
from pipeline.sources import Reader, reader_for
from pipeline.sources.unreadable import Unreadable

# A broker that is away is waited for, and whoever feeds is told so; after a day nobody looks.
_PATIENCE_SECONDS = 24 * 3600.0
# So many faults of one file are told one by one.
_MOST_FAULTS = 20


class Interrupted(Exception):
    """Somebody ended the run; the message says how far it came and how to go on."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file, or `-` for standard input, and who reads it."""

    path: str
    reader: Reader


def inputs_of(
    paths: Sequence[str], format_name: str | None, follow: bool, on_unknown: Callable[[str], None]
) -> Iterator[Input | None]:
    """Yield what there is to read: files as they are named, then what is in the folders.

    With `follow`, folders are watched for ever; a None means that nothing is new. A file in a
    folder whose format is not known goes to `on_unknown`, as one line. Raises `UserError`, before
    anything is read, for a path that is not there or has no format.
    """
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    files = [path for path in paths if Path(path) not in folders]
    readers = [Input(path, reader_for(path, format_name)) for path in files]
    for path in files:
        if path != STANDARD_INPUT and not Path(path).exists():
            raise UserError(f"{path}: no such file or directory")
    if follow and not folders:
        raise UserError("--follow: name a folder to watch")
    return _inputs(readers, folders, format_name, follow, on_unknown)


def _inputs(
    files: Sequence[Input],
    folders: Sequence[Path],
    format_name: str | None,
    follow: bool,
    on_unknown: Callable[[str], None],
) -> Iterator[Input | None]:
    yield from files
    for path in files_of(folders, follow):
        if path is None:
            yield None
            continue
        try:
            yield Input(path, reader_for(path, format_name))
        except UserError as error:
            on_unknown(str(error))


def bytes_of(paths: Sequence[str]) -> int | None:
    """Return how many bytes the files have; None where that is not known beforehand."""
    if not all(Path(path).is_file() for path in paths):
        return None
    return sum(Path(path).stat().st_size for path in paths)


class Feeding:
    """A run: it feeds inputs one after the other, and knows how far it came.

    The first `resume` articles are passed over: they are there already. `speed` is how many times
    as fast as it happened, None as fast as it goes. `fault` is told, as one line, what could not be
    read or sent, which is counted in `failed`; `note` what is worth knowing. What should have been
    an article and is none is delivered too, to be rejected with its bytes, and counted in both.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        source: str | None = None,
        speed: float | None = None,
        resume: int = 0,
        fault: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        self.failed = 0
        self.delivered = 0
        self.no_articles = 0
        self._settings = settings
        self._source = source
        self._pace = Pace(speed)
        self._resume = resume
        self._fault = fault
        self._note = note
        self._read = 0

    def run(self, inputs: Iterable[Input | None], progress: FeedProgress) -> None:
        """Feed all of `inputs`, and return when the broker has them.

        Raises `Interrupted` on Ctrl-C, when what was sent is delivered, and `UserError` where the
        broker went away for good; both say how to go on. Also `UserError` where `resume` is more
        than there is.
        """
        try:
            with Feeder(
                self._settings,
                progress.delivered,
                patience=_PATIENCE_SECONDS,
                on_waiting=self._say_who_is_waited_for,
            ) as feeder:
                try:
                    self._feed_all(inputs, feeder, progress)
                except KeyboardInterrupt:
                    self._note("stopping when what was sent is delivered; Ctrl-C again: at once")
                    feeder.flush()
                    raise
                finally:
                    self.delivered = feeder.delivered
        except KeyboardInterrupt:
            raise Interrupted(
                f"stopped after {self.delivered} articles; {self._to_go_on}"
            ) from None
        except UserError as error:
            if self.delivered:
                raise UserError(f"{error}; {self._to_go_on}") from error
            raise
        if self._read < self._resume:
            raise UserError(
                f"--resume {self._resume}: the input ends after article {self._read}, so nothing "
                f"was fed; give {self._read} at most"
            )

    def _feed_all(
        self, inputs: Iterable[Input | None], feeder: Feeder, progress: FeedProgress
    ) -> None:
        def be_idle() -> None:
            feeder.flush()
            progress.refresh()

        for one in inputs:
            if one is None:
                be_idle()
                continue
            try:
                self._feed(one, feeder, progress, be_idle)
            except Unreadable as error:
                self.failed += 1
                self._fault(f"{one.path}: {error}")
            except NotOpened as error:  # was there a moment ago
                self.failed += 1
                self._fault(str(error))
            progress.next_file()
        feeder.flush()

    def _feed(
        self, one: Input, feeder: Feeder, progress: FeedProgress, be_idle: Callable[[], None]
    ) -> None:
        def mended(problem: str) -> None:
            self._note(f"{one.path}: {problem}")

        faults = 0

        def no_article(fault: str) -> None:
            nonlocal faults
            if self._read >= self._resume:
                faults += 1
                if faults <= _MOST_FAULTS:
                    self._fault(f"{one.path}: {fault}; it goes to news.rejected")

        try:
            for item in read_file(
                one.path, one.reader, self._source, mended, progress.at, no_article
            ):
                self._read += 1
                if self._read <= self._resume:
                    continue
                self._pace.wait_for(item, be_idle)
                try:
                    feeder.send(item)
                except Refused as error:
                    self.failed += 1
                    self._fault(f"{one.path}: article {self._read}: {error}")
        finally:
            self.failed += faults
            self.no_articles += faults
            if faults > _MOST_FAULTS:
                self._fault(f"{one.path}: and {faults - _MOST_FAULTS} more like these")

    @property
    def _to_go_on(self) -> str:
        """Say how to go on: what is named is delivered for certain, a few more may be."""
        return f"to go on, give the same command with --resume {self._resume + self.delivered}"

    def _say_who_is_waited_for(self, seconds: float) -> None:
        self._note(
            f"the broker at {self._settings.broker} has not answered for {seconds:.0f} seconds; "
            "nothing is lost, feeding goes on when it does"
        )
