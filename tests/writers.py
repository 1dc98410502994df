"""Who writes into watched folders, each in a process of its own: `python -m tests.writers KIND JSON`.

Seeded: the same arguments give the same names and the same bytes. Loads nothing that would take time.
"""

import json
import os
import random
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]

IN_A_FOLDER = 20
"""Files a burst writes into one folder."""


def noise(seed: int, number: int, size: int) -> bytes:
    """Return bytes that no other seed and number give."""
    return b"%d/%d " % (seed, number) + random.Random(seed * 1_000_003 + number).randbytes(size)


def png(seed: int, *, flagged: bool) -> bytes:
    """Return a small PNG that no other seed gives; `flagged`: with a generator's settings in a text chunk."""
    text = (
        f"a lighthouse, {seed}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: {seed}" if flagged else f"shot {seed}"
    )
    key = "parameters" if flagged else "Comment"
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", f"{key}\0{text}".encode("latin-1")),
        (b"IDAT", zlib.compress(bytes([0, seed % 256]))),
        (b"IEND", b""),
    )
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def burst(folder: Path, files: int, seed: int) -> None:
    """Write small files as fast as it goes, into nested folders that are made on the way."""
    for number in range(files):
        nth = number // IN_A_FOLDER
        inside = folder / f"burst{seed}" / f"day{nth // 100}" / f"card{nth // 10 % 10}" / f"reel{nth % 10}"
        if number % IN_A_FOLDER == 0:
            inside.mkdir(parents=True)
        (inside / f"{number:05}.txt").write_bytes(noise(seed, number, 500))


def renames(folder: Path, files: int, seed: int) -> None:
    """Write files as rsync does: under a name for the time being, then renamed, in folders that are there already."""
    rng = random.Random(seed)
    folders = [folder / f"sync{seed}" / f"reel{n}" for n in range(min(40, files))]
    for inside in folders:
        inside.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        inside, name = folders[number % len(folders)], f"{number:05}.mov"
        partial = inside / f".{name}.{''.join(rng.choices('abcdefXYZ012', k=5))}Q"
        partial.write_bytes(noise(seed, number, 500))
        partial.rename(inside / name)


def trickle(folder: Path, files: int, seed: int, rate: float, size: int) -> None:
    """Write so many files a second, in folders of 500; one that is late does not wait."""
    began = time.monotonic()
    for number in range(files):
        inside = folder / f"steady{seed}" / f"{number // 500}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{number:06}.bin").write_bytes(noise(seed, number, size))
        time.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))


def shot(seed: int, number: int, *, flagged: bool) -> tuple[str, bytes]:
    """Return the path and the bytes of a picture that no other seed and number give."""
    kind = "flagged" if flagged else "clean"
    return f"card{seed}/reel{number // 4 % 7}/{kind}{number:05}.png", png(seed * 100_000 + number, flagged=flagged)


def is_final(number: int) -> bool:
    """Whether an offload writes this shot into the final zone: every second one."""
    return number % 2 == 1


def is_flagged(number: int) -> bool:
    """Whether this shot of an offload is flagged: every second one in the final zone."""
    return number % 4 == 1


def offload(work: Path, final: Path, files: int, seed: int, rate: float) -> None:
    """Write so many shots a second into two zones, some in place and some as rsync does."""
    rng = random.Random(seed)
    began = time.monotonic()
    for number in range(files):
        name, data = shot(seed, number, flagged=is_flagged(number))
        path = (final if is_final(number) else work) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if rng.random() < 0.5:
            path.write_bytes(data)
        else:
            partial = path.with_name(f".{path.name}.aB3dE{number % 10}")
            partial.write_bytes(data)
            partial.rename(path)
        time.sleep(max(0.0, began + (number + 1) / rate - time.monotonic()))


def drop(folder: Path, aside: Path, flagged: int, clean: int, seed: int) -> None:
    """Move shots into a folder within a moment, in any order: they were written `aside`. The first are flagged."""
    paths = []
    for number in range(flagged + clean):
        name, data = shot(seed, number, flagged=number < flagged)
        for inside in (aside / name, folder / name):
            inside.parent.mkdir(parents=True, exist_ok=True)
        (aside / name).write_bytes(data)
        paths.append(name)
    random.Random(seed).shuffle(paths)
    for name in paths:
        (aside / name).rename(folder / name)


def slowly(path: Path, pieces: int, pause: float, seed: int) -> None:
    """Write a file in pieces with pauses, and keep it open until the end."""
    with path.open("wb") as stream:
        for number in range(pieces):
            stream.write(noise(seed, number, 10_000))
            stream.flush()
            time.sleep(pause)


def reopening(path: Path, pieces: int, pause: float, seed: int) -> None:
    """Write a file in pieces with pauses, and close it after each. Prints the longest time it was left alone."""
    longest, last = 0.0, time.monotonic()
    for number in range(pieces):
        time.sleep(pause)
        with path.open("ab") as stream:
            stream.write(noise(seed, number, 10_000))
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    sys.stdout.write(str(longest))


def preallocated(path: Path, size: int, pause: float, seed: int) -> None:
    """Have room set aside for a file and leave it; come back after a pause and fill it."""
    with path.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, size)
    time.sleep(pause)
    with path.open("r+b") as stream:
        stream.write(noise(seed, 0, size)[:size])


def dated_back(path: Path, pause: float, seed: int) -> None:
    """Write a file, and later other bytes of the same length, each time with the same old date."""
    for number in range(2):
        path.write_bytes(noise(seed, number, 10_000))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        time.sleep(pause * (1 - number))


def over_a_rename(path: Path, pause: float, seed: int) -> None:
    """Begin a file under another name, rename it, and go on writing through the same handle after a pause."""
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as stream:
        stream.write(noise(seed, 0, 10_000))
        stream.flush()
        partial.rename(path)
        time.sleep(pause)
        stream.write(noise(seed, 1, 10_000))


def cut_short(path: Path, pause: float, seed: int) -> None:
    """Write half of a picture and leave it; come back after a pause and append the rest."""
    whole = png(seed, flagged=False)
    path.write_bytes(whole[: len(whole) // 2])
    time.sleep(pause)
    with path.open("ab") as stream:
        stream.write(whole[len(whole) // 2 :])


_KINDS: dict[str, Callable[..., None]] = {
    writer.__name__: writer
    for writer in (
        burst,
        renames,
        trickle,
        offload,
        drop,
        slowly,
        reopening,
        preallocated,
        dated_back,
        over_a_rename,
        cut_short,
    )
}


@dataclass(slots=True)
class Writer:
    """A writer at work."""

    process: "subprocess.Popen[str]"
    printed: str = ""

    def finish(self) -> str:
        """Wait for it, and return what it printed; fails unless it has done all it should."""
        self.printed += self.process.communicate()[0]
        assert self.process.returncode == 0
        return self.printed


@contextmanager
def writing(kind: Callable[..., None], **how: object) -> Iterator[Writer]:
    """Have a writer write during the block, with paths and numbers as its function wants them; wait for it at the end.

    Fails unless it has done all it should.
    """
    arguments = {k: os.fspath(v) if isinstance(v, Path) else v for k, v in how.items()}
    command = [sys.executable, "-m", "tests.writers", kind.__name__, json.dumps(arguments)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            writer = Writer(process)
            yield writer
            if process.returncode is None:
                writer.finish()
        finally:
            process.kill()


def write(kind: Callable[..., None], **how: object) -> str:
    """Have a writer write to its end, and return what it printed."""
    with writing(kind, **how) as writer:
        return writer.finish()


if __name__ == "__main__":
    given = {k: Path(v) if isinstance(v, str) else v for k, v in json.loads(sys.argv[2]).items()}
    _KINDS[sys.argv[1]](**given)
