"""What the pages show, followed in threads as long as the console runs."""

from contextlib import ExitStack
from typing import Self

from pipeline.console.bell import Bell
from pipeline.console.measuring import Measuring
from pipeline.console.reading import Reader
from pipeline.console.window import Window
from pipeline.settings import Settings


class Following:
    """The window, what fills it, and what is measured, while its `with` lasts."""

    def __init__(self, settings: Settings) -> None:
        """Raise `UserError` where no broker answers or a topic is not there."""
        self.window = Window()
        self.bell = Bell()
        self.reader = Reader(settings, self.window, self.bell)
        self.measuring = Measuring(settings, self.window, self.bell)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.reader.thread)
        self._stack.enter_context(self.measuring.thread)
        return self

    def __exit__(self, *_: object) -> None:
        self.bell.close()
        self._stack.close()
