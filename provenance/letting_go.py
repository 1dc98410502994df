"""Ending processes all at once, and within seconds, whatever they are doing.

A process that sleeps in a request to storage may not even hear SIGKILL before the storage answers, or before another
one is gone that asked for the same folder first. To end such processes one after the other, and to wait for each,
may never come to an end.
"""

import multiprocessing.process
from collections.abc import Callable, Collection
from contextlib import suppress
from multiprocessing.process import BaseProcess
from threading import Thread

LONGEST = 2.0
"""Seconds to wait for processes that were killed."""


def let_go(processes: Collection[BaseProcess], join: Callable[[], None], longest: float = LONGEST) -> int:
    """Kill processes, and let `join` wait for their end; return how many are still there after so many seconds.

    These end when the system lets them. Nobody waits for them any more, not even at the end of this process.
    """
    for process in processes:
        with suppress(OSError, ValueError):  # it ended meanwhile
            process.kill()
    waiting = Thread(target=_wait, args=(join,), name="the end of processes", daemon=True)
    waiting.start()
    waiting.join(longest)
    if not waiting.is_alive():
        return 0
    children: set[object] = vars(multiprocessing.process)["_children"]  # these are waited for when this process ends
    left = [process for process in processes if process in children and process.is_alive()]
    children.difference_update(left)
    return len(left)


def _wait(join: Callable[[], None]) -> None:
    with suppress(OSError, RuntimeError):  # pebble's words for a process that cannot be ended
        join()
