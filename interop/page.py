"""Checks the emulator's page in Debian's Chromium."""

import shutil

from lab import PHOTO, ROOT, Emulator


def check(lab):
    chromium = shutil.which("chromium")
    if chromium is None:
        print("#" * 80)
        print("# SKIPPED: there is no chromium, so nobody has looked at the page.")
        print("#" * 80, flush=True)
        return
    moving = ROOT / "testdata/animated/opaque.gif"
    with Emulator(lab) as emulator:
        lab.checks_of("page.mjs", emulator.page_url, emulator.base_url, chromium, lab.home, PHOTO, moving)
    print(f"screenshots: {lab.home}/page-*.png")
