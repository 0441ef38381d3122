"""The shape holds: what may import what, how long a file may be, and where a name may stand."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A module may import from the rows above its own, never from its own row or below.

ENGINE = """
    errors arrays pages
    expr softmax encoders optim options parallel dropout schedules tensors vector
    embedding tokens vocabulary tables tasks.folders tasks.bars tasks.reliability
    cells losses compiler.traced compiler.calls
    architecture compiler.schedule
    heads question
    compiler.forward layer
    compiler.backward compiler.packing
    compiler.source
    compiler.workspace
    compiler.compiled
    compiler.run
    compiler.gradient
    plan trace
    network
    edits graph rollout generate answers checkpoint tasks.base
    attribution flows dynamics probe
    tasks.ball tasks.treebank tasks.names tasks.recall recipe
    state tasks.review
    train
    tasks.ball_exam tasks.ball_filter
    tasks.ball_ceiling tasks.review_exam tasks.review_states tasks.names_exam
    tasks.recall_exam tasks.recall_memory
    tasks.ball_bars tasks.ball_report tasks.review_report tasks.names_report tasks.recall_report
    tasks.registry
    report
    runs
    __main__
"""

APP = """
    paths errors assets address
    schemas wire
    replies
    answers
    settings content security store
    inputs
    lab texts labs
    traces asking
    shortcut
    ball_page reading_page
    names_page learn_page
    api pages
    main
    cli
"""

SCRIPTS = """
    dom store address ball graph ink player softmax pca docs layout/plane
    neuron traceback tween ops
    page later
    cell wave layout/rose layout/stage
    explain edits forward single remains
    sharing trying space
    frame names run tries wire layout/lanes layout/unrolled layout/rolled
    api views/rose views/selection views/labels views/ribbons views/bars views/card
    views/choice views/numbers views/dragging views/notices views/playbar views/tally views/values
    views/readers views/canvas views/ghost views/series views/cobweb views/dials views/curves views/landscape
    views/word views/table views/heatmap
    views/traceback views/attributions views/tokens views/pushes views/states views/softmax views/softmax_more
    views/reliability
    views/plane views/waterfall views/formula
    copies
    views/copies
    views/units views/uses views/matrix
    views/sharing
    walking views/ball_card views/review_card views/recall_card views/names_card
    folding whatif
    detail
    views/bet views/diagram views/rivals views/stage actions reading spelling
    views/cell views/bands views/chips
    views/network views/beside
    opening pushed stated traced shared compared
    parts readings
    lab
    main review letters lesson_neuron lesson_reading lesson_order lesson_space lesson_fading lesson_memory
"""


def rows(order: str) -> dict[str, int]:
    return {name: k for k, row in enumerate(order.strip().splitlines()) for name in row.split()}


def python_files(package: str) -> dict[str, Path]:
    """tasks.ball -> its file. What only marks a folder as a package is left out."""
    folder = ROOT / package
    files = {".".join(p.relative_to(folder).with_suffix("").parts): p for p in folder.rglob("*.py")}
    return {name: path for name, path in files.items() if not name.endswith("__init__")}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, also inside a function, also where only for its types."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def python_imports(package: str) -> dict[str, set[str]]:
    files = python_files(package)
    full = {f"{package}.{name}": name for name in files}
    return {name: {full[i] for i in imported(path) & full.keys()} for name, path in files.items()}


def scripts() -> dict[str, Path]:
    folder = ROOT / "static" / "js"
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in folder.rglob("*.js")}


def script_imports() -> dict[str, set[str]]:
    """What a script imports of ours when it runs; types stand in comments and do not count."""
    found: dict[str, set[str]] = {}
    for name, path in scripts().items():
        targets = re.findall(
            r'^(?:import|export)\s(?:[\w*{}\s,$]+?\sfrom\s)?"(\.[^"]+)"', code(path), re.MULTILINE
        )
        assert not re.search(r"\bimport\s*\(", code(path)), f"{name} imports while it runs"
        whole = [(path.parent / target).resolve() for target in targets]
        known = {file.resolve(): other for other, file in scripts().items()}
        found[name] = {known[file] for file in whole}
    return found


def code(path: Path) -> str:
    """A script without its comments."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)


def cycle(imports: dict[str, set[str]]) -> list[str]:
    """A way from a module back to itself, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(imports[name]):
            if found := walk(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(imports))), [])


TREES = {
    "engine": (ENGINE, python_imports("engine")),
    "app": (APP, python_imports("app")),
    "static/js": (SCRIPTS, script_imports()),
}
every_tree = pytest.mark.parametrize("tree", TREES)


@every_tree
def test_every_module_has_its_place(tree: str) -> None:
    order, imports = TREES[tree]
    assert imports.keys() == rows(order).keys(), "write it into tests/test_architecture.py"
    assert sum(map(len, imports.values())) > len(imports) / 2, "hardly any import was found"


@every_tree
def test_a_module_imports_only_from_above_it(tree: str) -> None:
    order, imports = TREES[tree]
    row = rows(order)
    wrong = [
        f"{a} imports {b}" for a, found in imports.items() for b in found if row.get(b, 99) >= row.get(a, -1)
    ]
    assert not wrong


@every_tree
def test_no_module_imports_itself_on_any_way(tree: str) -> None:
    _, imports = TREES[tree]
    assert not cycle(imports)


def test_a_cycle_would_be_found() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_the_engine_knows_only_numpy() -> None:
    for name, path in python_files("engine").items():
        found = {module.partition(".")[0] for module in imported(path)}
        allowed = {"engine", "numpy", *sys.stdlib_module_names}
        allowed |= {"safetensors"} if name == "tensors" else set()
        allowed |= {"threadpoolctl"} if name == "parallel" else set()
        allowed |= {"rich"} if name == "report" else set()
        assert found <= allowed, name


def test_only_the_face_of_the_service_knows_http() -> None:
    web = {"fastapi", "starlette", "uvicorn", "jinja2"}
    for name in ("lab", "store", "schemas", "address", "content", "settings", "paths", "assets"):
        found = {module.partition(".")[0] for module in imported(python_files("app")[name])}
        assert not found & web, name


def test_views_neither_ask_nor_remember() -> None:
    for name, found in script_imports().items():
        if name.startswith(("views/", "layout/")):
            outside = {"store", "api", "actions", "address", "player", "main", "lab", "opening"}
            assert not found & outside, name
            words = r"\bfetch\(|\blocalStorage\b|\blocation\b|\bhistory\b|XMLHttpRequest"
            assert not re.search(words, code(scripts()[name])), name


def test_layout_draws_nothing() -> None:
    for name, found in script_imports().items():
        if name.startswith("layout/"):
            assert not [other for other in found if other.startswith("views/")], name
            assert not re.search(r"\bdocument\b|\bwindow\b|d3-selection", code(scripts()[name])), name


def test_frames_of_the_animation_need_no_browser() -> None:
    for name in ("frame", "wave", "graph", "cell", "ball", "run", "store", "address"):
        assert not re.search(r"\bdocument\b|\bwindow\b|requestAnimationFrame", code(scripts()[name])), name


def test_the_diagram_is_drawn_from_the_graph_alone() -> None:
    """Which cell it is stands in the graph. Ids of models, as defaults, stand where the address is read."""
    for name, path in scripts().items():
        if name not in ("address", "actions"):
            assert not re.search(
                r"(?<![A-Za-z])(rnn|lstm|gru|gated|recurrent)(?![A-Za-z])", code(path), re.I
            ), name
    for name in ("address", "actions"):
        found = re.findall(r"\b\w*-?(?:rnn|lstm|gru)\b", code(scripts()[name]))
        assert set(found) <= {"ball-rnn"}, name


def test_the_service_asks_no_cell_by_its_name() -> None:
    for name, path in python_files("app").items():
        strings = [
            n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)
        ]
        assert not {"rnn", "rnn-relu", "lstm", "gru"} & {s for s in strings if isinstance(s, str)}, name


LONG = 400
FILES = [
    *(path for package in ("engine", "app") for path in python_files(package).values()),
    *scripts().values(),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_keeps_to_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONG


def test_nothing_names_another_origin() -> None:
    """A namespace is a name, and loopback is where we are ourselves."""
    names = r"https?://(?!www\.w3\.org/|127\.0\.0\.1|localhost|\{)"
    files = [p for folder in ("static/js", "static/css", "templates") for p in (ROOT / folder).rglob("*.*")]
    assert len(files) > 20
    for path in files:
        text = code(path) if path.suffix in (".js", ".css") else path.read_text("utf-8")
        assert not re.search(names, text), path
