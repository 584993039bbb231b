#!/usr/bin/env python3
"""The figures of a batch: throughput, memory, a second run, kills, disks that are full or read-only.

    cargo build --release -p headshot-cli && python3 benches/batch.py

prints a table; `--help` lists the counts. It needs Linux and Python. The disks need `unshare` with
mounts (root, or user namespaces).
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--headshot", type=Path, default=ROOT / "target/release/headshot")
    options.add_argument("--scratch", type=Path, help="folder for the photos [default: a temporary one]")
    options.add_argument("--large", type=int, default=2000, help="photos of 12 MP [default: 2000]")
    options.add_argument("--small", type=int, default=20_000, help="small photos [default: 20000]")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--of", type=int, default=500, help="photos of a batch that is killed [default: 500]")
    options.add_argument("--memory", type=int, default=200, help="--memory in MiB [default: 200]")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    random.seed(asked.seed)
    if not asked.headshot.exists():
        sys.exit(f"{asked.headshot} is missing: cargo build --release -p headshot-cli")
    with tempfile.TemporaryDirectory(dir=asked.scratch, prefix="headshot-batch-") as scratch:
        bench = Bench(asked, Path(scratch))
        print(f"| figure ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}) | found | wanted |\n|---|---|---|")
        ok = [part() for part in (bench.large, bench.small, bench.kills, bench.disks)]
    sys.exit(0 if all(ok) else 1)


def row(figure, found, wanted, holds):
    print(f"| {figure} | {found} | {wanted}{'' if holds else ' **MISSED**'} |", flush=True)
    return holds


class Bench:
    def __init__(self, asked, scratch):
        self.asked, self.here = asked, scratch
        self.program = str(asked.headshot.resolve())

    def start(self, *arguments, said=subprocess.DEVNULL):
        arguments = [self.program, "normalize", *map(str, arguments)]
        return subprocess.Popen(arguments, cwd=self.here, stdout=subprocess.DEVNULL, stderr=said)

    def run(self, *arguments):
        """Seconds, peak memory in MiB, and the output."""
        began = time.monotonic()
        peak = 0
        with tempfile.TemporaryFile("w+") as said:
            child = self.start(*arguments, said=said)
            # The system's figure for a child at its end includes this program's memory.
            while child.poll() is None:
                status = Path(f"/proc/{child.pid}/status").read_text()
                peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))])
                time.sleep(0.005)
            took = time.monotonic() - began
            said.seek(0)
            said = said.read()
        assert child.returncode == 0, (arguments, child.returncode, said)
        return took, peak / 1024, said

    def photos(self, folder, count, side):
        """Photos that differ in a comment, of a square this wide."""
        bases = []
        for name in ("astronaut.jpg", "large.jpg", "p3.jpg"):
            base = self.here / f"base-{side}-{name}"
            self.run(ROOT / "testdata/still" / name, "-o", base, "--fit", "cover", "--side", side, "--quality", 85)
            bases.append(base.read_bytes())
        for number in range(count):
            comment = f"{number:08}".encode()
            base = bases[number % len(bases)]
            photo = self.here / folder / f"{number // 1000:03}" / f"{number:06}.jpg"
            photo.parent.mkdir(parents=True, exist_ok=True)
            photo.write_bytes(base[:2] + b"\xff\xfe\x00\x0a" + comment + base[2:])
        # No other bytes may be waiting to be written.
        os.sync()

    def large(self):
        count, memory = self.asked.large, self.asked.memory
        self.photos("large", count, 3464)
        # Read once, so that both runs find the photos in memory, or neither.
        self.run("large", "-o", "warm", "--quiet", "--dry-run")
        times, peaks = {}, {}
        for jobs in (1, 2):
            times[jobs], peaks[jobs], _ = self.run("large", "-o", f"out{jobs}", "--jobs", jobs, "--memory", f"{memory}M")
            os.sync()
        same = files(self.here / "out1") == files(self.here / "out2")
        for name in ("large", "out1", "out2"):
            shutil.rmtree(self.here / name)
        speed = times[1] / times[2]
        ok = row(
            f"{count} photos of 12 MP, `--jobs 2` against `--jobs 1`",
            f"{speed:.2f} times ({times[1]:.1f} s, {times[2]:.1f} s)", "at least 1.9", speed >= 1.9)
        ok &= row(
            f"peak memory of it with `--memory {memory}M`", f"{peaks[2]:.0f} MiB", f"at most {memory + 64}",
            peaks[2] <= memory + 64)
        return ok & row("same bytes whatever `--jobs`", "yes" if same else "no", "yes", same)

    def small(self):
        count = self.asked.small
        # Larger than an avatar may be, because photos that comply are hardly any work.
        self.photos("small", count, 1400)
        self.photos("fewer", count // 10, 1400)
        _, few, _ = self.run("fewer", "-o", "few")
        first, many, _ = self.run("small", "-o", "many")
        os.sync()
        # The median of three: the first may find files that the system has dropped from its memory.
        runs = sorted(self.run("small", "-o", "many") for _ in range(3))
        assert all(f" {count:,} unchanged" in said for _, _, said in runs), runs
        second, again, _ = runs[1]
        ok = row(
            f"peak memory of {count // 10} and {count} small photos, and of the second run",
            f"{few:.0f}, {many:.0f}, {again:.0f} MiB", "the same, within 32", abs(many - few) <= 32)
        ok &= row(
            f"second run over {count} unchanged photos",
            f"{first / second:.0f} times faster ({first:.1f} s, {second:.2f} s)", "at least 50", first >= 50 * second)
        for name in ("small", "fewer", "few", "many"):
            shutil.rmtree(self.here / name)
        return ok

    def kills(self):
        count, kills = self.asked.of, self.asked.kills
        self.photos("killed", count, 200)
        took, _, _ = self.run("killed", "-o", "whole")
        whole = files(self.here / "whole")
        assert len(whole) == count
        in_time = wrong = missing = left = 0
        for _ in range(kills):
            child = self.start("killed", "-o", "out", "--report", "report.jsonl")
            time.sleep(random.uniform(0, took))
            child.send_signal(signal.SIGKILL)
            child.wait()
            in_time += child.returncode < 0
            names = files(self.here / "out")
            wrong += sum(bytes_ != whole.get(name) for name, bytes_ in names.items() if not name.endswith(".tmp"))
            self.run("killed", "-o", "out", "--report", "report.jsonl")
            names = files(self.here / "out")
            wrong += sum(bytes_ != whole.get(name) for name, bytes_ in names.items() if not name.endswith(".tmp"))
            missing += len(whole.keys() - names.keys())
            left += sum(name.endswith(".tmp") for name in names) + (self.here / "report.jsonl.part").exists()
            shutil.rmtree(self.here / "out")
        return row(
            f"{kills} kills of a batch of {count} ({in_time} before its end), each resumed",
            f"{wrong} wrong, {missing} missing, {left} left over", "0, 0, 0", (wrong, missing, left) == (0, 0, 0))

    def disks(self):
        self.photos("photos", 120, 600)
        self.run("photos", "-o", "whole-disk")
        (self.here / "disk").mkdir()
        script = """
            set -e
            mount -t tmpfs -o size=4m none disk
            set +e
            "$0" normalize photos -o disk/out >/dev/null 2>full; echo "full $?"
            mount -o remount,size=99m disk
            "$0" normalize photos -o disk/out >/dev/null 2>more; echo "more $?"
            cp -r disk/out roomy
            mount -o remount,ro disk
            "$0" normalize photos -o disk/out >/dev/null 2>ro; echo "ro $?"
            "$0" normalize photos -o disk/other >/dev/null 2>ro-new; echo "ro-new $?"
        """
        wrap = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
        done = subprocess.run([*wrap, "sh", "-c", script, self.program], cwd=self.here, capture_output=True, text=True)
        if done.returncode != 0:
            return row("a full disk, a read-only folder", f"not tried: {done.stderr.strip()}", "", False)
        status = dict(line.split() for line in done.stdout.splitlines())
        said = {name: (self.here / name).read_text() for name in status}
        full = status["full"] == "75" and "no space left on device" in said["full"] and "go on from here" in said["full"]
        ok = row("a disk of 4 MB that fills", f"exit {status['full']}: {last(said['full'])}", "exit 75", full)
        same = files(self.here / "roomy") == files(self.here / "whole-disk") and status["more"] == "0"
        ok &= row("the same command once there is room", f"exit {status['more']}: {last(said['more'], 1)}", "exit 0, all right", same)
        for name in ("ro", "ro-new"):
            holds = status[name] == "2" and "read-only file system" in said[name]
            ok &= row(f"a read-only folder ({name})", f"exit {status[name]}: {last(said[name])}", "exit 2", holds)
        return ok


def files(folder):
    """Names and bytes below a folder, without the journal."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "journal.jsonl":
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def last(said, back=0):
    lines = [line for line in said.splitlines() if not line.startswith("  hint") and "warning:" not in line]
    return lines[-1 - back].removeprefix("headshot: ") if len(lines) > back else "nothing"


if __name__ == "__main__":
    main()
