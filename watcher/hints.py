"""Hearing of changes as they happen: which folders are worth a look. The only module that knows watchdog.

A hint says *look here* and nothing else: what it leaves out a sweep finds, and what is lost is said (`Lost`). So of
watchdog only its reader of inotify is used, and not the observers on top of it: they pair moves, simulate events and
tell them apart, which nobody here wants, and which is where a burst of renames makes the kernel's queue overflow.
Needs watchdog 7.1, the first whose reader says that the queue overflowed.
"""

import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor

from watcher.dirty import Dirty
from watcher.lost import Lost, Reason, in_words
from watcher.mounts import Changes, mounts_about
from watcher.opening import opened_folder
from watcher.places import Places
from watcher.roots import Root

# Without a handler Python prints a library's warnings to standard error; whoever configures logging still gets them.
logging.getLogger("watchdog").addHandler(logging.NullHandler())

MOST = 10_000
"""So many folders of a root are worth a look, or wait for a watch, at once; beyond them the root as a whole is."""

HELD = 600.0
"""Seconds for which watches have to hold until what was lost before is forgotten."""

HANDOVER = 30.0
"""Seconds for which new watches wait at most until old ones are given back."""

AGAIN = 60.0
"""Seconds until a folder is tried again that could not be opened."""

CLOSING = 2.0
"""Seconds to wait for threads to end."""

AT_ONCE, BREATH = 500, 0.005
"""So many watches are ended at once, and so many seconds pass before the next."""

_FOLDER = InotifyConstants.IN_ISDIR
_CAME = InotifyConstants.IN_CREATE | InotifyConstants.IN_MOVED_TO
_LEFT = InotifyConstants.IN_DELETE | InotifyConstants.IN_MOVED_FROM
_UPROOTED = InotifyConstants.IN_MOVE_SELF | InotifyConstants.IN_UNMOUNT
# No IN_MODIFY: a long recording would have its folder listed all day. Its beginning and its end tell as much.
# IN_EXCL_UNLINK: a file that has no name any more is nobody's business.
_MASK = Mask(
    _CAME | _LEFT | InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_ONLYDIR | InotifyConstants.IN_EXCL_UNLINK
)
_ROOT_MASK = Mask(_MASK | InotifyConstants.IN_MOVE_SELF)


class _Reader(InotifyFD):
    """Watchdog's thread that reads one inotify instance, and says so when it dies."""

    def __init__(self, died: Callable[[str], None]) -> None:
        super().__init__()
        self._died = died

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:  # noqa: BLE001 (whatever ends it, somebody has to be told)
            with self._lock:
                self._is_reading = False  # so that closing it closes what it held open
            self._died(f"{type(error).__name__}: {error}")


class Watches:
    """The watches of one root, placed by a thread of their own and read by another; their owner never waits.

    Once all are placed, the whole root is marked: whatever happened before is looked at then. What was lost stays
    lost until a new object takes over from this one (`before`).
    """

    def __init__(self, root: Root, ring: Callable[[], None], before: "Watches | None" = None) -> None:
        self.dirty = Dirty(ring, MOST)
        self._root = root
        self._ring = ring
        self._losses: deque[tuple[Reason, str]] = deque()
        self._placed = self._lost = self._limited = self._ended = False
        self._lock = threading.Lock()  # held while what the kernel knows and what is known here differ
        self._places = Places()
        self._ids: dict[int, CallbackId] = {}
        self._numbers = count()
        self._work = threading.Condition()  # guards the next four
        self._to_place: dict[bytes, None] = {b"": None}
        self._to_end: list[tuple[WatchDescriptor, CallbackId]] = []
        self._stopping = False
        self._shut: dict[bytes, None] = {}  # could not be opened
        self._before = before
        self._thread = threading.Thread(target=self._run, name=f"watches {root.name}", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._places)

    @property
    def whole(self) -> bool:
        """Whether every folder that can be opened is watched, and nothing was lost."""
        return self._placed and not self._lost

    def losses(self) -> list[tuple[Reason, str]]:
        """Return what was lost since the last time, with what the system said."""
        if not self._thread.is_alive() and not self._stopping and not self._lost:
            self._lose(Reason.OBSERVER_DEAD, "its thread is gone")
        return [self._losses.popleft() for _ in range(len(self._losses))]

    def stop(self) -> None:
        """Have everything ended, without waiting for it."""
        with self._work:
            self._stopping = True
            self._work.notify()

    def join(self, longest: float) -> None:
        """Wait for the end, so many seconds at most."""
        self._thread.join(longest)

    # What the reader's thread calls.

    def on_event(self, event: InotifyEvent) -> None:
        """Mark the folder something happened in; a new one is watched first."""
        folder = self._places.path(event.wd)
        if folder is None:
            return
        if not event.mask & (_FOLDER | _UPROOTED):
            self.dirty.mark(folder)
        elif event.mask & _UPROOTED:
            self._uproot(folder, "it was moved or unmounted")
        else:
            self._on_folder(event, folder)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Forget a watch that ended with its folder."""
        with self._lock:
            folder = self._places.path(wd)
            self._ids.pop(wd, None)
            self._end(self._places.drop(wd))
        if folder == b"" and not self._ended:
            self._uproot(folder, "it was deleted or unmounted")

    def on_queue_overflow(self) -> None:
        """Say that events were dropped."""
        self._lose(Reason.OVERFLOW, "")

    def _on_folder(self, event: InotifyEvent, parent: bytes) -> None:
        folder = parent + b"/" + event.name if parent else event.name
        if folder in self._root.skip:
            return
        if event.mask & _LEFT:
            with self._lock:
                self._end(self._places.leave(event.wd, event.name))
            self.dirty.mark(folder, deep=True)
        else:
            with self._work:
                self._to_place[folder] = None
                if len(self._to_place) > MOST:
                    self._to_place = {b"": None}
                self._work.notify()

    def _uproot(self, folder: bytes, how: str) -> None:
        if folder:
            self.dirty.mark(folder, deep=True)
        else:
            self._lose(Reason.ROOT_GONE, how)

    def _lose(self, reason: Reason, detail: str) -> None:
        self._lost = True
        self._losses.append((reason, detail))
        self._ring()

    def _end(self, numbers: list[int]) -> None:
        """Have watches ended that stand on no folder of ours any more. Holds the lock."""
        ends = [(WatchDescriptor(n), i) for n in numbers if (i := self._ids.pop(n, None)) is not None]
        if ends:
            with self._work:
                self._to_end += ends
                self._work.notify()

    # What the thread of its own does.

    def _run(self) -> None:
        try:
            if self._before is not None:
                self._before.join(HANDOVER)  # it gives back the watches that are placed anew here
                self._before = None
            reader = _Reader(lambda how: self._lose(Reason.OBSERVER_DEAD, how))
            reader.start()
            try:
                while self._wait_for_work():
                    self._work_off(reader)
            finally:
                self._ended = True
                reader.stop()
                reader.join(CLOSING)
        except OSError as error:
            limits = {errno.EMFILE, errno.ENFILE}
            self._lose(Reason.INSTANCE_LIMIT if error.errno in limits else Reason.REFUSED, str(error))
        except Exception as error:  # noqa: BLE001 (whatever ends it, somebody has to be told)
            self._lose(Reason.OBSERVER_DEAD, f"{type(error).__name__}: {error}")

    def _wait_for_work(self) -> bool:
        """Return when there is work; False when it is time to end."""
        with self._work:
            while not (self._stopping or self._to_place or self._to_end):
                if not self._work.wait(AGAIN if self._shut else None):
                    self._to_place, self._shut = dict.fromkeys(self._shut), {}
            return not self._stopping

    def _work_off(self, reader: _Reader) -> None:
        with self._work:
            folders, self._to_place = self._to_place, {}
            ends, self._to_end = self._to_end, []
        for some in range(0, len(ends), AT_ONCE):
            # Each end is an event of its own, and the kernel's queue holds some thousands.
            reader.remove_callbacks(ends[some : some + AT_ONCE])
            time.sleep(BREATH)
        for folder in (b"",) if b"" in folders else folders:
            self._place(reader, folder)
            self.dirty.mark(folder, deep=True)
            if not folder:
                self._placed = True

    def _place(self, reader: _Reader, top: bytes) -> None:
        """Have a folder and all below it watched, parents first: what is made meanwhile is heard of or listed."""
        met: set[int] = set()
        pending = deque([top])
        while pending and not self._stopping:
            path = pending.popleft()
            try:
                with opened_folder(self._root.path, path) as at:
                    number = self._watch(reader, at, path)
                    if number in met:
                        continue  # a bind mount that loops
                    met.add(number)
                    with os.scandir(at) as entries:
                        names = [os.fsencode(e.name) for e in entries if e.is_dir(follow_symlinks=False)]
            except OSError as error:
                if not self._go_on(error, path):
                    return
                continue
            prefix = path + b"/" if path else b""
            pending += [f for n in names if (f := prefix + n) not in self._root.skip]

    def _watch(self, reader: _Reader, at: int, path: bytes) -> int:
        """Have an open folder watched and return the number of its watch.

        By way of its descriptor: no link is followed, and no path is too long. Every call has an id of its own, because
        for an id that is known watchdog makes a warning, at a cost, and warns on standard error.
        """
        with self._lock:
            mask = _MASK if path else _ROOT_MASK
            new = CallbackId(next(self._numbers))
            wd = reader.add_callback(b"/proc/self/fd/%d" % at, mask, self, new)
            if wd < 0:  # watchdog takes a refusal of permission for a success
                reader.remove_callbacks([(wd, new)])
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fsdecode(path))
            old = self._ids.pop(wd, None)
            if old is not None:
                reader.remove_callbacks([(wd, old)])
            self._end(self._places.put(wd, path))
            self._ids[wd] = new
        return wd

    def _go_on(self, error: OSError, path: bytes) -> bool:
        """Take note of a folder that cannot be watched; False if no other can either."""
        if error.errno == errno.ENOSPC:
            if not self._limited:
                self._limited = True
                self._lose(Reason.WATCH_LIMIT, str(len(self._places)))
            return False
        missing = error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
        if not path:
            self._lose(Reason.ROOT_GONE if missing else Reason.REFUSED, str(error))
        elif not missing:
            self._shut[path] = None
            if len(self._shut) > MOST:
                self._shut = {b"": None}
        return True


@dataclass(slots=True)
class _Heard:
    """What one root is heard with, and what became of it."""

    root: Root
    watches: Watches
    placed_at: float
    mounts: frozenset[tuple[bytes, bytes]]
    times: int = 0
    again_at: float | None = None
    lost: Lost | None = None


class Hints:
    """Listens to changes of some roots; their `ring` is called when there is something to take.

    Roots without `events`, and those that are `apart`, are left out: touching them may block without end. Nothing
    here waits for the storage. After a loss watches are placed anew, after a pause that grows as long as it does not
    help; so they are when storage is mounted at or below the root. When they stand the whole root is given as a hint.
    """

    def __init__(
        self, roots: Sequence[Root], ring: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ring = ring
        self._clock = clock
        self._mounts = Changes()
        self._heard = {
            r.name: _Heard(r, Watches(r, ring), clock(), mounts_about(r.path))
            for r in roots
            if r.events and not r.apart
        }
        self._lost: list[Lost] = []

    def take(self) -> list[tuple[str, bytes, bool]]:
        """Return what was heard since the last time: root, folder, and whether anything below it may have changed."""
        now = self._clock()
        mounted = self._mounts.there()
        for heard in self._heard.values():
            self._check(heard, now)
            if mounted and heard.mounts != (mounts := mounts_about(heard.root.path)):
                heard.mounts = mounts  # a watch stays with the folder that is hidden now
                self._restart(heard, now)
        return [(name, *hint) for name, heard in self._heard.items() for hint in heard.watches.dirty.take()]

    def troubles(self) -> list[Lost]:
        """Return what was lost, as far as `take` came across it; what lasts is said once."""
        found, self._lost = self._lost, []
        return found

    def degraded(self, root: str) -> str | None:
        """Return why the hints of a root cannot be relied on, in words for a person; None if they can be."""
        heard = self._heard.get(root)
        return None if heard is None or heard.lost is None else heard.lost.says

    def folders(self, root: str) -> int:
        """Return how many folders of a root are watched."""
        heard = self._heard.get(root)
        return 0 if heard is None else len(heard.watches)

    def restart(self, root: str) -> None:
        """Place the watches of a root anew, as when another folder was put where it was, or storage mounted."""
        heard = self._heard.get(root)
        if heard is not None:
            self._restart(heard, self._clock())

    def close(self) -> None:
        """Stop listening."""
        self._mounts.close()
        for heard in self._heard.values():
            heard.watches.stop()
        end = time.monotonic() + CLOSING
        for heard in self._heard.values():
            heard.watches.join(max(0.0, end - time.monotonic()))

    def _check(self, heard: _Heard, now: float) -> None:
        for reason, detail in heard.watches.losses():
            lost = Lost(heard.root.name, reason, in_words(reason, detail))
            if not (reason.lasts and heard.lost is not None and heard.lost.reason is reason):
                self._lost.append(lost)
            heard.lost = lost
            if heard.again_at is None:
                heard.again_at = now + reason.pause(heard.times)
                heard.times += 1
        if heard.again_at is not None and now >= heard.again_at:
            self._restart(heard, now)
        elif heard.watches.whole:
            heard.lost = None
            if now - heard.placed_at >= HELD:
                heard.times = 0

    def _restart(self, heard: _Heard, now: float) -> None:
        heard.watches.stop()
        heard.watches = Watches(heard.root, self._ring, heard.watches)
        heard.placed_at, heard.again_at = now, None
