"""A SOCKS5 proxy (RFC 1928) without authentication, which knows one name that nobody else knows."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

NAME = "api.inside.invalid"


@contextlib.contextmanager
def socks5(port: int) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the names it was asked to connect to; all lead to `port` of this machine."""
    asked: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.read(self.rfile.read(2)[1])
            self.wfile.write(b"\x05\x00")
            kind = self.rfile.read(4)[3]
            name = self.rfile.read(self.rfile.read(1)[0] if kind == 3 else 4)
            self.rfile.read(2)
            asked.append(name.decode() if kind == 3 else socket.inet_ntoa(name))
            with socket.create_connection(("127.0.0.1", port)) as other:
                self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
                back = threading.Thread(target=_copied, args=(other, self.connection), daemon=True)
                back.start()
                _copied(self.connection, other)
                back.join(5)

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Proxy(("127.0.0.1", 0), Handler) as proxy:
        threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"127.0.0.1:{proxy.server_address[1]}", asked
        proxy.shutdown()


def _copied(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
