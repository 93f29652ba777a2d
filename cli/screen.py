"""What a long command shows: a moving line on a terminal, plain lines anywhere else."""

import sys
from contextlib import contextmanager
from typing import Callable, Iterator

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Screen:
    """Standard output, for one command."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """Print one line, above the moving one if there is one."""
        self._console.print(text)
        sys.stdout.flush()

    @contextmanager
    def busy(self, text: str) -> Iterator[Callable[[], None]]:
        """Show `text` and the time that goes by; ends with the block, or earlier when the given function is called."""
        if not self._console.is_terminal:
            self.line(text)
            yield lambda: None
            return
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=self._console, transient=True) as progress:
            progress.add_task(text, total=None)
            yield progress.stop
