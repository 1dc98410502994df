"""What holds other files is gone through to the bottom, or held: never passed by its outside."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

import pytest

from provenance.carriers import DEEPEST, Seen, look
from provenance.containers.notes import STEPS
from provenance.credentials import read
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, State, Strength
from provenance.files import BufferMedia
from tests import packing as make
from tests.containers import filming
from tests.containers.drawing import data_uri, heif, pdf, placed, psd, samsung, svg
from tests.containers.finished import aiff
from tests.containers.making import box, chunk, jpeg, png, segment
from tests.newsroom import JPEG, MP4, PDF, PNG, TRAINED, WAV, action, flipped, generated, manifest, media, signed
from tests.signals.making import SOFTWARE, exif
from tests.signals.rows import GRAPH, INFOTEXT, international, text, user_comment

READER = CredentialReader(Trust())
AI = generated(JPEG)
PLAIN = media(JPEG)
TRACE = text("parameters")(INFOTEXT.encode())
GRAPH_FILM = filming.film(filming.user_data(filming.listed(box(b"\xa9cmt", filming.data_box(GRAPH.encode())))))
NOTES = b"scene 4, take 2\n"


def seen(data: bytes) -> Seen:
    """Examine bytes as a worker does."""
    return look(BufferMedia(data), READER)


def flags(data: bytes) -> set[tuple[Claim, Strength, str]]:
    """Return what flags bytes: each claim with its strength, and the place up to the mark itself."""
    return {(s.claim, s.strength, s.place.partition(": ")[0]) for s in seen(data).signals if s.claim is not Claim.NOTED}


SIGNED = (Claim.AI_ASSISTED, Strength.SIGNED_UNTRUSTED)
WORD = "[Content_Types].xml"

CARRIERS = {
    "ZIP": make.zipped(("a.jpg", PLAIN), ("media/plate.jpg", AI)),
    "ZIP, not compressed": make.zipped(("a.jpg", PLAIN), ("media/plate.jpg", AI), method=zipfile.ZIP_STORED),
    "ZIP, bzip2": make.zipped(("a.jpg", PLAIN), ("media/plate.jpg", AI), method=zipfile.ZIP_BZIP2),
    "ZIP, written to a pipe": make.streamed_zip(("a.jpg", PLAIN), ("media/plate.jpg", AI)),
    "ZIP, made by macOS": make.finder_zip(("a.jpg", PLAIN), ("media/plate.jpg", AI)),
    "ZIP with a comment": make.zipped(("a.jpg", PLAIN), ("media/plate.jpg", AI), comment=b"sent on Friday"),
    "OTIOZ": make.zipped(("content.otio", b'{"OTIO_SCHEMA": "Timeline.1"}'), ("media/plate.jpg", AI), method=0),
    "Office document": make.zipped((WORD, b"<Types/>"), ("word/document.xml", b"<w/>"), ("media/plate.jpg", AI)),
    "EPUB": make.zipped(("mimetype", b"application/epub+zip"), ("media/plate.jpg", AI), method=0),
    "tape archive": make.tarred(("a.jpg", PLAIN), ("media/plate.jpg", AI)),
    "tape archive of GNU": make.tarred(("a.jpg", PLAIN), ("media/plate.jpg", AI), form=tarfile.GNU_FORMAT),
}


@pytest.mark.parametrize("data", CARRIERS.values(), ids=CARRIERS)
def test_a_generated_picture_in_an_archive_flags_it_and_is_named(data: bytes) -> None:
    """Archives and documents that hold a generated picture are partly generated, whoever signed it, and say which."""
    found = seen(data)
    count = len(found.signals) and found.signals[0].place.partition("(")[2].partition(")")[0]
    assert (found.signals[0].claim, found.signals[0].strength) == SIGNED
    assert found.signals[0].place.startswith(f"inside media/plate.jpg ({count}): manifest 1 of 1")
    assert found.gaps == ()


@pytest.mark.parametrize("data", CARRIERS.values(), ids=CARRIERS)
def test_an_archive_of_plain_files_is_not_held(data: bytes) -> None:
    """The same archives with plain pictures, texts and documents in them have no mark and no gap."""
    entries = [
        ("a.jpg", PLAIN),
        ("b.png", media(PNG)),
        ("c.mp4", media(MP4)),
        ("d.pdf", media(PDF)),
        ("e/n.txt", NOTES),
    ]
    entries += [("f.xml", b"<a/>"), ("empty", b"")]
    zips = (make.zipped(*entries), make.streamed_zip(*entries), make.finder_zip(*entries), make.zipped())
    for whole in (*zips, make.tarred(*entries)):
        found = seen(whole)
        assert (found.signals, found.gaps) == ((), ())


SQUEEZED = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("squeeze", SQUEEZED.values(), ids=SQUEEZED)
def test_what_is_compressed_is_examined(squeeze: "type[bytes]") -> None:
    """A compressed picture, and a compressed archive of one, are gone into; what stands behind the end holds them."""
    assert flags(squeeze(AI)) == {(*SIGNED, "inside, decompressed")}
    assert flags(squeeze(make.tarred(("a.jpg", AI)))) == {(*SIGNED, "inside, decompressed")}
    assert flags(squeeze(NOTES) + squeeze(TRACE)) == set()
    assert seen(squeeze(NOTES)).gaps == ()
    for broken in (squeeze(PLAIN)[:-9], squeeze(PLAIN) + b"more", flipped(squeeze(PLAIN), 400)):
        assert seen(broken).gaps


def nested(depth: int) -> bytes:
    """Return a picture in so many archives."""
    data = AI
    for _ in range(depth):
        data = make.zipped(("in.zip", data))
    return data


def test_archives_in_archives_are_followed_to_a_bound() -> None:
    """Each floor is named; below the last one that is looked at, the archive is held."""
    (signal,) = seen(nested(2)).signals
    assert signal.place.startswith("inside in.zip (1 of 1): inside in.zip (1 of 1): manifest")
    assert flags(nested(DEEPEST))
    deep = seen(nested(DEEPEST + 1))
    assert (deep.signals, len(deep.gaps)) == ((), 1)


def test_damage_and_doubt_inside_hold_the_carrier() -> None:
    """A part whose credential is broken or cannot be read, or that is of no known type, is said and never passed."""
    cases = {
        "a.jpg": flipped(AI, len(AI) - 40),
        "b.bin": b"\0\1\2\3" * 99,
        "c.mxf": b"\0" * 5000,
        "d.7z": b"7z\xbc\xaf\x27\x1c" + bytes(30),
        "e.c2pa": AI[AI.index(b"jumb") - 4 :],
        "f.jpg": PLAIN[:400],
    }
    for name, data in cases.items():
        found = seen(make.zipped((name, data)))
        assert found.gaps, name
        assert all(gap.place.startswith(f"inside {name} (1 of 1)") for gap in found.gaps), found.gaps


def test_office_settings_of_printers_do_not_hold_a_document() -> None:
    """What office programs keep for themselves is nothing to hold, under its name and in a document alone."""
    layout, kind = ("layout-cache", b"\1\0\1\0\x70\x17\0\0"), ("mimetype", b"application/vnd.oasis.opendocument.text")
    assert seen(make.zipped(kind, layout, method=0)).gaps == ()
    assert seen(make.zipped(kind, ("Pictures/layout-cache", layout[1]), method=0)).gaps
    assert seen(make.zipped(layout)).gaps
    assert flags(make.zipped(kind, ("layout-cache", AI), method=0))
    settings = ("xl/printerSettings/printerSettings1.bin", b"\0\1\2\3" * 99)
    sheet = ((WORD, b"<Types/>"), ("xl/workbook.xml", b"<w/>"))
    assert seen(make.zipped(*sheet, settings)).gaps == ()
    assert seen(make.zipped(settings)).gaps
    assert seen(make.zipped(*sheet, ("xl/media/image1.bin", settings[1]))).gaps
    assert flags(make.zipped(*sheet, (settings[0], AI)))


def test_a_sidecar_in_an_archive_is_read_with_its_file() -> None:
    """A credential that lies beside a frame in the same archive speaks for that frame."""
    store = _store()
    frame, other = media(PNG), flipped(media(PNG), 60)
    assert flags(make.zipped(("f.png", frame), ("f.png.c2pa", store))) == {(*SIGNED, "inside f.png (1 of 2)")}
    assert flags(make.zipped(("f.png", frame), ("f.c2pa", store))) == {(*SIGNED, "inside f.png (1 of 2)")}
    assert seen(make.zipped(("f.png", frame), ("f.png.c2pa", store))).gaps == ()
    assert seen(make.zipped(("f.png", other), ("f.png.c2pa", store))).gaps
    assert seen(make.zipped(("g.png", frame), ("f.png.c2pa", store))).gaps


def _store() -> bytes:
    import c2pa

    from tests.newsroom import studio

    with c2pa.Context.from_dict({"verify": {"remote_manifest_fetch": False}}) as context:
        builder = c2pa.Builder(manifest(action("created", TRAINED)), context=context)
        builder.set_no_embed()
        by = studio()
        info = c2pa.C2paSignerInfo(b"es256", by.certificates, by.private_key, None)
        with c2pa.Signer.from_info(info) as signer:
            return bytes(builder.sign(signer, PNG, io.BytesIO(media(PNG)), io.BytesIO()))


# --- layers, films, documents -----------------------------------------------------------------------------------------


def _zeroed(data: bytes, start: int, stop: int) -> bytes:
    return data[:start] + bytes(stop - start) + data[stop:]


def _misspelt(document: bytes) -> bytes:
    """Damage a PDF as a mutant of the soak did: its attachment begins as text in hexadecimal, and is nothing."""
    at = document.rindex(b"<<", 0, document.index(b"/Params"))
    return document[: at + 1] + b"\x8f" + document[at + 2 :]


def _without_length(psd: bytes) -> bytes:
    """Damage a PSD as a mutant of the soak did: nothing says any more that there are layers."""
    return psd[:33] + bytes(7) + psd[40:]


_LIST = placed(b"lnk2", make.item("plate.jpg", AI))[8:]


def _behind_a_block(length: int, told: int) -> bytes:
    """Return a PSD with a block before its placed file, which is not as long as it says."""
    return psd(layers=bytes(8) + b"8BIMshmd" + struct.pack(">I", told) + bytes(length) + _LIST)


def _shortened(length: int) -> bytes:
    """Return a PSD with a block of zeros before its placed file, whose layers are this long and no longer, it says."""
    whole = _behind_a_block(200, 200)
    return whole[:34] + struct.pack(">I", length) + whole[38:]


HELD_IN = {
    "PSD": make.layered(make.item("plate.jpg", AI)),
    "PSD, version 4": make.layered(make.item("plate.jpg", AI, version=4)),
    "PSD, how it was opened": make.layered(
        make.item("a.png", TRACE[:200]), make.item("plate.jpg", AI, opened=b"\0\0\0\x10" * 9)
    ),
    "PSB": make.layered(make.item("plate.jpg", AI), kind=b"lnkD", big=True),
    "PSD in PSD": make.layered(make.item("a.psd", make.layered(make.item("plate.jpg", AI)))),
    "AAF": make.storage({f"{make.ESSENCE}/Data-2702": AI.ljust(4096, b"\0"), "properties": b"L "}),
    "Matroska attachment": filming.matroska(filming.attachment("a.jpg", "image/jpeg", AI)),
    "Matroska attachment, an archive": filming.matroska(filming.attachment("a", "x", make.zipped(("a.jpg", AI)))),
    "MP3 cover": filming.tag(filming.frame(b"APIC", b"\0image/jpeg\0\3\0" + AI)) + filming.FRAMES,
    "PDF picture": pdf(picture=AI),
    "PDF attachment": pdf(attached=make.zipped(("a.jpg", AI))),
    "SVG": svg(data_uri(AI, "image/jpeg")),
}


@pytest.mark.parametrize("data", HELD_IN.values(), ids=HELD_IN)
def test_a_picture_signed_as_generated_flags_whatever_it_lies_in(data: bytes) -> None:
    """Placed files, essence, attachments, covers and pictures on pages are read with their credentials."""
    assert SIGNED in {(s.claim, s.strength) for s in seen(data).signals}


QUIET = {
    "PSD without layers": psd(),
    "PSD with a plain placed file": make.layered(make.item("plate.jpg", PLAIN)),
    "AAF without essence": make.storage({"properties": b"L ", "Header-2/properties": b"L "}),
    "Matroska with a film attached": filming.matroska(filming.attachment("a.mp4", "video/mp4", media(MP4))),
    "PDF with a plain archive": pdf(attached=make.zipped(("a.jpg", PLAIN))),
    "PDF with a plain picture": pdf(picture=PLAIN),
}


@pytest.mark.parametrize("data", QUIET.values(), ids=QUIET)
def test_plain_parts_hold_nothing(data: bytes) -> None:
    """What holds plain files, or could hold some and does not, is not held."""
    found = seen(data)
    assert (found.signals, found.gaps) == ((), ())


UNREAD = {
    "PSD, linked and elsewhere": make.layered(make.item("plate.jpg", b"", kind=b"liFE")),
    "PSD, cut short": make.layered(make.item("plate.jpg", PLAIN)[:200]),
    "PSD, of no type": make.layered(make.item("plate.bin", b"\0\1\2\3" * 20)),
    "PSD, its layers' length lost": _without_length(make.layered(make.item("plate.jpg", AI))),
    "PDF, an attachment that does not begin as an object": _misspelt(HELD_IN["PDF attachment"]),
    "MP3, its tag's length lost": _zeroed(HELD_IN["MP3 cover"], 6, 14),
    "MP3, its tag's length cut in the cover": HELD_IN["MP3 cover"][:8] + b"\0\x14" + HELD_IN["MP3 cover"][10:],
    "PSD, its layers' length cut before the first block": _shortened(4),
    "PSD, a block before the list that is too long": _behind_a_block(200, 1 << 20),
    "PSD, its layers' length cut in a block before the list": _shortened(100),
    "PSD, nothing where the list should start, and for long": psd(layers=bytes(8) + bytes(1 << 20) + _LIST),
    "PSD, nothing in the list, and for long": make.layered(bytes(20 << 10) + make.item("plate.jpg", AI)),
    "PSD, more blocks than are read": psd(layers=bytes(8) + (b"8BIMshmd" + bytes(4)) * STEPS + _LIST),
    "PSD, a list that breaks off": make.layered(make.item("plate.jpg", PLAIN), b"\0\0\0\0\xff\xff\xff\xff" * 4),
    "AAF, raw essence": make.storage({f"{make.ESSENCE}/Data-2702": bytes(range(256)) * 20, "properties": b"L "}),
    "AAF, its essence's length lost": _zeroed(HELD_IN["AAF"], 9714, 9722),
    "AAF, a stream in circles": make.storage({f"{make.ESSENCE}/Data-2702": AI})[:2048],
    "another structured storage": make.storage({"WordDocument": bytes(5000)}, of=bytes(16)),
}


@pytest.mark.parametrize("data", UNREAD.values(), ids=UNREAD)
def test_parts_that_cannot_be_examined_hold_what_they_lie_in(data: bytes) -> None:
    """Linked files, raw essence, damage and storages that nobody goes into are said."""
    assert seen(data).gaps


def test_comments_on_clips_of_an_aaf_are_read() -> None:
    """A label that a program wrote into a clip's comments is found, and speaks of a part."""
    name, value = (
        "AIGC\0".encode("utf-16-le"),
        b"L" + bytes(16) + '{"Label":"1","ContentProducer":"x"}\0'.encode("utf-16-le"),
    )
    rows = struct.pack("<HHH", 0x5001, 0x82, len(name)) + struct.pack("<HHH", 0x5003, 0x82, len(value))
    found = seen(
        make.storage({"UserComments-4406{0}/properties": b"L " + b"\2\0" + rows + name + value, "properties": b"L "})
    )
    assert {(s.claim, s.strength) for s in found.signals} == {(Claim.AI_ASSISTED, Strength.DECLARED)}


def test_text_in_a_picture_in_an_archive_flags_with_its_own_strength() -> None:
    """A generator's text keeps its strength, and a name inside is no more than its place."""
    assert flags(make.zipped(("a.png", TRACE))) == {(Claim.AI_ASSISTED, Strength.TRACE, "inside a.png (1 of 1)")}
    assert flags(make.zipped(("a.png", international("Title")(b"Muse, flux and wan")))) == set()


BEHIND = {
    "PNG behind a JPEG": PLAIN + TRACE,
    "PNG behind a JPEG and padding": PLAIN + bytes(3000) + TRACE,
    "JPEG behind an indexed JPEG": jpeg(segment(0xE2, b"MPF\0" + bytes(40))) + user_comment(INFOTEXT.encode()),
    "PNG behind a PNG": media(PNG) + TRACE,
    "archive behind a PNG": media(PNG) + make.zipped(("a.png", TRACE)),
    "archive behind a WAV": media(WAV) + make.zipped(("a.png", TRACE)),
    "PNG behind an AIFF": aiff() + TRACE,
    "PNG behind a PDF": pdf(picture=PLAIN) + b"\r\n" + TRACE,
    "film in a Samsung trailer": PLAIN + samsung((0xA30, b"MotionPhoto_Data", GRAPH_FILM)),
    "film in a HEIC": heif(b"heic", exif=exif({SOFTWARE: b"x\0"})) + box(b"mpvd", GRAPH_FILM),
    "film behind a JPEG": PLAIN + GRAPH_FILM,
    "PNG in a chunk of a PNG": png(chunk(b"prVW", TRACE)),
    "JPEG in a chunk of a PNG": png(chunk(b"prVW", jpeg(segment(0xFE, INFOTEXT.encode())))),
    "PNG as the media behind a film": media(MP4) + box(b"mdat", TRACE),
    "JPEG as the media behind a film": media(MP4) + box(b"mdat", user_comment(INFOTEXT.encode()) + bytes(3)),
    "JPEG in room that a film leaves": media(MP4) + box(b"free", user_comment(INFOTEXT.encode())),
    "PNG in room that a film leaves": media(MP4) + box(b"skip", TRACE),
}


@pytest.mark.parametrize("data", BEHIND.values(), ids=BEHIND)
def test_what_stands_behind_a_picture_or_a_sound_is_examined(data: bytes) -> None:
    """Further pictures, films of telephones and archives behind the end of a file flag it."""
    found = seen(data)
    assert ({(s.claim, s.strength) for s in found.signals}, found.gaps) == ({(Claim.AI_ASSISTED, Strength.TRACE)}, ())


def test_a_signed_picture_behind_another_is_never_passed() -> None:
    """A JPEG behind a JPEG looks like one picture, but its credential shows."""
    assert seen(PLAIN + AI).reading.credential.state is State.UNREADABLE
    assert seen(PLAIN + PLAIN).reading.credential.state is State.ABSENT


def test_notes_of_makers_behind_a_picture_hold_nothing() -> None:
    """What no type is known of behind a picture, plain pictures and plain films are nothing to hold."""
    for behind in (bytes(700), b"\0\1maker's notes\xff" * 30, media(PNG), media(MP4), NOTES):
        for data in (PLAIN, media(PNG), media(WAV), aiff(), pdf(picture=PLAIN)):
            found = seen(data + behind)
            assert (found.signals, found.gaps) == ((), ())


def signed_zip(*entries: make.Entry) -> bytes:
    """Return a ZIP with a credential of its own, as the SDK writes it."""
    return signed(manifest(action("created", TRAINED)), make.zipped(*entries, method=zipfile.ZIP_STORED), "zip")


def test_a_credential_of_the_archive_itself_is_read() -> None:
    """A ZIP that is signed is not held for how the SDK adds to it; one whose credential was renamed is no plain one."""
    found = seen(signed_zip(("a.jpg", PLAIN)))
    assert ({(s.claim, s.place[:8]) for s in found.signals}, found.gaps) == ({(Claim.AI_GENERATED, "manifest")}, ())
    for other in (
        b"META-INF/content_credential.c2pb",
        b"meta-inf/content_credential.c2pa",
        b"META-INF/content_credentiam.c2pa",
    ):
        renamed = signed_zip(("a.jpg", PLAIN)).replace(b"META-INF/content_credential.c2pa", other)
        assert seen(renamed).gaps or seen(renamed).reading.credential.state is State.UNREADABLE


def test_the_sdk_is_not_asked_about_an_archive_without_a_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads all of a ZIP to find out what the list of files says; where that does not add up, it is asked."""
    asked: list[str] = []

    def ask(_context: object, media_type: str, _stream: object, _manifest: bytes | None = None) -> None:
        asked.append(media_type)

    monkeypatch.setattr(read, "read_store", ask)
    for data in (make.zipped(("a.txt", NOTES)), make.zipped(("a.bin", b"\0\1\2\3" * 9))):
        look(BufferMedia(data), CredentialReader(Trust()))
    assert asked == []
    look(BufferMedia(make.zipped(("a.txt", NOTES)) + b"more"), CredentialReader(Trust()))
    assert asked == ["zip"]
