"""Runs the JavaScript unit tests, so that one command runs everything."""

import os
import shutil
import subprocess
from pathlib import Path

import playwright

ROOT = Path(__file__).parent.parent


def find_node() -> str:
    """Node.js from PATH, or else the one that Playwright's wheel carries."""
    own = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
    node = shutil.which("node") or own
    assert Path(node).is_file(), f"The JavaScript tests need Node.js, which is neither on PATH nor at {own}."
    return str(node)


def test_javascript_units():
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/static/**/*.test.js"))
    assert files, "There is no tests/static/*.test.js to run."
    command = [find_node(), "--test", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, f"\n{done.stdout}\n{done.stderr}"
