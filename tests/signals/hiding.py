"""Pictures with text hidden in their lowest bits, as NovelAI and plug-ins for AUTOMATIC1111 hide it."""

import gzip
import io
from typing import Any

from PIL import Image


def hidden(
    text: str,
    form: bytes,
    size: tuple[int, int] = (40, 140),
    *,
    cut: int = 0,
    opaque: bool = False,
    container: str = "PNG",
    **options: Any,
) -> bytes:
    """Return a PNG with this text in it in a form of that name; without text, the same picture with nothing in it.

    With `cut`, so many bytes of the text are missing though its length counts them. If it is `opaque`, it has an alpha
    channel that says nothing, and is not wholly solid: else a WebP would not keep it.
    """
    alpha, data = form.startswith(b"stealth_png"), text.encode()
    data = gzip.compress(data, mtime=0) if form.endswith(b"comp") else data
    bits = "".join(f"{byte:08b}" for byte in form + (8 * len(data)).to_bytes(4, "big") + data[: len(data) - cut])
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    values = bytearray(image.tobytes())
    solid = bytearray(b"\xff" * size[0] * size[1])
    for n, bit in enumerate(bits if text else ""):
        pixel, channel = (n, 0) if alpha else divmod(n, 3)
        at = pixel % size[1] * size[0] + pixel // size[1]
        if alpha:
            solid[at] = 0xFE | int(bit)
        else:
            values[3 * at + channel] = values[3 * at + channel] & 0xFE | int(bit)
    image = Image.frombytes("RGB", size, bytes(values))
    if opaque:
        solid[-1] = 0xFE
    if alpha or opaque:
        image.putalpha(Image.frombytes("L", size, bytes(solid)))
    out = io.BytesIO()
    image.save(out, container, **options)
    return out.getvalue()
