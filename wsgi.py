"""The serving process: `python wsgi.py`, settings from HYBRIDMOTE_*. The same as `hybridmote serve`.

One process serves one port. When a meeting outgrows one core: several processes on several ports, all with the same
database and HYBRIDMOTE_REDIS_URL, behind nginx with `hash $cookie_… consistent` (by address would put a whole hall on
one process). `app` is the WSGI application, for whoever brings an eventlet server; gunicorn no longer has one.
"""

from hybridmote.server import monkey_patch

monkey_patch()

from hybridmote import create_app  # noqa: E402
from hybridmote.factory import run  # noqa: E402

app = create_app()

if __name__ == "__main__":
    run(app)
