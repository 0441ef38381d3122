"""What leaves the checkout works without it: the wheel serves the page, and the sdist builds without npm."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
START = "import sys, app.cli; assert app.cli.__file__.startswith(sys.argv.pop(1)); sys.exit(app.cli.main())"


def build(target: str, source: Path, into: Path, env: dict[str, str] | None = None) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"\n{done.stdout}\n{done.stderr}"
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.status == 200
        return answer.read()


def test_the_wheel_holds_the_page_and_every_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        manifest = json.loads(archive.read("app/static/dist/manifest.json"))
        licences = archive.read("app/static/vendor/LICENSES.txt").decode()
        bundled = json.loads(archive.read(f"app/static/dist/{manifest['main.js']}.map"))["sources"]
    assert {f"app/static/dist/{file}" for file in manifest.values()} <= names(wheel)
    third_party = {found[1] for source in bundled if (found := re.search(r"node_modules/([^/]+)", source))}
    for module in third_party | {"swagger-ui-dist", "@fontsource/stix-two-math"}:
        assert f"\n{module} " in f"\n{licences}"
    assert not [source for source in bundled if os.path.isabs(source)]
    assert [name for name in names(wheel) if re.fullmatch(r"app/static/dist/math-\w+\.woff2", name)]


def test_the_wheel_serves_from_anywhere(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log.txt"
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", START, str(tmp_path), "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as out:
        service = subprocess.Popen(command, cwd="/", env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", service, log)
        page = get(f"http://127.0.0.1:{port}/").decode()
        files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        assert any(file.endswith(".js") for file in files) and any(file.endswith(".css") for file in files)
        assert all(get(f"http://127.0.0.1:{port}{file}") for file in files)
    finally:
        service.terminate()
        service.wait(timeout=20)


def wait_for(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert service.poll() is None, f"The service ended:\n{log.read_text()}"
        try:
            get(address)
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"No answer from {address} in a minute:\n{log.read_text()}")


def test_an_sdist_builds_the_same_wheel_without_npm(wheel, tmp_path):
    sdist = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python 3.11.2, Debian 12's
        archive.extractall(tmp_path)
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    env = {**os.environ, "PATH": str(tmp_path)}
    assert not shutil.which("npm", path=env["PATH"])
    assert names(build("wheel", source, tmp_path / "wheel", env)) == names(wheel)
