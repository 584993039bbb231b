"""Runs all parts, one after the other, and says how many checks passed and failed."""

import argparse
import os
import sys
import traceback

import colors
import companions
import login
import matrix
import once
import page
import parsers
import sdks
import studio
from lab import PHOTO, ROOT, Emulator, Lab


def with_sdks(lab, _):
    with Emulator(lab) as emulator:
        sdks.check(lab, emulator.base_url)
        lab.checks_of("sdks.mjs", emulator.base_url, PHOTO, ROOT / "testdata/bad/not-an-image.txt")


PARTS = {
    "sdks": ("slack_sdk and @slack/web-api against our emulator", with_sdks),
    "parsers": ("our uploads as werkzeug and busboy parse them", lambda lab, _: parsers.check(lab)),
    "companions": ("our client against npm emulate", lambda lab, _: companions.check(lab)),
    "matrix": (
        "every fault, through our client, slack_sdk, @slack/web-api and curl",
        lambda lab, arguments: matrix.check(lab, arguments.write),
    ),
    "colors": ("colors without a profile, as Chromium shows them", lambda lab, _: colors.check(lab)),
    "once": ("exactly once: losses, late effects, many at a time", lambda lab, _: once.check(lab)),
    "login": ("signing in with Chromium, by both buttons", lambda lab, _: login.check(lab)),
    "page": ("the emulator's page in Chromium", lambda lab, _: page.check(lab)),
    "studio": ("the studio in Chromium: one photo, and two thousand", lambda lab, _: studio.check(lab)),
}


def main():
    arguments = argparse.ArgumentParser(prog="interop/run")
    arguments.add_argument("--home", required=True, help=argparse.SUPPRESS)
    arguments.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    arguments.add_argument("--write", action="store_true", help="write docs/interop.md as well")
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    arguments = arguments.parse_args()
    # That one takes ten minutes, so it runs only if named.
    parts = arguments.parts or [part for part in PARTS if part != "once"]
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"interop: no such part: {', '.join(unknown)}")
    # Everything is on this machine, so ignore any proxy.
    for name in [name for name in os.environ if name.lower() in ["http_proxy", "https_proxy", "all_proxy"]]:
        del os.environ[name]
    lab = Lab(arguments.home, arguments.programs)

    for part in PARTS:
        if part not in parts:
            continue
        title, run = PARTS[part]
        lab.part(title)
        try:
            run(lab, arguments)
        except Exception:
            # If one part breaks, the others still run.
            lab.check(f"the part {part} runs to its end", False, traceback.format_exc())

    print(f"\n{lab.passed} passed, {lab.failed} failed", flush=True)
    sys.exit(1 if lab.failed or not lab.passed else 0)


main()
