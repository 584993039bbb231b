"""Uses and checks the studio's page in Debian's Chromium."""

import shutil

from lab import ROOT


def check(lab):
    chromium = shutil.which("chromium")
    if chromium is None:
        print("#" * 80)
        print("# SKIPPED: there is no chromium, so nobody has used the studio.")
        print("#" * 80, flush=True)
        return
    for script in ["studio.mjs", "studio-many.mjs", "studio-odd.mjs"]:
        lab.checks_of(script, lab.program("headshot"), chromium, lab.home, ROOT / "testdata")
    print(f"screenshots: {lab.home}/studio-*.png")
