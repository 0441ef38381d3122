"""Where the files are: beside this package in a wheel, one level up in a checkout."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """`static` or `templates`, wherever this installation keeps it."""
    for base in (HERE, HERE.parent):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"The folder {name!r} is neither in {HERE} nor beside it. Reinstall Unrolled.")


CONTENT = HERE / "content"
