#!/usr/bin/env python3
"""What becomes of a company's photos if a run through SCIM is killed, again and again.

    cargo build --release -p headshot-cli && python3 benches/company.py

sends a photo for each of 5,000 people to `headshot emulator`, whose delays are short here, kills the run 100 times at random moments, and lets it end. It
counts photos that were sent again for people whose success the journal had noted, people who show another person's photo,
and rows that are not in the report exactly once. It needs Unix and Python; `--help` lists the counts.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True

import one_color  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "xoxp-emulator-scim"
PATCHED = re.compile(r"PATCH scim/v2/Users/U0EXTRA(\d+) ok")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--headshot", type=Path, default=ROOT / "target/release/headshot")
    options.add_argument("--rows", type=int, default=5000)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--delay", type=float, default=0.1, help="seconds until a photo shows [default: 0.1]")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    random.seed(asked.seed)
    if not asked.headshot.exists():
        sys.exit(f"{asked.headshot} is missing: cargo build --release -p headshot-cli")
    with tempfile.TemporaryDirectory(prefix="headshot-company-") as scratch:
        company = Company(asked, Path(scratch))
        try:
            ok = company.kills()
        finally:
            company.emulator.terminate()
    sys.exit(0 if ok else 1)


def png(person):
    """A picture of this person's own."""
    return one_color.png((person & 255, person >> 8 & 255, 77))


def whose(photo):
    """The person whose picture this PNG is."""
    _, low, high, _ = one_color.first(photo)
    return low | high << 8


class Company:
    def __init__(self, asked, here):
        self.asked, self.here = asked, here
        self.patches = Counter()
        self.lock = threading.Lock()
        command = [str(asked.headshot.resolve()), "emulator", "--members", str(asked.rows), "--rate", "off",
                   "--scim-delay", str(asked.delay)]
        self.emulator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = {}
        while len(said) < 2:
            line = self.emulator.stdout.readline()
            for label in ("base URL", "SCIM"):
                if line.startswith(label):
                    said[label] = line.removeprefix(label).strip()
        self.base_url, self.scim = said["base URL"], said["SCIM"]
        threading.Thread(target=self.count, daemon=True).start()
        lines = ["photo,user_id,email"]
        for person in range(1, asked.rows + 1):
            (here / f"{person}.png").write_bytes(png(person))
            # Every other row by address.
            named = f"U0EXTRA{person:05}," if person % 2 else f",Member.{person:05}@example.com"
            lines.append(f"{person}.png,{named}")
        (here / "people.csv").write_text("\n".join(lines) + "\n")
        (here / "admin").write_text(TOKEN)
        (here / "admin").chmod(0o600)

    def count(self):
        for line in self.emulator.stdout:
            if found := PATCHED.search(line):
                with self.lock:
                    self.patches[int(found[1])] += 1

    def handed_in(self):
        with self.lock:
            return sum(self.patches.values())

    def start(self):
        arguments = ["set", "--manifest", "people.csv", "--via", "scim", "--token-file", "admin", "--settle", "5s", "--report", "report.jsonl",
                     "--base-url", self.base_url, "--scim-base-url", self.scim]
        environment = {**os.environ, "HEADSHOT_STATE": str(self.here / "state")}
        return subprocess.Popen([str(self.asked.headshot.resolve()), *arguments], cwd=self.here, env=environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def noted(self):
        """The people whose photos are set, according to the journal."""
        journal = self.here / "people.csv.headshot-journal"
        lines = journal.read_bytes().split(b"\n") if journal.exists() else []
        last = {}
        for line in lines[1:-1]:
            entry = json.loads(line)
            last[int(entry["user"].removeprefix("U0EXTRA"))] = "set" in entry["event"]
        return [person for person, is_set in last.items() if is_set]

    def ask(self, url):
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request) as reply:
            return reply.read()

    def shown(self):
        """The address of everybody's photo as it was sent."""
        cursor, photos = "", {}
        while True:
            page = json.loads(self.ask(f"{self.base_url}users.list?limit=500&cursor={cursor}"))
            for user in page["members"]:
                if user["id"].startswith("U0EXTRA"):
                    photos[int(user["id"].removeprefix("U0EXTRA"))] = user["profile"].get("image_original")
            cursor = urllib.parse.quote(page["response_metadata"]["next_cursor"])
            if not cursor:
                return photos

    def kills(self):
        asked = self.asked
        settled, again, in_time = {}, 0, 0
        began = time.monotonic()

        def look():
            time.sleep(0.3)  # what was under way arrives, and the emulator has said so
            nonlocal again
            with self.lock:
                patches = Counter(self.patches)
            for person in self.noted():
                again += patches[person] - settled.setdefault(person, patches[person])
                settled[person] = patches[person]

        for number in range(asked.kills):
            child = self.start()
            goal = self.handed_in() + random.randint(0, 18 * asked.rows // (10 * asked.kills))
            # Some are killed before anything happens.
            goal = goal if number % 10 else 0
            while self.handed_in() < goal and child.poll() is None:
                time.sleep(0.005)
            time.sleep(random.uniform(0, 0.3))
            child.send_signal(signal.SIGKILL)
            _, said = child.communicate()
            assert child.returncode <= 0, (child.returncode, said)
            in_time += child.returncode < 0
            look()
        before = len(settled)
        child = self.start()
        _, said = child.communicate()
        look()
        took = time.monotonic() - began
        rows = [json.loads(line) for line in (self.here / "report.jsonl").read_text().splitlines()]
        lines = Counter(row["line"] for row in rows)
        once = sum(lines[line] == 1 for line in range(2, asked.rows + 2)) if len(rows) == asked.rows else 0
        outcomes = Counter(row["outcome"] for row in rows)
        photos = self.shown()
        wrong = sum(1 for person in range(1, asked.rows + 1)
                    if not photos.get(person) or whose(self.ask(photos[person])) != person)
        twice = sum(count > 1 for count in self.patches.values())
        print(f"| figure ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {took:.0f} s) | found | wanted |\n|---|--:|--:|")
        print(f"| {asked.rows} rows, {asked.kills} kills ({in_time} in time; {before} noted as set before the last run): status of the last run | {child.returncode} | 0 |")
        print(f"| sent again after a noted success ({self.handed_in()} sent) | {again} | 0 |")
        print(f"| people who show another photo than their row's | {wrong} | 0 |")
        print(f"| rows that the report has once ({', '.join(f'{count} {word}' for word, count in sorted(outcomes.items()))}) | {once} | {asked.rows} |")
        print(f"| people whose photo was sent twice, because a kill hid what became of it | {twice} | |", flush=True)
        if child.returncode != 0:
            print(said[-2000:], file=sys.stderr)
        return child.returncode == again == wrong == 0 and once == asked.rows


if __name__ == "__main__":
    main()
