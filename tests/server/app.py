"""A small application on the server layer, run in a process of its own: `python -m tests.server.app '{"fast": true}'`.

Prints one line of JSON, {"port": …}, when it listens.
"""

import json
import logging
import os
import sys

from hybridmote.server import Limits, make_socketio, monkey_patch, serve, worst_stall

monkey_patch()

import time  # noqa: E402

from flask import Flask, request, session  # noqa: E402
from prometheus_client import generate_latest  # noqa: E402
from socketio.exceptions import ConnectionRefusedError  # noqa: E402

from hybridmote.metrics import registry  # noqa: E402
from hybridmote.server import fanout as fanout_module  # noqa: E402

options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
logging.basicConfig(level=logging.INFO, stream=sys.stderr)

app = Flask("small")
app.secret_key = "for tests"
socketio = make_socketio(
    app,
    base_url=options.get("base_url"),
    trusted_hosts=options.get("trusted_hosts", ()),
    fast_fanout=options.get("fast", True),
    limits=Limits(**options.get("limits", {})),
)
server, fanout = socketio.server, app.extensions["fanout"]
present: dict[str, str] = {}
left: list[str] = []
encoded = [0]
encode = fanout_module.text_frame


def counting(text: str) -> bytes:
    encoded[0] += 1
    return encode(text)


fanout_module.text_frame = counting
busiest = [0.0]
pages = [0]
running = [0, 0]


def watch() -> None:
    """Like the canary, but by this thread's own CPU clock: other programs on the machine do not count."""
    before = time.thread_time()
    while True:
        time.sleep(0.005)
        now = time.thread_time()
        busiest[0] = max(busiest[0], now - before)
        before = now


def since_last() -> float:
    worst, busiest[0] = busiest[0], 0.0
    return worst


socketio.start_background_task(watch)


@app.get("/hello")
def hello() -> str:
    session["who"] = "cookie"
    return "hello"


@app.post("/size")
def size() -> str:
    return str(len(request.get_data()))


@app.get("/slow/<float:seconds>")
def slow_page(seconds: float) -> str:
    pages[0] += 1
    time.sleep(seconds)
    return "done"


@app.get("/stall/<float:seconds>")
def stall(seconds: float) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return "done"


@app.get("/metrics")
def metrics() -> bytes:
    return generate_latest(registry)


@app.get("/fail")
def fail() -> str:
    raise RuntimeError("on purpose")


@app.get("/stats")
def stats() -> dict:
    switchboard, fast = app.extensions["socket_server"]
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1])
    return {
        "worst_stall": worst_stall(),
        "worst_busy": since_last(),
        "rss": resident * os.sysconf("SC_PAGE_SIZE"),
        "present": len(present),
        "left": len(left),
        "sessions": len(switchboard.engine.sockets),
        "clients": len(switchboard.manager.session_of),
        "writers": len(switchboard.manager.writers),
        "waiting": len(switchboard.lobby),
        "environs": len(server.environ),
        "fast": fast is not None,
        "encoded": encoded[0],
        "running": running[0],
        "most_running": running[1],
        "slow_pages": pages[0],
        "descriptors": len(os.listdir("/proc/self/fd")),
    }


def connect(sid: str, environ: dict, auth: object = None) -> None:
    auth = auth if isinstance(auth, dict) else {}
    if auth.get("refuse"):
        raise ConnectionRefusedError("not you", {"code": "unknown_caller"})
    if auth.get("fail"):
        raise RuntimeError("on purpose")
    present[sid] = environ.get("HTTP_COOKIE", "")
    if auth.get("slow"):
        fanout.send([sid], "changes", {"before": "welcome"})
        time.sleep(auth["slow"])
    with app.request_context(environ):
        who = session.get("who") or auth.get("token")
    fanout.send([sid], "welcome", {"who": who, "pad": "å" * auth.get("pad", 0)})


def disconnect(sid: str, reason: object = None) -> None:
    left.append(sid)
    present.pop(sid, None)


def echo(sid: str, *data: object) -> object:
    return data[0] if data else None


def slow(sid: str, seconds: float, pad: str = "") -> str:
    running[0] += 1
    running[1] = max(running)
    time.sleep(seconds)
    running[0] -= 1
    return "slept"


def broadcast(sid: str, count: int, pad: int = 0) -> int:
    """Several messages to everybody, in one go."""
    return [fanout.send(present, "changes", {"n": n, "pad": "x" * pad}) for n in range(count)][-1]


counter = [0]


def mixed(sid: str, pad: int = 0) -> int:
    """One number for everybody, then the same as the answer: the sender must get them in this order."""
    counter[0] += 1
    number = counter[0]
    fanout.send(present, "changes", {"n": number, "pad": "x" * pad})
    socketio.emit("emitted", {"n": number}, to=sid)
    return number


def end(sid: str) -> None:
    fanout.send([sid], "ended", {"problem": {"code": "unknown_caller"}})
    server.disconnect(sid)


for handler in (connect, disconnect, echo, slow, broadcast, mixed, end):
    server.on(handler.__name__, handler)


if __name__ == "__main__":
    serve(
        app,
        socketio,
        options.get("host", "127.0.0.1"),
        options.get("port", 0),
        drain_seconds=options.get("drain_seconds", 5),
        on_listening=lambda host, port: print(json.dumps({"port": port}), flush=True),
        access_log=lambda line: print(json.dumps(dict(line)), file=sys.stderr) if options.get("log") else None,
        before_exit=lambda: print(json.dumps({"exit": True}), flush=True),
    )
