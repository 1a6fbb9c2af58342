"""Somebody else's server, on this machine: a playlist that plays, and a player for a frame.

The picture in hls/ is six seconds of ffmpeg's testsrc and a tone:
ffmpeg -f lavfi -i testsrc=size=160x90:rate=10 -f lavfi -i sine=frequency=220 -t 6 -c:v libx264 -crf 40 -pix_fmt yuv420p
    -g 20 -c:a aac -b:a 24k -ac 1 -f hls -hls_time 2 -hls_list_size 0 -hls_segment_filename part%d.ts picture.m3u8
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

PARTS = Path(__file__).parent / "hls"
VIDEO = "kkGMgK9ZtnKfYAgnEtQxbv"  # an id as PeerTube makes them


class Elsewhere:
    """`asked` is every path that somebody fetched; `open` is whether it answers with what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.referrers: set[str | None] = set()  # where those who asked said they came from
        self.open = True
        there = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                there.asked.append(self.path)
                there.referrers.add(self.headers.get("Referer"))
                kind, body = there.answer(self.path.partition("?")[0])
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.playlist = f"{self.origin}/picture.m3u8"
        self.far_parts = f"{self.origin}/far.m3u8"  # its parts are at another origin
        self.video = f"{self.origin}/w/{VIDEO}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> tuple[str, bytes]:
        name = path.rpartition("/")[2]
        if not self.open:
            return "", b"gone"
        if name == "far.m3u8":
            far = (PARTS / "picture.m3u8").read_text().replace("part", f"http://localhost:{self.port}/part")
            return "application/vnd.apple.mpegurl", far.encode()
        if name in {file.name for file in PARTS.iterdir()}:
            kind = "video/mp2t" if name.endswith(".ts") else "application/vnd.apple.mpegurl"
            return kind, (PARTS / name).read_bytes()
        if path == f"/videos/embed/{VIDEO}":
            page = "<!doctype html><html lang=en><title>A player</title><main><h1>A player of theirs</h1></main></html>"
            return "text/html", page.encode()
        return "", b"not here"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
