"""What verdicts were drawn from is kept when the file is gone: shown, verified by itself, pruned, backed up."""

import json
import random
import sqlite3
import stat
import struct
import time
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import UtcTime
from provenance.catalogue import Batch, Catalogue
from provenance.catalogue.connection import Opening
from provenance.catalogue.exhibiting import put_aside
from provenance.catalogue.keptfile import KeptFile
from provenance.cli.options import now
from provenance.containers import walk
from provenance.cutting import cut
from provenance.errors import CatalogueLocked
from provenance.evidence import Credential, Evidence, Examiner, State
from provenance.exhibits import LARGEST, packed, unpacked
from provenance.files import BufferMedia, asset_of
from tests import newsroom
from tests.catalogue.making import at, digest_of, edit_behind, evidence, seen, stamp, take
from tests.production import EDITOR, PARAMETERS, Production, generated, new_production, picture, run

TYPES = (
    newsroom.JPEG,
    newsroom.PNG,
    newsroom.TIFF,
    newsroom.WEBP,
    newsroom.WAV,
    newsroom.MP3,
    newsroom.MP4,
    newsroom.MOV,
    newsroom.PDF,
)


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def store_of(production: Production) -> KeptFile:
    """Return the file in which things are kept."""
    return KeptFile(production.root / ".provenance" / "catalogue.db")


def kept_files(production: Production) -> list[str]:
    """Return under which digests anything is kept."""
    return sorted(store_of(production).digests())


def shown(production: Production, what: str) -> Any:
    """Return what is kept of a file."""
    return production.json("evidence", "show", what)


def signed_file(production: Production, name: str = "a.png") -> Path:
    """Put a signed, generated picture into the work zone and record it."""
    path = production.editorial / name
    path.write_bytes(newsroom.generated(title=name))
    production.run("scan")
    return path


def test_plain_files_cost_nothing(production: Production) -> None:
    """Of files that say nothing and hide nothing, nothing is kept."""
    picture(production.editorial / "a.png")
    (production.editorial / "notes.txt").write_text("notes")
    production.run("scan")
    assert kept_files(production) == []
    assert shown_all(production)["count"] == 0


def shown_all(production: Production) -> Any:
    """Return how much is kept."""
    return production.json("evidence", "show")


@pytest.mark.parametrize("media_type", TYPES)
def test_a_credential_is_kept_whole_and_verifies_without_its_file(production: Production, media_type: str) -> None:
    """Of each type, the kept store's signature holds once the file is gone; the binding is not claimed."""
    path = production.editorial / "a"
    path.write_bytes(newsroom.generated(media_type))
    production.run("scan")
    path.unlink()
    (one,) = [e for e in shown(production, "editorial/a")["exhibits"] if e["kind"] == "manifest"]
    assert one["state"] == "kept"
    assert (one["chain"]["signature_holds"], one["chain"]["bound"]) == (True, None)
    assert one["chain"]["active"]["actions"] == ["c2pa.created (trainedAlgorithmicMedia)"]
    explained = production.json("origin", "editorial/a", "--explain")["explanation"]
    assert explained["chain"]["read_from"] == "kept"
    text = production.run("evidence", "show", "editorial/a").out
    assert "whether it belongs to the file cannot be checked without the file" in text


def test_what_is_kept_is_for_this_user_alone_and_no_list_shows_what_stands_in_it(production: Production) -> None:
    """It lies in a file of 0600; a prompt is in no list, and is written out only where somebody asks for it."""
    generated(production.editorial / "a.png")
    production.run("scan")
    path = store_of(production).path
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)] == [0o600, 0o700]
    assert "lighthouse" not in production.run("evidence", "show", "editorial/a.png").out
    assert "lighthouse" not in production.run("evidence", "show", "editorial/a.png", "--format", "json").out
    out = production.root / "out"
    told = production.json("evidence", "show", "editorial/a.png", "--extract", out)
    written = out / told["exhibits"][0]["name"]
    assert written.read_text() == PARAMETERS
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert production.run("evidence", "show", "editorial/a.png", "--extract", out).code == 25


def test_same_bytes_are_kept_once_and_the_ledger_answers_for_them(production: Production) -> None:
    """Two copies, and further looks, add nothing; a row about what is kept that was edited is found."""
    generated(production.editorial / "a.png")
    generated(production.editorial / "b.png")
    production.run("scan")
    production.run("rescan")
    assert (len(kept_files(production)), shown_all(production)["count"]) == (1, 1)
    assert production.run("ledger", "verify").code == 0
    path = production.root / ".provenance" / "catalogue.db"
    edit_behind(path, "UPDATE exhibits SET digest = zeroblob(32)")
    assert production.run("ledger", "verify").code == 33


def test_what_is_missing_or_was_changed_is_said_to_be(production: Production) -> None:
    """What was taken away, cut short, or is something else is named as missing; nothing is raised."""
    generated(production.editorial / "a.png")
    production.run("scan")
    path = store_of(production).path
    for content in (b"", b"nothing", zlib.compress(b"something else"), zlib.compress(bytes(1 << 20))):
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            raw.execute("UPDATE kept SET body = ?", (content,))
        assert [e["state"] for e in shown(production, "editorial/a.png")["exhibits"]] == ["missing"]
    path.unlink()
    assert [e["state"] for e in shown(production, "editorial/a.png")["exhibits"]] == ["missing"]
    assert shown_all(production)["states"] == {"missing": 1}


@pytest.mark.parametrize("content", [b"", b"no database", "a catalogue"])
def test_something_else_in_its_place_is_an_error_and_stays_as_it_is(
    production: Production, content: bytes | str
) -> None:
    """What is no file of exhibits is refused (35), and nothing is written into it or recorded on it."""
    path, catalogue = store_of(production).path, production.root / ".provenance" / "catalogue.db"
    path.write_bytes(catalogue.read_bytes() if isinstance(content, str) else content)
    was = path.read_bytes()
    generated(production.editorial / "a.png")
    result = production.run("scan")
    assert result.code == 35, result.err
    assert path.read_bytes() == was
    with Catalogue.open(catalogue) as opened:
        assert opened.counts().assets == 0


def test_pruning_is_said_in_the_ledger_and_nothing_is_kept_again(production: Production) -> None:
    """What was pruned is gone from the disk, its digest and verdict stay, and another look does not bring it back."""
    generated(production.editorial / "a.png")
    production.run("scan")
    assert production.json("evidence", "prune", "--older-than", "0", "--dry-run", *EDITOR)["exhibits"] == 1
    assert len(kept_files(production)) == 1
    told = production.json("evidence", "prune", "--older-than", "0", *EDITOR)
    assert (told["exhibits"], told["removed"], kept_files(production)) == (1, 1, [])
    production.run("rescan")
    assert kept_files(production) == []
    (one,) = shown(production, "editorial/a.png")["exhibits"]
    assert (one["state"], one["pruned"] is not None) == ("pruned", True)
    assert production.json("origin", "editorial/a.png")["origin"] == "ai-generated"
    assert production.run("ledger", "verify").code == 0
    last = production.run("ledger", "show", "--format", "json").out
    assert "evidence-pruned" in last


def test_pruning_leaves_what_is_younger_present_or_kept_of_another_file(production: Production) -> None:
    """By age, and by whether the file is gone, only what is meant goes; what is alike and kept of others stays."""
    generated(production.editorial / "a.png")
    generated(production.editorial / "b.png", seed=4)
    production.run("scan")
    assert len(kept_files(production)) == 1
    assert production.json("evidence", "prune", "--older-than", "1", *EDITOR)["exhibits"] == 0
    (production.editorial / "a.png").unlink()
    production.run("scan")
    told = production.json("evidence", "prune", "--older-than", "0", "--gone", *EDITOR)
    assert (told["exhibits"], told["removed"], len(kept_files(production))) == (1, 0, 1)
    assert [e["state"] for e in shown(production, "editorial/b.png")["exhibits"]] == ["kept"]


def test_a_legal_hold_over_everything_keeps_everything(production: Production) -> None:
    """While such a hold is in force nothing is pruned (52), and nothing is said in the ledger."""
    generated(production.editorial / "a.png")
    production.run("scan")
    assert production.run("personal", "hold", "--all", *EDITOR).code == 0
    assert production.run("evidence", "prune", "--older-than", "0", *EDITOR).code == 52
    assert len(kept_files(production)) == 1
    assert "evidence-pruned" not in production.run("ledger", "show", "--format", "json").out


def test_retention_stands_in_the_configuration(production: Production) -> None:
    """Without --older-than it is [evidence] retention_days; without either it is a usage error."""
    assert production.run("evidence", "prune", *EDITOR).code == 2
    production.config.write_text(production.config.read_text() + "\n[evidence]\nretention_days = 0\n")
    generated(production.editorial / "a.png")
    production.run("scan")
    assert production.json("evidence", "prune", *EDITOR)["removed"] == 1


def test_what_a_cut_off_prune_or_scan_left_behind_goes_with_the_next(production: Production) -> None:
    """A file whose row says that it was pruned, and an old one without a row, are removed; a young one stays."""
    generated(production.editorial / "a.png")
    production.run("scan")
    store, today = store_of(production), now()
    old, young = packed("xmp", "old", b"old"), packed("xmp", "young", b"young")
    store.put([old], UtcTime("2020-01-01T00:00:00.000000Z"))
    store.put([young], today)
    production.run("evidence", "prune", "--older-than", "100", *EDITOR)
    assert (old[2] in store.digests(), young[2] in store.digests(), len(kept_files(production))) == (False, True, 2)


def test_what_was_pruned_leaves_no_trace_in_the_file(production: Production) -> None:
    """A prompt that was taken away stands nowhere beside the catalogue any more, in no log and in no free page."""
    prompt = "".join(random.Random(7).choices("abcdefghijklmnop", k=400))  # so that it does not shrink by much
    text = {"parameters": PARAMETERS.replace("a lighthouse", prompt)}
    picture(production.editorial / "a.png", text=text)
    production.run("scan")
    (digest,) = store_of(production).digests()
    body = packed("text", "", text["parameters"].encode())
    assert body[2] == digest
    assert any(body[4] in p.read_bytes() for p in (production.root / ".provenance").iterdir() if p.is_file())
    production.run("evidence", "prune", "--older-than", "0", *EDITOR)
    files = [p.read_bytes() for p in (production.root / ".provenance").iterdir() if p.is_file()]
    assert not any(body[4][20:120] in content for content in files)


def test_a_sidecar_is_kept_as_what_it_is(production: Production) -> None:
    """A credential beside a file is kept itself, and found from the file that it was about when both are gone."""
    picture(production.editorial / "a.png")
    production.run("keys", "new")
    made = production.run("mark", "editorial/a.png", "--source-type", "trainedAlgorithmicMedia", "--sidecar")
    assert made.code == 0, made.err
    time.sleep(0.03)
    production.run("scan")
    for path in production.editorial.iterdir():
        path.unlink()
    explained = production.json("origin", "editorial/a.png", "--explain")["explanation"]
    assert (explained["chain"]["read_from"], explained["chain"]["signature_holds"]) == ("kept", True)


def test_a_backup_holds_it_and_a_restore_puts_it_back(production: Production, tmp_path: Path) -> None:
    """What was kept is in the backup by its digest, and can be shown and verified after it was put back."""
    signed_file(production).unlink()
    target = tmp_path / "backup"
    assert production.run("backup", target).code == 0
    assert [p["part"] for p in json.loads((target / "manifest.json").read_text())["files"]].count("kept") == 1
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    restored = run(tmp_path, "restore", target, "--to", elsewhere)
    assert restored.code == 0, restored.err
    again = Production(elsewhere)
    (one,) = shown(again, "editorial/a.png")["exhibits"]
    assert (one["state"], one["chain"]["signature_holds"]) == ("kept", True)


def test_a_bundle_for_a_dispute_holds_it_only_where_somebody_says_so(production: Production, tmp_path: Path) -> None:
    """Without --kept it is named among what was left out; with it the raw credential is in the bundle."""
    signed_file(production)
    production.run("report", "--dispute", "editorial/a.png", "-o", tmp_path / "plain")
    plain = json.loads((tmp_path / "plain" / "manifest.json").read_text())
    assert any("--kept" in words for words in plain["left_out"])
    assert not (tmp_path / "plain" / "kept").exists()
    assert production.run("report", "--dispute", "editorial/a.png", "--kept", "-o", tmp_path / "full").code == 0
    (path,) = (tmp_path / "full" / "kept").iterdir()
    assert path.suffix == ".c2pa"
    assert path.read_bytes()[4:8] == b"jumb"
    assert production.run("report", "--kept").code == 2


def test_what_is_too_large_is_named_and_not_kept() -> None:
    """Of an exhibit beyond the limit only its digest and size are known."""
    content = bytes(LARGEST + 1)
    assert packed("xmp", "XMP", content)[3:] == (LARGEST + 1, b"")


def test_what_is_kept_reads_back_whoever_compressed_it_and_nothing_else_does() -> None:
    """Zstandard, and zlib as of earlier versions; not what is damaged, of another digest, or swells beyond its size."""
    content = b"a manifest store" * 200
    *_, digest, size, body = packed("manifest", "JPEG", content)
    assert len(body) < size
    assert unpacked(body, digest, size) == content
    assert unpacked(zlib.compress(content), digest, size) == content
    assert unpacked(body, "0" * 64, size) is None
    swelling = packed("manifest", "JPEG", bytes(LARGEST))[-1]
    for damaged in (b"", b"x", body[:-9], body[:9], body[:6] + b"\xff" * 30, zlib.compress(content)[:-9], swelling):
        assert unpacked(damaged, digest, size) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xeb" + struct.pack(">H", 18) + b"JP\0\1\0\0\0\1" + struct.pack(">I", 9999) + b"jumb",
        b"\xff\xd8"
        + b"".join(
            b"\xff\xeb" + struct.pack(">H", 19) + b"JP\0\1" + struct.pack(">I", n) + b"\0\xff\xff\xffjumb" + b"x"
            for n in range(1, 5000)
        ),
        newsroom.media(newsroom.PNG)[:33]
        + newsroom.png_chunk(b"caBX", struct.pack(">I", 1 << 31) + b"jumb" + bytes(100))
        + newsroom.media(newsroom.PNG)[33:],
    ],
    ids=["cut short", "a byte a segment", "a size beyond the file"],
)
def test_remains_that_are_no_store_are_not_cut_out(data: bytes) -> None:
    """A store that is not all there, or made to take for ever, is no exhibit, and costs no time."""
    media = BufferMedia(data)
    found = Evidence(asset_of(data), "image/jpeg", Credential(State.UNREADABLE), (), (), (), Examiner("0", "0"))
    began = time.process_time()
    assert [k for k in cut(found, walk(media), media) if k[0] == "manifest"] == []
    assert time.process_time() - began < 1


def test_a_prune_takes_nothing_away_that_somebody_is_about_to_keep(tmp_path: Path) -> None:
    """What was pruned of one file turns up in another: until its rows are written, whoever prunes has to wait."""
    path, kept = tmp_path / "catalogue.db", packed("text", "PNG tEXt 'parameters'", b"a prompt")
    first, second = (replace(seen(evidence(name), name.encode()), kept=(kept,)) for name in ("first", "second"))
    with Catalogue.create(path, at(0)) as keeping:
        take(keeping, first)
        exhibits = keeping.exhibits
        assert exhibits.prune(exhibits.prunable(at(5)), {}, stamp(6)) == 1
        exhibits.store.put([kept], at(6))
        with keeping._db.writing():
            batch = put_aside(keeping._db, Batch((second,)), at(7))
            with Catalogue.open(path, Opening(wait=0.1)) as pruning, pytest.raises(CatalogueLocked):
                pruning.exhibits.prune((), {}, stamp(8))
            assert kept[2] in exhibits.store.digests()
        assert batch.examined == (second,)
        take(keeping, second, minute=9)
        assert exhibits.prune((), {}, stamp(10)) == 0
        (of_second,) = exhibits.of(digest_of("second"))
        assert exhibits.content(of_second) == b"a prompt"
