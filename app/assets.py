"""Which script and style sheet a page loads: the bundle, or the sources with --dev."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Assets:
    """Addresses for a page's head. import_map is set only where sources are served.

    scripts: by the name of a page's entry
    """

    scripts: Mapping[str, str]
    style: str
    import_map: str | None = None

    @property
    def import_map_hash(self) -> str | None:
        """How the Content-Security-Policy names the inline import map."""
        if self.import_map is None:
            return None
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.import_map.encode()).digest()).decode()}'"


@cache
def assets(static: Path, dev: bool) -> Assets:
    if dev:
        scripts = {path.stem: f"/static/js/{path.name}" for path in (static / "js").glob("*.js")}
        return Assets(scripts, "/static/css/main.css", _import_map(static))
    manifest = static / "dist" / "manifest.json"
    if not manifest.exists():
        raise FileNotFoundError(
            "The script and style sheet have not been built. Start with ./run, or run: python hatch_build.py"
        )
    names = json.loads(manifest.read_text())
    scripts = {n.removesuffix(".js"): f"/static/dist/{at}" for n, at in names.items() if n.endswith(".js")}
    return Assets(scripts, f"/static/dist/{names['main.css']}")


def _import_map(static: Path) -> str:
    modules = {
        path.stem: f"/static/vendor/{path.name}" for path in sorted((static / "vendor").glob("d3-*.js"))
    }
    return json.dumps({"imports": modules})
