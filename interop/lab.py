"""What all parts share: counting checks, running our programs, and an emulator."""

import json
import os
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PHOTO = ROOT / "testdata/still/astronaut.jpg"


class Lab:
    """Where things are, and how many checks passed and failed."""

    def __init__(self, home, programs):
        self.home = Path(home)
        self.programs = Path(programs)
        self.passed = 0
        self.failed = 0

    def part(self, title):
        print(f"\n-- {title}", flush=True)

    def check(self, name, ok, found=""):
        """Counts a check. What was found is printed where it failed."""
        if ok:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok    ' if ok else 'FAILED'} {name}{'' if ok else f': {found}'}", flush=True)

    def equal(self, name, found, expected):
        self.check(name, found == expected, f"found {found!r}, expected {expected!r}")

    def program(self, name):
        return str(self.programs / name)

    def run(self, *command, token="xoxp-emulator", timeout=120):
        """Runs a program of ours to its end: exit status, standard output, standard error."""
        state = str(self.home / "state")
        environment = {**os.environ, "SLACK_TOKEN": token, "NO_COLOR": "1", "HEADSHOT_STATE": state}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def headshot(self, *arguments, **options):
        return self.run(self.program("headshot"), *map(str, arguments), **options)

    def call(self, base_url, method, *arguments, **options):
        """A call through our client: the example's line of JSON."""
        status, out, err = self.run(self.program("examples/call"), base_url, method, *map(str, arguments), **options)
        return json.loads(out) if out else {"ok": False, "message": f"status {status}, {err}"}

    def node(self, script, *arguments, node="node"):
        """Starts one of our scripts for Node.js."""
        command = [node, str(self.home / script), *map(str, arguments)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def checks_of(self, script, *arguments):
        """Runs a script that prints one check a line, as JSON, and counts them."""
        process = self.node(script, *arguments)
        out, _ = process.communicate(timeout=400)
        for line in out.splitlines():
            entry = json.loads(line)
            self.check(entry["name"], entry["ok"], entry.get("found", ""))
        self.check(f"{script} ended well", process.returncode == 0, f"status {process.returncode}")


class Emulator:
    """`headshot emulator`, with the time at which it printed each line."""

    def __init__(self, lab, *arguments):
        command = [lab.program("headshot"), "emulator", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.rstrip()))

    def _said(self, label):
        while True:
            running = self.process.poll() is None
            for _, line in self.lines:
                if line.startswith(label) and "http" in line:
                    return line.split()[-1]
            if not running:
                raise RuntimeError(f"the emulator does not start: {self.lines}")
            time.sleep(0.02)

    @property
    def base_url(self):
        return self._said("base URL")

    @property
    def page_url(self):
        return self._said("page")

    def stop(self):
        """Ends it once all that happened has been printed: it prints every 100 ms."""
        time.sleep(0.3)
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
