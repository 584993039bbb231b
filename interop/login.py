"""`headshot login` with Debian's Chromium, against the emulator's consent page."""

import shutil
import tempfile

from lab import Emulator


def check(lab):
    chromium = shutil.which("chromium")
    if chromium is None:
        print("#" * 80)
        print("# SKIPPED: there is no chromium, so nobody has signed in.")
        print("#" * 80, flush=True)
        return
    with Emulator(lab) as emulator, tempfile.TemporaryDirectory() as state:
        lab.checks_of("login.mjs", lab.program("headshot"), emulator.base_url, chromium, state, lab.home)
