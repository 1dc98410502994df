"""The material that is measured: made here, from a seed, and kept under `bench/.cache`.

A mixed corpus as a production has it, a tree of very many very small files, and large files with nothing in them. All
but the signatures is the same on every machine that has the same Pillow.
"""

import io
import itertools
import json
import os
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

from provenance.credentials.keys import Identity, new_identity

CACHE = Path(__file__).with_name(".cache")
VERSION = 1
"""Part of every folder's name: raise it when what is made here changes."""

SMALLEST, LARGEST = 50_000, 300_000
"""Bounds of a mixed file's size in bytes, drawn evenly: 175 KB on average."""

FILES_IN_A_FOLDER = 50
_BYTES_PER_PIXEL = 0.615
"""Of noise as JPEG, quality 75, colours subsampled; measured."""


@dataclass(frozen=True, slots=True)
class Share:
    """One kind of file in the mixed corpus, as so many out of twenty."""

    of_twenty: int
    suffix: str
    make: Callable[[random.Random, int], bytes]
    media_type: str = ""
    """Set where the file is signed."""


def mixed(files: int) -> Path:
    """Return a folder with `files` files: half plain JPEG, a fifth signed, the rest of all kinds."""
    return _kept(f"mixed-{VERSION}-{files}", lambda folder: _make_mixed(folder, files))


def tiny(files: int) -> Path:
    """Return a tree of `files` files of a few bytes, all different, in folders of fifty."""
    return _kept(f"tiny-{VERSION}-{files}", lambda folder: _make_tiny(folder, files))


def pictures(folder: Path, files: int) -> None:
    """Write so many generated pictures, all different, as the mixed corpus has them."""
    for number in range(files):
        rng = random.Random(f"{VERSION}/picture/{number}")
        (folder / f"still{number:05}.png").write_bytes(_png(rng, rng.randint(SMALLEST, LARGEST)))


def large(size: int) -> Path:
    """Return a folder with three files of `size` bytes that hold silence: WAV, QuickTime, and that one signed."""
    return _kept(f"large-{VERSION}-{size}", lambda folder: _make_large(folder, size))


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, made whole if it is not there yet."""
    folder = CACHE / name
    if not folder.is_dir():
        aside = CACHE / f"{name}.part"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        make(aside)
        aside.rename(folder)
    return folder


def _make_mixed(folder: Path, files: int) -> None:
    identity = new_identity("bench")
    tasks = [(folder, start, min(start + 100, files), identity) for start in range(0, files, 100)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_make_folder, tasks):
            pass


def _make_folder(task: tuple[Path, int, int, Identity]) -> None:
    """Make one folder of the mixed corpus; each file depends on its number alone."""
    folder, start, end, identity = task
    scene = folder / f"scene{start // 100:03}"
    scene.mkdir()
    for number in range(start, end):
        rng = random.Random(f"{VERSION}/{number}")
        share = _SHARES[number % len(_SHARES)]
        data = share.make(rng, rng.randint(SMALLEST, LARGEST))
        if share.media_type:
            data = _signed(data, _Take(share.media_type, number, identity))
        (scene / f"take{number:05}{share.suffix}").write_bytes(data)


def _noise(rng: random.Random, pixels: float) -> tuple[tuple[int, int], bytes]:
    """Return size and RGB samples of a 4:3 picture of about so many pixels, different in every one of them."""
    height = max(16, round((pixels * 3 / 4) ** 0.5))
    size = (height * 4 // 3, height)
    return size, rng.randbytes(size[0] * size[1] * 3)


def _jpeg(rng: random.Random, target: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", *_noise(rng, target / _BYTES_PER_PIXEL)).save(out, "JPEG", quality=75)
    return out.getvalue()


def _png(rng: random.Random, target: int) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    seed, steps = rng.randrange(2**31), rng.randrange(20, 60)
    told = f"a harbour at night\nNegative prompt: people\nSteps: {steps}, Sampler: Euler a, CFG scale: 7, Seed: {seed}"
    text.add_text("parameters", f"{told}, Size: 512x512, Model hash: 6ce0161689, Model: v1-5, Version: v1.9.4")
    out = io.BytesIO()
    Image.frombytes("RGB", *_noise(rng, target / 3)).save(out, "PNG", compress_level=1, pnginfo=text)
    return out.getvalue()


def _plain_png(rng: random.Random, target: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", *_noise(rng, target / 3)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _tiff(rng: random.Random, target: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", *_noise(rng, target / 3)).save(out, "TIFF")
    return out.getvalue()


def _wav(rng: random.Random, target: int) -> bytes:
    return _riff(target // 2 * 2) + rng.randbytes(target // 2 * 2)


def _riff(samples: int) -> bytes:
    """Return the head of a RIFF WAVE file (16-bit stereo at 48 kHz) before so many bytes of samples."""
    form = struct.pack("<HHIIHH", 1, 2, 48_000, 192_000, 4, 16)
    return struct.pack("<4sI4s4sI16s4sI", b"RIFF", 36 + samples, b"WAVE", b"fmt ", 16, form, b"data", samples)


def _text(rng: random.Random, target: int) -> bytes:
    words = ("INT.", "HARBOUR", "night", "she", "waits", "rain", "the", "boat", "leaves", "CUT TO:")
    line = " ".join(rng.choice(words) for _ in range(200))
    return "\n".join(itertools.repeat(line, target // len(line) + 1))[:target].encode()


_SHARES = (
    *itertools.repeat(Share(10, ".jpg", _jpeg), 10),
    *itertools.repeat(Share(3, ".jpg", _jpeg, "image/jpeg"), 3),
    Share(1, ".png", _plain_png, "image/png"),
    *itertools.repeat(Share(2, ".png", _png), 2),
    Share(1, ".tif", _tiff),
    *itertools.repeat(Share(2, ".wav", _wav), 2),
    Share(1, ".txt", _text),
)
"""Twenty shares, in turn: ten plain JPEG, four signed, two PNG with generator text, TIFF, two WAV, text."""


@cache
def _signer(identity: Identity) -> Any:
    import c2pa

    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", identity.certificates, identity.private_key, None))


@cache
def _context() -> Any:
    import c2pa

    return c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})


@dataclass(frozen=True, slots=True)
class _Take:
    """What a file's credential says; every second one says that a model made it."""

    media_type: str
    number: int
    identity: Identity


def _signed(data: bytes, take: _Take) -> bytes:
    out = io.BytesIO()
    _sign(io.BytesIO(data), out, take)
    return out.getvalue()


def _sign(source: BinaryIO, destination: BinaryIO, take: _Take) -> None:
    """Write a file again with a credential of its own."""
    import c2pa

    kind = "trainedAlgorithmicMedia" if take.number % 2 else "digitalCapture"
    source_type = f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": source_type}]}
    manifest = {
        "claim_generator_info": [{"name": "bench", "version": str(VERSION)}],
        "title": f"take {take.number}",
        "assertions": [{"label": "c2pa.actions.v2", "data": actions}],
    }
    with c2pa.Builder(json.dumps(manifest), context=_context()) as builder:
        builder.sign(_signer(take.identity), take.media_type, source, destination)


def _make_tiny(folder: Path, files: int) -> None:
    for at, numbers in enumerate(_batches(files)):
        below = folder / f"roll{at // 100:03}" / f"shot{at:05}"
        below.mkdir(parents=True)
        for number in numbers:
            (below / f"note{number:06}.txt").write_bytes(b"take %06d\n" % number)


def _batches(files: int) -> Iterator[range]:
    for start in range(0, files, FILES_IN_A_FOLDER):
        yield range(start, min(start + FILES_IN_A_FOLDER, files))


def _make_large(folder: Path, size: int) -> None:
    """Make files that are large and hold nothing. The plain ones fill no disk, but every byte has to be read."""
    wav = _riff(size - 44)
    brand = struct.pack(">I4s4sI4s", 20, b"ftyp", b"qt  ", 0, b"qt  ")
    movie_header = struct.pack(">I4sI3I", 108, b"mvhd", 0, 0, 0, 1000) + bytes(108 - 24)
    movie = struct.pack(">I4s", 8 + len(movie_header), b"moov") + movie_header
    media = struct.pack(">I4sQ", 1, b"mdat", size - len(brand) - len(movie))
    for name, head, tail in (("long.wav", wav, b""), ("long.mov", brand + media, movie)):
        with (folder / name).open("wb") as stream:
            stream.write(head)
            stream.truncate(size)
            stream.seek(-len(tail), os.SEEK_END)
            stream.write(tail)
    with (folder / "long.mov").open("rb") as source, (folder / "signed.mov").open("w+b") as destination:
        _sign(source, destination, _Take("video/quicktime", 0, new_identity("bench")))
