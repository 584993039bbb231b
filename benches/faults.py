#!/usr/bin/env python3
"""Tests batches with system calls that fail, with kills at any of them, and with memory that runs out.

    cargo build --release -p headshot-cli && python3 benches/faults.py

For every system call that a batch of five photos makes, and for every N: the Nth call fails, or the program is killed in it. After
each, every file under a final name must be whole, the exit status right, and the same command without a fault must end like an
undisturbed run, with nothing left over. Then 30 photos are normalized with less and less memory, alone and in workers.

It needs Linux, strace and Python. strace counts the calls of each thread separately, so an error hits every thread at its
Nth call; the calls on photos, on the output folder and on the journal are also counted separately, so that a kill hits each of them.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The errors to try for each. A call that strace or this machine does not know is never made.
ERRORS = {
    "openat": "ENOSPC EIO EMFILE EINTR ENFILE ENOMEM", "write": "ENOSPC EIO EINTR EAGAIN EDQUOT", "pwrite64": "ENOSPC EIO EINTR",
    "fsync": "ENOSPC EIO EINTR", "fdatasync": "ENOSPC EIO EINTR", "rename": "ENOSPC EIO EXDEV", "renameat": "ENOSPC EIO EXDEV",
    "renameat2": "ENOSPC EIO EXDEV", "close": "EIO EINTR", "mkdir": "ENOSPC EIO", "mkdirat": "ENOSPC EIO", "unlink": "EIO", "unlinkat": "EIO",
    "read": "EIO EINTR", "statx": "EIO ENOMEM", "getdents64": "EIO", "lseek": "EIO", "ftruncate": "EIO ENOSPC EINTR", "flock": "EINTR ENOLCK",
    "chmod": "EIO", "fchmod": "EIO", "readlink": "EIO", "clone3": "EAGAIN",
}
FINAL = {f"{name}.jpg" for name in ("a", "b", "far/c", "far/d", "e")}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--headshot", type=Path, default=ROOT / "target/release/headshot")
    options.add_argument("--only", nargs="*", help="these system calls [default: all]; 'memory' for the last part alone")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at once")
    options.add_argument("--steps", type=int, default=20, help="amounts of memory for each photo [default: 20]")
    asked = options.parse_args()
    if not asked.headshot.exists() or not shutil.which("strace"):
        sys.exit(f"{asked.headshot} or strace is missing: cargo build --release -p headshot-cli; apt-get install strace")
    program = str(asked.headshot.resolve())
    # With it the standard library wants a stack trace when memory runs out, runs out again, and waits for its own lock.
    os.environ.pop("RUST_BACKTRACE", None)
    with tempfile.TemporaryDirectory(prefix="headshot-faults-") as scratch:
        bad = []
        if asked.only != ["memory"]:
            bad += Faults(program, Path(scratch), asked).all()
        if not asked.only or "memory" in asked.only:
            bad += Memory(program, Path(scratch), asked).all()
    for line in bad[:40]:
        print("WRONG:", line)
    print(f"{len(bad)} wrong" if bad else "all hold")
    sys.exit(1 if bad else 0)


def files(folder):
    """Names and bytes below a folder."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() or path.is_symlink():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


class Faults:
    def __init__(self, program, scratch, asked):
        self.program, self.scratch, self.asked = program, scratch, asked
        self.photos = self.place("photos", whole=False)
        bases = [(ROOT / "testdata/still" / name).read_bytes() for name in ("astronaut.jpg", "large.jpg")]
        for number, name in enumerate(sorted(FINAL)):
            photo = self.photos / "in" / name
            photo.parent.mkdir(parents=True, exist_ok=True)
            base = bases[number % 2]
            photo.write_bytes(base[:2] + b"\xff\xfe\x00\x04%02d" % number + base[2:])
        here = self.place("clean")
        done = subprocess.run(self.command(), cwd=here, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        self.expected = {name: data for name, data in files(here / "out").items() if not name.startswith(".headshot")}
        assert set(self.expected) == FINAL, set(self.expected)
        # An avatar complies, so making one from it decodes it and changes nothing.
        judged = subprocess.run([program, "normalize", "out", "-o", "judged"], cwd=here, capture_output=True, text=True)
        assert judged.returncode == 0 and all((here / "judged" / name).read_bytes() == data for name, data in self.expected.items())

    def command(self):
        return [self.program, "normalize", "in", "-o", "out", "--jobs", "1", "--report", "report", "--memory", "999M"]

    def place(self, name, whole=True):
        here = self.scratch / name
        here.mkdir()
        if whole:
            shutil.copytree(self.photos / "in", here / "in")
        return here

    def paths(self, here):
        """Groups of paths whose calls are counted separately."""
        absolute = lambda names: [str(here / name) for name in names] + list(names)
        return {
            "all": [],
            "in": absolute(["in", "in/far", *[f"in/{name}" for name in FINAL]]),
            "out": absolute(["out", "out/far", *[f"out/{name}" for name in FINAL]]),
            "journal": absolute(["out/.headshot", "out/.headshot/journal.jsonl", "report"]),
        }

    def strace(self, here, log, group, more):
        paths = [word for path in self.paths(here)[group] for word in ("-P", path)]
        return ["strace", "-f", "-y", "-qq", "-o", log, *paths, *more, *self.command()]

    def count(self, call, group):
        """How often the busiest thread makes this call, and how many calls are made before the program has begun."""
        here = self.place(f"count-{call}-{group}")
        traced = f"trace={call},rt_sigaction" if group == "all" else f"trace={call}"
        subprocess.run(self.strace(here, "log", group, ["-e", traced]), cwd=here, capture_output=True, timeout=60)
        threads, before, begun = collections.Counter(), 0, group != "all"
        for line in (here / "log").read_text(errors="replace").splitlines():
            thread, _, rest = line.partition(" ")
            if "SIGPIPE" in rest:
                begun = True
            elif rest.lstrip().startswith(f"{call}("):
                threads[thread] += 1
                before += not begun
        shutil.rmtree(here)
        return max(threads.values(), default=0), before

    def all(self):
        calls = [call for call in ERRORS if not self.asked.only or call in self.asked.only]
        points = []
        for call in calls:
            for group in ("all", "in", "out", "journal"):
                try:
                    most, before = self.count(call, group)
                except subprocess.TimeoutExpired:
                    return [f"{call}: hangs without a fault"]
                faults = ["SIGKILL", *ERRORS[call].split()]
                points += [(call, group, n, fault) for n in range(before + 1, most + 1) for fault in faults]
        bad, tally = [], collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(self.asked.jobs) as pool:
            for point, (kind, wrong) in zip(points, pool.map(self.try_one, range(len(points)), points)):
                call, _, _, fault = point
                tally[call, fault, kind] += 1
                bad += [f"{' '.join(map(str, point))}: {what}" for what in wrong]
        print("| call | fault | points | not reached | killed | exit 0 | exit 1 | exit 2 | exit 75 |\n|---|---|--:|--:|--:|--:|--:|--:|--:|")
        for call in calls:
            for fault in ["SIGKILL", *ERRORS[call].split()]:
                kinds = [tally[call, fault, kind] for kind in ("missed", "killed", 0, 1, 2, 75)]
                total = sum(count for (c, f, _), count in tally.items() if (c, f) == (call, fault))
                if total:
                    print(f"| {call} | {fault} | {total} | {' | '.join(map(str, kinds))} |")
        print(f"{len(points)} points, {len(bad)} wrong\n", flush=True)
        return bad

    def try_one(self, number, point):
        call, group, n, fault = point
        here = self.place(f"point-{number}")
        before = files(here / "in")
        what = f"signal={fault}" if fault == "SIGKILL" else f"error={fault}"
        more = ["-e", f"trace={call}", "-e", f"inject={call}:{what}:when={n}"]
        wrong = []
        try:
            done = subprocess.run(self.strace(here, "log", group, more), cwd=here, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            return "hang", ["hangs"]
        log = (here / "log").read_text(errors="replace")
        hits = [line for line in log.splitlines() if "INJECTED" in line]
        status = done.returncode
        kind = "killed" if status in (-signal.SIGKILL, 128 + signal.SIGKILL) else status
        if not hits and kind != "killed":
            kind = "missed"
        there = self.final(here, wrong)
        wrong += self.judge(kind, status, fault, there, done.stderr, hits)
        if files(here / "in") != before:
            wrong.append("a photo has changed")
        # Once more, without a fault.
        again = subprocess.run(self.command(), cwd=here, capture_output=True, text=True, timeout=60)
        if again.returncode != 0:
            wrong.append(f"the next run ends with {again.returncode}: {again.stderr!r}")
        there = self.final(here, wrong)
        if there != FINAL:
            wrong.append(f"the next run leaves out {FINAL - there}")
        lines = (here / "report").read_text().splitlines() if (here / "report").exists() else []
        if len(lines) != len(FINAL) or not all(re.search('"status":"(ok|unchanged)"', line) for line in lines):
            wrong.append(f"the report of the next run has {len(lines)} lines")
        left = {str(path.relative_to(here)) for path in here.rglob("*") if path.is_file()}
        left -= {f"out/{name}" for name in FINAL} | {f"in/{name}" for name in FINAL} | {"out/.headshot/journal.jsonl", "report", "log"}
        if left:
            wrong.append(f"left over: {left}")
        shutil.rmtree(here)
        return kind, [f"{what} (hits: {hits[:2]})" for what in wrong]

    def final(self, here, wrong):
        """The avatars that are there; anything else under a final name is wrong."""
        there = set()
        for name, data in files(here / "out").items() if (here / "out").exists() else []:
            if name.startswith(".headshot") or name.endswith(".tmp"):
                continue
            there.add(name)
            if self.expected.get(name) != data:
                wrong.append(f"{name} is corrupt: {len(data)} bytes")
        return there

    def judge(self, kind, status, fault, there, said, hits):
        """Whether the exit status fits the files and the output."""
        if "panicked" in said:
            # The standard library's own message, if a folder cannot be closed after it was listed.
            is_folder = fault == "EIO" and "unexpected error during closedir" in said and "this program panicked" in said
            return [] if is_folder and status == 1 else [f"a panic: {said!r}"]
        if kind == "killed":
            return [] if fault == "SIGKILL" else ["killed by nobody"]
        # If standard error itself fails, nothing can be reported.
        is_mute = any(re.search(r"write\(2<", hit) for hit in hits)
        # A folder that could not be listed stands for its content.
        names = re.findall(r"^headshot: (in[/\w.]*): (?!.*warning)", said, re.MULTILINE)
        named = sum(any(f"in/{photo}" == name or f"in/{photo}".startswith(f"{name}/") for name in names) for photo in FINAL)
        if status == 0:
            return [] if there == FINAL else [f"exit 0 without {FINAL - there}"]
        if status == 1:
            if is_mute or "standard output cannot be written" in said:
                return []
            # The report, or the journal's last note that all avatars have their names; the next run finds them so.
            if ("report" in said or "headshot: out/.headshot cannot be written" in said) and there == FINAL:
                return []
            return [] if named and len(there) >= len(FINAL) - named else [f"exit 1, {len(there)} there: {said!r}"]
        if status == 2:
            return [] if not there and (is_mute or "headshot: " in said) else [f"exit 2, {len(there)} there: {said!r}"]
        if status == 75:
            return [] if is_mute or "go on from here" in said else [f"exit 75 without a word: {said!r}"]
        return [f"exit {status}: {said!r}"]


class Memory:
    """Photos with less memory than they need: a real failure of allocation, at a different point for each amount."""

    PHOTOS = 30

    def __init__(self, program, scratch, asked):
        self.program, self.here, self.asked = program, scratch / "memory", asked
        self.here.mkdir()
        found = sorted(path for kind in ("still", "animated") for path in (ROOT / "testdata" / kind).iterdir() if path.is_file())
        found = [path for path in found if path.suffix in (".jpg", ".png", ".gif") and not path.name.startswith("extreme")]
        self.photos = found[:: len(found) // self.PHOTOS][: self.PHOTOS]

    def run(self, arguments, limit=None):
        def restrict():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if limit:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        return subprocess.run([self.program, "normalize", *map(str, arguments)], cwd=self.here, capture_output=True, text=True,
                              timeout=120, preexec_fn=restrict)

    def all(self):
        bad, tally, workers = [], collections.Counter(), collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(self.asked.jobs) as pool:
            for alone, isolated, wrong in pool.map(self.photo, self.photos):
                tally.update(alone)
                workers.update(isolated)
                bad += wrong
        say = lambda counts: ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        print(f"memory: {len(self.photos)} photos, {sum(tally.values())} amounts: {say(tally)}")
        print(f"memory of workers: {sum(workers.values())} batches of two: {say(workers)}\n", flush=True)
        if len(self.photos) < self.PHOTOS:
            bad.append(f"only {len(self.photos)} photos")
        return bad

    def enough(self, photo, out):
        """The least memory, to a MiB, with which it becomes an avatar, and the least with which the program starts."""
        def least(holds, low, high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if holds(middle << 20) else (middle, high)
            return high
        starts = least(lambda limit: self.run(["--help"], limit).returncode == 0, 0, 4096)
        return starts, least(lambda limit: self.run([photo, "-o", out], limit).returncode == 0, starts, 4096)

    def photo(self, photo):
        # A separate folder, which is searched for leftovers.
        here = self.here / photo.name
        here.mkdir()
        # A GIF of one frame becomes a PNG.
        out = here / ("avatar.png" if photo.parent.name == "still" and photo.suffix == ".gif" else "avatar" + photo.suffix)
        assert self.run([photo, "-o", out]).returncode == 0, photo
        whole = out.read_bytes()
        starts, enough = self.enough(photo, out)
        alone, isolated, wrong = collections.Counter(), collections.Counter(), []
        out.unlink()
        for step in range(self.asked.steps):
            limit = ((starts << 20) + ((enough - starts) << 20) * (step + 1) // self.asked.steps) // 4096 * 4096
            done = self.run([photo, "-o", out], limit)
            kind = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit {done.returncode}"
            alone[kind] += 1
            if kind not in ("exit 0", "exit 1", "exit 2", "SIGABRT"):
                wrong.append(f"{photo.name} with {limit}: {kind} {done.stderr!r}")
            if out.exists() != (kind == "exit 0") or (out.exists() and out.read_bytes() != whole):
                wrong.append(f"{photo.name} with {limit}: {kind}, and {'a wrong' if out.exists() else 'no'} avatar")
            out.unlink(missing_ok=True)
            for stray in out.parent.glob(".headshot-*.tmp"):
                # What a process leaves if it aborts while it writes; only the folder of a batch is swept.
                stray.unlink()
        for step in range(0, self.asked.steps, 4):
            limit = (starts << 20) + ((enough - starts) << 20) * step // self.asked.steps
            folder = here / str(step)
            small = ROOT / "testdata/still/large.jpg"
            done = self.run([photo, small, "-o", folder, f"--isolate={limit}", "--collisions", "suffix"])
            isolated[f"exit {done.returncode}"] += 1
            made = [path for path in folder.iterdir() if not path.name.startswith(".")]
            failed = re.search(r", (\d+) failed in ", done.stderr)
            if done.returncode not in (0, 1) or len(made) + int(failed[1] if failed else 0) != 2:
                wrong.append(f"{photo.name} in a worker with {limit}: exit {done.returncode}: {done.stderr!r}")
            if any(path.stem == photo.stem and path.read_bytes() != whole for path in made if photo.name != small.name):
                wrong.append(f"{photo.name} in a worker with {limit}: another avatar")
        return alone, isolated, wrong


if __name__ == "__main__":
    main()
