"""The browser library: its own tests run under Node, and its vendored files are the ones the manifest names."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
LIBRARY = ROOT / "static" / "js"
TESTS = sorted((ROOT / "tests" / "js").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_the_browser_library_keeps_its_promises(path: Path) -> None:
    """Skipping would hide a broken client behind a green run, so a machine without Node fails."""
    node = shutil.which("node")
    assert node, "node (18 or later) is needed to test static/js/lib; on Debian: apt-get install nodejs"
    run = subprocess.run(
        [node, "--test", str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^\S+ pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed and int(passed[1]) > 0, f"no test ran:\n{run.stdout}"


def test_every_file_of_tests_is_found() -> None:
    assert len(TESTS) >= 5


def test_vendored_files_are_those_of_the_manifest() -> None:
    rows = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    for row in rows:
        assert set(row) == {"file", "name", "version", "licence", "sha256"}, row
        assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    licences = {path for path in present if path.startswith("licences/")}
    assert present - licences - {"manifest.json"} == {row["file"] for row in rows}


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.js")), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_scripts_live_under_the_content_security_policy(path: Path) -> None:
    """``script-src 'self'`` forbids what these would do, and only in the browser of somebody at a meeting."""
    source = path.read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\(|new Function\(|set(?:Timeout|Interval)\(\s*[\"'`]|\.setAttribute\(\s*[\"']on", source
    )
    assert not re.search(r"from\s+[\"'](?:https?:)?//|import\(\s*[\"'](?:https?:)?//", source), "imports stay at home"
