"""`python -m bench [--quick] [--only votes,storm]`: the page and the JSON in build/bench; a full run also docs/."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import page
from bench.figures import percentile, tidy
from bench.measures import broadcast, promises, questions, stalls, storm, votes
from bench.sizes import SIZES
from bench.stand import Bench
from tests.servers import ROOT

MEASURES: dict[str, ModuleType] = {
    "votes": votes,
    "broadcast": broadcast,
    "storm": storm,
    "questions": questions,
    "stalls": stalls,
    "promises": promises,
}


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    ask.add_argument("--size", choices=SIZES, default="full")
    ask.add_argument("--quick", action="store_const", const="quick", dest="size", help="one round of each, two minutes")
    ask.add_argument("--only", default=",".join(MEASURES), help="names, with commas: " + ", ".join(MEASURES))
    ask.add_argument("--out", type=Path, default=ROOT / "build" / "bench", help="folder of the page and the JSON")
    told = ask.parse_args()
    size, names = SIZES[told.size], told.only.split(",")
    began = time.monotonic()
    result: dict[str, Any] = {"size": size.name, "rounds": size.rounds, "machine": machine(), "measures": {}}
    with Bench() as bench:
        for name in names:
            print(name, flush=True)
            result["measures"][name] = tidy(MEASURES[name].measure(bench, size, _say))
    result["seconds"] = round(time.monotonic() - began)
    told.out.mkdir(parents=True, exist_ok=True)
    (told.out / "results.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (told.out / "index.html").write_text(page.html(result))
    print(f"{told.out / 'index.html'} after {result['seconds']} s")
    if size.name == "full" and names == list(MEASURES):
        (ROOT / "docs" / "performance.md").write_text(page.markdown(result))
    return 0


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


def machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "node": subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip().lstrip("v"),
        "sync_us": round(sync_us()),
    }


def sync_us() -> float:
    """How long the disk takes to keep 4 kB: what one commit at a time cannot be faster than."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            os.write(file.fileno(), b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return percentile(took, 50) * 1e6


if __name__ == "__main__":
    sys.exit(main())
