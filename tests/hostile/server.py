"""A raw-socket server that answers each path with the bytes of its shape, and a proxy that passes bytes on unread."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hostile.shapes import BY_NAME, Shape, head

UNKNOWN = Shape("unknown", (head(b"Content-Length: 0", status=b"HTTP/1.1 404 Not Found"),))
PATIENCE = 20.0  # seconds that a silent client is waited for


@cache
def certificate() -> ssl.SSLContext:
    """A server's context with a certificate that it signed itself, as many portals have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = builder.sign(key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(pem)
        context.load_cert_chain(file.name)
    return context


def read_head(connection: socket.socket) -> bytes:
    """The head of one request, or nothing when the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


def reset(connection: socket.socket) -> None:
    """End a connection as a crash does: RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class _Listener:
    """A socket on loopback and a thread for every connection."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._socket = socket.create_server((host, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            connection.settimeout(PATIENCE)
            threading.Thread(target=self._serve_safely, args=(connection,), daemon=True).start()

    def _serve_safely(self, connection: socket.socket) -> None:
        with suppress(OSError):  # whatever a client does, the next one is served; what came is in `read`
            self.serve(connection)
        connection.close()

    def serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class HostileServer(_Listener):
    """Keeps the requests that it read, by the name of their shape, and how many connections it took."""

    def __init__(self, scheme: str, host: str = "127.0.0.1") -> None:
        self.scheme, self.connections = scheme, 0
        self.read: dict[str, list[bytes]] = {}
        super().__init__(host)

    def url(self, name: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/{name}"

    def serve(self, connection: socket.socket) -> None:
        self.connections += 1
        if self.scheme == "https":
            connection = certificate().wrap_socket(connection, server_side=True)
        used = False
        while request := read_head(connection):
            target = request.split(b" ")[1].decode("latin-1")
            name = urlsplit(target).path.removeprefix(
                "/"
            )  # through a proxy the target is a whole URL (RFC 9112 §3.2.2)
            shape = BY_NAME.get(name, UNKNOWN)
            self.read.setdefault(name, []).append(request)
            if not (shape.shy and used):
                self._send(connection, shape)
                used = True
                if shape.ends == "stay":
                    continue
            break
        if isinstance(connection, ssl.SSLSocket) and connection.fileno() >= 0:
            connection = connection.unwrap()  # close_notify (RFC 8446 §6.1)
        connection.close()

    @staticmethod
    def _send(connection: socket.socket, shape: Shape) -> None:
        for piece in shape.sends:
            if isinstance(piece, bytes):
                connection.sendall(piece)
            else:
                time.sleep(piece)
        if shape.ends == "reset":
            reset(connection)
        elif shape.ends == "hold":
            while connection.recv(65536):
                pass


class PassingProxy(_Listener):
    """Reads one request head, connects to where it says, and from then on passes bytes in both directions."""

    def __init__(self, host: str = "127.0.0.1", forbids: bool = False) -> None:
        self.forbids = forbids  # answers CONNECT with 403
        self.asked: list[bytes] = []
        super().__init__(host)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        request = read_head(connection)
        method, target, _ = request.split(b" ", 2)
        self.asked.append(request.split(b"\r\n")[0])
        if method == b"CONNECT" and self.forbids:
            connection.sendall(head(b"Content-Length: 0", status=b"HTTP/1.1 403 Forbidden"))
            return
        authority = target.decode() if method == b"CONNECT" else urlsplit(target.decode()).netloc
        host, _, port = authority.rpartition(":")
        onward = socket.create_connection((host, int(port)), PATIENCE)
        if method == b"CONNECT":
            connection.sendall(head(b"Via: 1.1 test", status=b"HTTP/1.1 200 Connection established"))
        else:
            onward.sendall(request)
        self._pass(connection, onward)

    @staticmethod
    def _pass(client: socket.socket, onward: socket.socket) -> None:
        """Bytes as they come, ends as they come: one side's FIN and RST become the other's."""
        other = {client: onward, onward: client}
        while other and (ready := select.select(list(other), [], [], PATIENCE)[0]):
            for source in ready:
                try:
                    data = source.recv(65536)
                    if data:
                        other[source].sendall(data)
                    else:
                        other.pop(source).shutdown(socket.SHUT_WR)
                except OSError:
                    reset(client)
                    reset(onward)
                    return
        onward.close()
