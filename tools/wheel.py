"""The one build step of our own: what the pages need goes into the wheel.

An editable install leaves the folders where they are, at the top of the repository; a wheel has no such place,
so there they become `hybridmote/templates`, `hybridmote/static` and `hybridmote/migrations`.
"""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = ("templates", "static", "migrations", "translations", "alembic.ini")


class BuildPy(build_py):
    """`build_py`, and the bundled folders copied beside the modules."""

    def run(self) -> None:
        package = Path(self.build_lib) / "hybridmote"
        if not self.editable_mode:
            shutil.rmtree(package, ignore_errors=True)  # a file deleted since the last build must not come back
        super().run()
        if not self.editable_mode:
            for source in bundled_files():
                target = package / source.relative_to(ROOT)
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        package = Path(self.build_lib) / "hybridmote"
        ours = [] if self.editable_mode else [str(package / path.relative_to(ROOT)) for path in bundled_files()]
        return [*super().get_outputs(include_bytecode), *ours]


def bundled_files() -> list[Path]:
    """Every file to bundle, in a stable order; byte code and editors' leavings stay behind."""
    found: list[Path] = []
    for name in BUNDLED:
        top = ROOT / name
        if top.is_file():
            found.append(top)
        found.extend(path for path in sorted(top.rglob("*")) if path.is_file() and wanted(path))
    return found


def wanted(path: Path) -> bool:
    return "__pycache__" not in path.parts and path.suffix != ".pyc" and not path.name.startswith(".")
