"""Rules of the repository that no other tool checks: what its files may not name, and that its lists agree."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.servers import ROOT

# Written in pieces, so that this file passes its own test.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "npmjs" + ".org", "yarn" + "pkg.com"]
REGISTRIES += ["deb." + "debian.org", "crates" + ".io", "proxy." + "golang.org", "unp" + "kg.com", "jsdelivr" + ".net"]
# A home, or a folder somebody works in: what is right on one machine only.
PLACES = re.compile("(?<![\\w.])/(ro" + "ot|ho" + "me|Us" + "ers|wo" + "rk|tm" + "p/w)/[\\w.-]+")
PLACES_WINDOWS = re.compile("\\b[A-Z]:\\\\" + "Users")


def committed_files() -> list[Path]:
    """What git knows of, and what it would add: a new file is tested before it is committed."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in committed_files():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found.append((str(path.relative_to(ROOT)), data.decode(errors="replace")))
    return found


def test_no_file_names_a_package_registry() -> None:
    named = [f"{name}: {host}" for name, text in texts() for host in REGISTRIES if host in text]
    assert named == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    ours = [(name, text) for name, text in texts() if not name.startswith("static/vendor/")]
    found = [f"{name}: {match[0]}" for name, text in ours for match in PLACES.finditer(text)]
    found += [f"{name}: {match[0]}" for name, text in ours for match in PLACES_WINDOWS.finditer(text)]
    assert found == []


def test_vendored_files_are_the_ones_in_the_manifest() -> None:
    folder = ROOT / "static" / "vendor"
    manifest = json.loads((folder / "manifest.json").read_text())
    listed = {entry["file"]: entry for entry in manifest}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    texts_of_licences = {name for name in there if name.startswith("licences/")}
    assert set(listed) == there - texts_of_licences
    assert len(texts_of_licences) >= len(listed), "every vendored file comes with the text of its licence"
    for name, entry in listed.items():
        assert {"name", "version", "licence", "sha256"} <= set(entry), f"{name}: the manifest does not say everything"
        assert all(entry[key] for key in ("name", "version", "licence"))
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"], f"{name} was changed"


# Requirements


def pins(name: str) -> dict[str, str]:
    """name → version, of a list of requirements in requirements/."""
    found = re.findall(r"^([a-z0-9][\w.-]*)==([\w.]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    return {package.lower().replace("_", "-"): version for package, version in found}


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    entries = re.split(r"^(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    entries = [entry for entry in entries if entry.strip()]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9][\w.-]*==\S+", entry), f"not a pinned package: {entry[:80]!r}"
        assert "--hash=sha256:" in entry, f"without a hash: {entry[:80]!r}"


@pytest.mark.parametrize("name", ["build.in", "runtime.in", "dev.in"])
def test_what_we_ask_for_is_pinned(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert [line for line in asked if not re.fullmatch(r"[a-z0-9][\w.-]*==[\w.]+", line)] == []


def test_the_locks_hold_what_we_ask_for() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")
    assert (pins("build.in") | pins("runtime.in")).items() <= runtime.items()
    assert pins("dev.in").items() <= dev.items()
    assert runtime.items() <= dev.items(), "the tests would run with other versions than the product"


def test_the_package_asks_for_the_runtime_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "dependencies" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements/runtime.in"]}


def test_the_node_lock_records_no_addresses_but_every_hash() -> None:
    packages = json.loads((ROOT / "tests/node/package-lock.json").read_text())["packages"]
    inside = {name: entry for name, entry in packages.items() if name}
    assert inside
    assert [name for name, entry in inside.items() if "resolved" in entry or "integrity" not in entry] == []


# The house


def rooms() -> list[str]:
    """A room is a package inside hybridmote/ with any of a room's files."""
    files = ("model.py", "store.py", "views.py", "commands.py", "pages.py", "jobs.py")
    return sorted({path.parent.name for name in files for path in (ROOT / "hybridmote").glob(f"*/{name}")})


def test_every_room_is_under_the_import_rules() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    assert sorted(contracts["Inside a room"]["containers"]) == [f"hybridmote.{room}" for room in rooms()]
    order = [layer.strip("()") for layer in contracts["Between rooms, later may use earlier"]["layers"]]
    assert set(rooms()) <= set(order)


# The wheel


@pytest.mark.slow
def test_a_wheel_works_from_any_folder(tmp_path: Path) -> None:
    """Built without a network, installed outside the repository, with templates and static files inside."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    source = tmp_path / "source"
    for path in committed_files():  # a copy: building in the repository would leave build/ there
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    quiet = ["--quiet", "--no-deps", "--no-index"]
    command = [*pip, "wheel", *quiet, "--no-build-isolation", "--wheel-dir", tmp_path, source]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("hybridmote-*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    for path in committed_files():
        name = path.relative_to(ROOT)
        if name.parts[0] in ("templates", "static", "migrations", "translations"):
            assert f"hybridmote/{name}" in inside or path.name.startswith(".")
        elif name.parts[0] == "hybridmote" and path.suffix == ".py":
            assert str(name) in inside
    assert {name.partition("/")[0] for name in inside} == {"hybridmote", f"{wheel.name.rsplit('-', 3)[0]}.dist-info"}

    # Its own dependencies are borrowed from the environment that runs the tests.
    home = tmp_path / "elsewhere"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python3*/site-packages")
    subprocess.run([*pip, "install", *quiet, "--target", site, wheel], check=True, cwd=tmp_path)
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    metadata = next(site.glob("hybridmote-*.dist-info/METADATA")).read_text()
    assert set(pins("runtime.in")) == set(re.findall(r"^Requires-Dist: ([\w-]+)==", metadata, re.MULTILINE))
    assert (site / "bin" / "hybridmote").exists()
    check = "import hybridmote, pathlib; print(pathlib.Path(hybridmote.__file__).parent)"
    told = subprocess.run([home / "bin/python", "-c", check], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(told.stdout.strip()) == site / "hybridmote"
    data = tmp_path / "data"
    migrate = [home / "bin/python", "-m", "hybridmote", "migrate", "--data", data]
    done = subprocess.run(migrate, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
