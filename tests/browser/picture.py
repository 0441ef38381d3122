"""python -m tests.browser.picture: takes the picture of the README from the service as it is now."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET, chromium, serve, settled

TARGET = Path(__file__).parents[2] / "static" / "picture.png"


def main() -> None:
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto(f"{address}/?model=ball-gru#t=11")
        settled(page)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
