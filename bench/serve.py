"""`hybridmote serve`, and at /bench/stall the longest time its loop was kept waiting since that was last asked."""

from hybridmote.server import monkey_patch, worst_stall

monkey_patch()

import sys  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from typing import Any  # noqa: E402

from hybridmote import create_app  # noqa: E402
from hybridmote.config import Settings  # noqa: E402
from hybridmote.factory import run  # noqa: E402


def main(port: int) -> None:
    app = create_app(Settings(port=port))
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/bench/stall":
            return inner(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(worst_stall()).encode()]

    app.wsgi_app = outer  # type: ignore[method-assign]
    run(app)


if __name__ == "__main__":
    main(int(sys.argv[1]))
