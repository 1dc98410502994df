"""Ogg: sound that was put behind other sound."""

from tests.containers.filming import comments, ogg, page
from tests.containers.making import walked


def behind(serial: int, *texts: bytes) -> bytes:
    """Return an Opus of its own with these comments."""
    head = page(b"OpusHead\1\2" + bytes(9), serial=serial, flags=2)
    tags = page(b"OpusTags" + comments(*texts), serial=serial, number=1)
    return head + tags + page(bytes(50), serial=serial, number=2)


def test_the_texts_of_every_sound_in_a_row_are_read() -> None:
    """Songs one behind the other in one file each tell of themselves."""
    container = walked(ogg(b"TITLE=a") + behind(8, b"TITLE=b") + behind(9, b"TITLE=c"))
    assert [block.data for block in container.blocks] == [b"a", b"b", b"c"]
    assert container.gaps == ()


def test_a_sound_that_never_began_is_said() -> None:
    """A last page of a stream that no page begins is a gap, and so is a next sound that is cut short."""
    assert walked(ogg(b"TITLE=a") + page(bytes(50), serial=8, number=2)).gaps
    assert walked(ogg(b"TITLE=a") + page(b"OpusHead\1\2" + bytes(9), serial=8, flags=2)).gaps


def test_more_sounds_in_a_row_than_are_followed_are_said() -> None:
    """A row of hundreds ends in a gap."""
    assert walked(ogg() + b"".join(behind(serial) for serial in range(8, 100))).gaps


def test_all_that_begins_in_a_row_is_counted_together() -> None:
    """Each link is held against all streams that were met, so that their pages have one bound and end in a gap."""

    def link(first: int) -> bytes:
        heads = [page(b"OpusHead\1\2" + bytes(9), serial=first + n, flags=2) for n in range(80)]
        tags = [page(b"OpusTags" + comments(), serial=first + n, number=1) for n in range(80)]
        return b"".join((*heads, *tags))

    gaps = walked(ogg() + b"".join(link(100 * number) for number in range(1, 40))).gaps
    assert "4096 pages" in " ".join(gap.says for gap in gaps)
