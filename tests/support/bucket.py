"""A folder served as an S3 bucket: as much of S3's protocol as reading asks for."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest


@contextmanager
def served(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """`s3://shop/…` is this folder, for processes that the environment tells so."""
    handler = type("Handler", (_Bucket,), {"folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "us-east-1"}
    told |= {"ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "ALLOW_HTTP": "true"}
    for name, value in told.items():
        patch.setenv(f"AWS_{name}", value)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        """A list of names, or bytes of a file."""
        address = urlsplit(self.path)
        asked = parse_qs(address.query)
        if "list-type" in asked:
            self._answer(200, self._listed(asked.get("prefix", [""])[0]))
            return
        file = self.folder / unquote(address.path).removeprefix("/shop/")
        if not file.is_file():
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        data = file.read_bytes()
        wanted = re.match(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "bytes=0-"))
        start, end = self._span(wanted[1], wanted[2], len(data))
        self._answer(206, data[start:end], f"bytes {start}-{end - 1}/{len(data)}")

    def do_HEAD(self) -> None:
        """As GET, without what was asked for."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @staticmethod
    def _span(first: str, last: str, size: int) -> tuple[int, int]:
        if not first:
            return max(0, size - int(last)), size
        return int(first), min(size, int(last) + 1) if last else size

    def _listed(self, prefix: str) -> bytes:
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        names = [(file.relative_to(self.folder).as_posix(), file.stat().st_size) for file in files]
        told = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{size}</Size>"
            "<LastModified>2026-11-23T00:00:00.000Z</LastModified></Contents>"
            for name, size in names
            if name.startswith(prefix)
        )
        return (
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{told}</ListBucketResult>".encode()
        )

    def _answer(self, status: int, body: bytes, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT")
        self.send_header("ETag", '"1"')
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
