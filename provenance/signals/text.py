"""Bytes to text where nothing says reliably which encoding was used."""

import re

_SAMPLE = 4096
_PLAIN = re.compile(rb"[\t\n\r\x20-\x7e]{24}")
"""So much ASCII without a zero is no wider text: what follows its end is whatever was in a field before."""


def text_of(data: bytes) -> str:
    """Return `data` as text: UTF-8, else UTF-16 or UTF-32 by its byte-order mark or its zeros, else Latin-1.

    Writers of comments and keywords ignore what their container prescribes. Never raises; what cannot be decoded
    becomes U+FFFD.
    """
    if data[-1:] == b"\0" and b"\0" not in (unpadded := data.rstrip(b"\0")):
        data = unpadded
    if b"\0" in data[:_SAMPLE] and _PLAIN.match(data):
        return data.decode("utf-8", "replace")
    if b"\0" not in data[:_SAMPLE] and data[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    return data.decode(_wide_encoding(data), "replace")


def _wide_encoding(data: bytes) -> str:
    """Return the likeliest encoding of text that holds zero bytes."""
    marks = (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    )
    for mark, encoding in marks:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE].rstrip(b"\0")
    zeros = [sample[n::4].count(0) for n in range(4)]
    quarter, enough = max(1, len(sample) // 4), 1 + len(sample) // 6
    rows = [count > quarter * 0.4 for count in zeros]
    match rows:
        case [False, True, True, True]:
            return "utf-32-le"
        case [True, True, True, False]:
            return "utf-32-be"
        case [False, _, False, _] if zeros[1] + zeros[3] > enough:
            return "utf-16-le"
        case [_, False, _, False] if zeros[0] + zeros[2] > enough:
            return "utf-16-be"
        case _:
            return "utf-8"
