import io
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import c2pa
import pytest

from provenance.containers import walk
from provenance.credentials.keys import check_signer
from provenance.credentials.read import CredentialReader
from provenance.credentials.sign import MarkRequest, mark
from provenance.errors import SigningFailed
from provenance.evidence import State
from provenance.files import BufferMedia
from provenance.sourcetype import Term
from tests import newsroom as room

pytestmark = pytest.mark.xdist_group("port-5000")

PORT = 5000
"""The port that `libpng-test_with_url.png` names."""


@contextmanager
def listening() -> Iterator[list[bytes]]:
    """Yield what arrives at the port on this machine while the block runs; each connection is answered and closed."""
    arrived: list[bytes] = []
    with ExitStack() as stack:
        servers = _servers(stack)
        threads = [threading.Thread(target=_serve, args=(server, arrived), daemon=True) for server in servers]
        for thread in threads:
            thread.start()
        try:
            yield arrived
        finally:
            for server in servers:
                server.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(5)


def _servers(stack: ExitStack) -> list[socket.socket]:
    """Return sockets that listen at the port: one for IPv4 and, where this machine has it, one for IPv6."""
    try:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", PORT)))]
    except OSError as error:
        pytest.skip(f"port {PORT} of this machine is taken: {error}")
    with suppress(OSError):
        servers.append(stack.enter_context(socket.create_server(("::1", PORT), family=socket.AF_INET6)))
    try:
        for server in servers:
            with socket.create_connection(server.getsockname()[:2], timeout=5):
                server.accept()[0].close()
    except OSError as error:
        pytest.skip(f"this machine cannot reach itself: {error}")
    return servers


def _serve(server: socket.socket, arrived: list[bytes]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(2)
            arrived.append(connection.recv(100))
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def test_the_listener_would_notice(samples: Path) -> None:
    """The SDK, left to itself, does fetch: so silence in the next test means something."""
    data = (samples / "c2pa-rs/libpng-test_with_url.png").read_bytes()
    context = c2pa.Context.from_dict({"verify": {"remote_manifest_fetch": True}})
    with listening() as arrived, context, pytest.raises(c2pa.C2paError):
        c2pa.Reader("image/png", io.BytesIO(data), None, context)
    assert len(arrived) == 1


def test_an_empty_list_of_hosts_stops_even_a_fetch(samples: Path) -> None:
    """The second lock: were fetching ever on, nobody is on the list of who may be asked."""
    data = (samples / "c2pa-rs/libpng-test_with_url.png").read_bytes()
    told = {"verify": {"remote_manifest_fetch": True}, "core": {"allowed_network_hosts": []}}
    context = c2pa.Context.from_dict(told)
    with listening() as arrived, context, pytest.raises(c2pa.C2paError, match="not permitted"):
        c2pa.Reader("image/png", io.BytesIO(data), None, context)
    assert arrived == []


def test_no_sample_makes_a_connection(samples: Path) -> None:
    """While every sample is read, alone and with a sidecar, nothing arrives at the port one of them names."""
    sidecar = (samples / "c2pa-rs/cloud_manifest.c2pa").read_bytes()
    reader = CredentialReader(room.trusting(room.studio(), may_clear=True))
    states = set()
    with listening() as arrived:
        for path in sorted(p for p in samples.rglob("*") if p.is_file()):
            media = BufferMedia(path.read_bytes())
            container = walk(media)
            states.add(reader.read(media, container).credential.state)
            reader.read_sidecar(media, container, sidecar)
    assert arrived == []
    assert states == set(State) - {State.TRUSTED}


def test_signing_makes_no_connection(samples: Path, tmp_path: Path) -> None:
    """Nor is a remote credential fetched when a file that names one is to be signed: it is refused."""
    by = room.studio()
    request = MarkRequest(
        source=samples / "c2pa-rs/libpng-test_with_url.png",
        destination=tmp_path / "out.png",
        term=Term.TRAINED_ALGORITHMIC_MEDIA,
        signer=check_signer(by.certificates, by.private_key),
    )
    with listening() as arrived, pytest.raises(SigningFailed, match="remote"):
        mark(request)
    assert (arrived, list(tmp_path.iterdir())) == ([], [])
