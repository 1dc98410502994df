"""Progress of long work, on standard error, and only where a person watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provenance.cli.session import on_terminal
from provenance.looking import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class _Bar:
    """Files, bytes, rate and time left."""

    def __init__(self, bar: "Bar", task: "TaskID") -> None:
        self._bar = bar
        self._task = task
        self._files = 0
        self._expected = 0
        self._size = 0

    def found(self, files: int, size: int) -> None:
        self._expected += files
        self._size += size
        self._show(0)

    def done(self, files: int, size: int) -> None:
        self._files += files
        self._show(size)

    def _show(self, advance: int) -> None:
        self._bar.update(
            self._task, total=self._size, advance=advance, files=f"{self._files:,} of {self._expected:,} files"
        )


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Yield progress that draws a bar on a terminal, and says nothing when piped."""
    if not on_terminal():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import (
        Progress as RichProgress,
    )

    columns = (
        TextColumn("{task.description}"),
        TextColumn("{task.fields[files]}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=8) as bar:
        yield _Bar(bar, bar.add_task(what, total=0, files=""))
