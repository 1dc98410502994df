"""The files in a tape archive (POSIX.1-2017, pax, "ustar"; GNU tar's long names). Nothing in one is compressed.

A header that does not add up, or of a kind that only some programs know, ends the list: the rest is a gap.
"""

from functools import partial

from provenance.containers.family import Family
from provenance.containers.members import Member, show
from provenance.containers.model import Carries, Format, Visitor
from provenance.containers.notes import STEPS, Notes
from provenance.containers.window import Window
from provenance.files import IN_MEMORY, Media

_TAR = Format("application/x-tar", Carries.NO, holds_files=True)
_MAGIC = (b"ustar\x0000", b"ustar  \0")
_BLOCK = 512
_FILES, _FOLDER, _LINKS = frozenset({b"0", b"\0", b"7"}), b"5", frozenset({b"1", b"2"})
_LONG_NAME, _LONG_LINK, _EXTENDED, _EXTENDED_ALL = b"L", b"K", b"x", b"g"
_NAME_LIMIT = 1 << 20


def _recognise(_head: bytes, window: Window) -> Format | None:
    return _TAR if window.at(257, 8) in _MAGIC else None


def _walk(window: Window, notes: Notes) -> None:
    visitor = notes.visitor
    if visitor is None:
        return
    notes.entered = True
    members: list[Member] = []
    at, name, size = 0, b"", -1
    for _ in range(STEPS):
        head = window.at(at, _BLOCK)
        if len(head) < _BLOCK or not any(head):
            _end(window, notes, at)
            break
        length = _number(head[124:136])
        if length < 0 or not _adds_up(head) or at + _BLOCK + length > window.size:
            notes.gap("inside", f"no file starts at {at} of the archive where one should; the rest was not examined")
            break
        kind, body = head[156:157], at + _BLOCK
        if kind == _LONG_NAME:
            name = window.at(body, min(length, _NAME_LIMIT)).rstrip(b"\0")
        elif kind in {_EXTENDED, _EXTENDED_ALL}:
            fields = _fields(window.at(body, min(length, _NAME_LIMIT)))
            if (why := "is too long" if length > _NAME_LIMIT else _odd(fields, kind)) is not None:
                notes.gap("inside", f"what stands at {at} of the archive, about the files behind it, {why}")
            if kind == _EXTENDED and fields is not None:
                name, size = fields.get(b"path", name), _decimal(fields.get(b"size", b"-1"))
        elif kind != _LONG_LINK:
            length = size if size >= 0 else length
            called = name or _name(head)
            if kind != _FOLDER or length:
                members.append(Member(called, partial(_content, window, visitor, kind, body, length)))
            name, size = b"", -1
        at = body + -(-length // _BLOCK) * _BLOCK
    else:
        notes.gap("inside", f"the archive has more than {STEPS} files; the rest was not examined")
    show(notes, members)


def _content(window: Window, visitor: Visitor, kind: bytes, body: int, length: int) -> Media | str:
    if kind in _LINKS:
        return "it is a link to somewhere else"
    if kind not in _FILES:
        return f"it is of a kind that is not read here ({kind.decode('latin-1')!r})"
    if body + length > window.size:
        return "it is longer than the archive"
    if length <= IN_MEMORY:
        if length > visitor.room:
            return "more lies in this file than is examined"
        visitor.take(length)
    return window.part(body, length)


def _end(window: Window, notes: Notes, at: int) -> None:
    """Note what stands behind the end: programs fill the last block up with zeros, and go on behind it if asked."""
    if at >= window.size:
        notes.gap("inside", "the archive has no end: it is cut short")
        return
    while at < window.size:
        piece = window.at(at, 1 << 20)
        if any(piece):
            notes.gap("inside", f"something stands behind the end of the archive, at {at}, and was not examined")
            return
        at += len(piece)


def _adds_up(head: bytes) -> bool:
    return _number(head[148:156]) == sum(head) - sum(head[148:156]) + 8 * 0x20


def _number(field: bytes) -> int:
    """Return a number in octal digits or, as GNU tar writes large ones, in base 256; -1 where it is none."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and all(digit in b"01234567" for digit in digits) else 0 if not digits else -1


def _decimal(field: bytes) -> int:
    return int(field) if field.isdigit() and len(field) < 20 else -1


def _name(head: bytes) -> bytes:
    name, prefix = head[:100].split(b"\0")[0], head[345:500].split(b"\0")[0]
    return prefix + b"/" + name if prefix and head[257:263] == b"ustar\0" else name


def _odd(fields: dict[bytes, bytes] | None, kind: bytes) -> str | None:
    """Return what of an extended header is not followed here: other programs take files out by it that nobody saw."""
    if fields is None:
        return "is damaged"
    if any(key.startswith(b"GNU.sparse.") for key in fields):
        return "says that they are kept without their holes, which is not read here"
    if kind == _EXTENDED_ALL and not fields.keys().isdisjoint((b"path", b"size")):
        return "gives all of them one name or length"
    if b"size" in fields and _decimal(fields[b"size"]) < 0:
        return "gives a length that is none"
    return None


def _fields(data: bytes) -> dict[bytes, bytes] | None:
    """Return the fields of an extended header: each a length, a space, `key=value` and a line feed; None for others."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        told, space, _ = data[at : at + 24].partition(b" ")
        length = _decimal(told)
        if not space or length <= len(told) + 2 or data[at + length - 1 : at + length] != b"\n":
            return None if any(data[at:]) else found
        key, _, value = data[at + len(told) + 1 : at + length - 1].partition(b"=")
        found[key] = value
        at += length
    return found


FAMILY = Family(_recognise, _walk)
