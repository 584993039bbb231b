#!/usr/bin/env python3
"""The figures of the Python wheel: what a call costs, threads, Pillow, Ray and Daft, memory, and whether all give the same bytes.

    crates/python/test && python3 benches/python.py --write

prints a table and writes it into docs/scale.md; `--quick` takes fewer photos and writes nothing. It needs Linux, and about half an
hour on two cores that do nothing else. The first command installs the wheel and the engines.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PYTHON = TARGET / "python/venv/bin/python"
PAGE = ROOT / "docs/scale.md"
MARKS = ("<!-- figures: benches/python.py -->", "<!-- end of figures -->")
WORKERS = 2
# Dollars: an hour of one core on demand, and a thousand requests to an object store. List prices, to be replaced by yours.
CORE_HOUR, THOUSAND_GETS, THOUSAND_PUTS = 0.04, 0.0004, 0.005


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="fewer photos; writes nothing")
    options.add_argument("--write", action="store_true", help=f"write the figures into {PAGE.relative_to(ROOT)}")
    options.add_argument("--scratch", type=Path, help="folder for the photos [default: a temporary one]")
    asked = options.parse_args()
    if Path(sys.prefix) != PYTHON.parent.parent:
        if not PYTHON.exists():
            sys.exit(f"{PYTHON} is missing: run crates/python/test first")
        os.execv(PYTHON, [PYTHON, *sys.argv])
    os.environ |= {"DO_NOT_TRACK": "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_DISABLE_PROGRESS_BARS": "1", "DAFT_PROGRESS_BAR": "0"}
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", "headshot", "-p", "headshot-bench", "--bin", "headshot", "--bin", "calls"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(dir=asked.scratch, prefix="headshot-python-") as scratch:
        bench = Bench(Path(scratch), asked.quick)
        bench.photos()
        for part in (bench.same_bytes, bench.calls, bench.threads, bench.pillow, bench.pillow_in_ray, bench.engines):
            part()
    if asked.write and not asked.quick:
        before, _, rest = PAGE.read_text().partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{bench.page()}\n\n{MARKS[1]}{after}")
    sys.exit(0 if bench.holds else 1)


class Bench:
    def __init__(self, scratch, quick):
        self.scratch, self.quick = scratch, quick
        self.few, self.some, self.many = (60, 120, 600) if quick else (500, 1500, 5000)
        self.turns = 2 if quick else 5
        self.timed = 24 if quick else 50
        self.rows, self.holds, self.rates = [], True, {}
        self.load = os.getloadavg()[0]

    def row(self, figure, found, wanted, holds=True):
        self.holds &= holds
        self.rows.append(f"| {figure} | {found} | {wanted}{'' if holds else ' **MISSED**'} |")
        print(self.rows[-1], flush=True)

    # What there is to work on.

    def photos(self):
        """200 photos as cameras write them and 20 animations, and those of jobs, which are the photos over and over."""
        from PIL import Image, ImageSequence
        import numpy

        noise = numpy.random.default_rng(11)
        sources = [ROOT / "testdata/still/astronaut.jpg", ROOT / "benches/photos/chelsea.jpg", ROOT / "benches/photos/coffee.jpg"]
        self.stills, self.gifs = self.scratch / "stills", self.scratch / "gifs"
        self.both = self.scratch / "both"
        for folder in (self.stills, self.gifs, self.both):
            folder.mkdir()
        for number in range(200):
            width, height = ((2400, 1800), (1536, 2048), (3000, 2000), (1200, 1600))[number % 4]
            picture = Image.open(sources[number % 3]).convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
            grain = noise.normal(0, 3, (height // 4, width // 4, 1)).repeat(4, 0).repeat(4, 1)
            pixels = numpy.clip(numpy.asarray(picture, numpy.float32) + grain + noise.integers(-3, 4, (height, width, 1)), 0, 255)
            exif = Image.Exif()
            exif[274] = number % 8 + 1
            Image.fromarray(pixels.astype(numpy.uint8)).save(self.stills / f"{number:04}.jpg", quality=85 + number % 9, exif=exif, progressive=number % 5 == 0)
        for number in range(20):
            picture = Image.open(sources[number % 3]).convert("RGB").resize((160 + 4 * number, 120))
            frames = [picture.rotate(3 * turn) for turn in range(4 + number % 5)]
            frames[0].save(self.gifs / f"{number:04}-animated.gif", save_all=True, append_images=frames[1:], duration=70, loop=0)
        assert sum(1 for path in self.gifs.iterdir() for _ in ImageSequence.Iterator(Image.open(path))) > 20
        for photo in [*self.stills.iterdir(), *self.gifs.iterdir()]:
            os.link(photo, self.both / photo.name)
        photos = sorted(self.stills.iterdir())
        for count in (self.few, self.some, self.many):
            folder = self.scratch / str(count)
            folder.mkdir()
            for number in range(count):
                os.link(photos[number % len(photos)], folder / f"{number:05}.jpg")

    def read(self, count):
        return [path.read_bytes() for path in sorted(self.stills.iterdir())[:count]]

    # The figures.

    def same_bytes(self):
        import headshot

        made = {"library": {name: hash for name, hash, _ in self.library(self.both, 1)}}
        made["wheel"] = {photo.name: digest(headshot.normalize(photo.read_bytes()).bytes) for photo in self.both.iterdir()}
        for engine, command in ENGINES.items():
            out = self.scratch / f"same-{engine}"
            run(command(self.both, out))
            made[engine] = {photo.name: digest(next(out.glob(f"{photo.stem}.*")).read_bytes()) for photo in self.both.iterdir()}
            shutil.rmtree(out)
        same = sum(len({each[photo] for each in made.values()}) == 1 for photo in made["library"])
        self.row(f"same bytes from {', '.join(made)}", f"{same} of 220: 200 photos and 20 GIFs", "all", same == 220)

    def library(self, folder, rounds):
        lines = subprocess.run([TARGET / "release/calls", folder, str(rounds)], check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in lines.splitlines()]

    def calls(self):
        import headshot

        folder = self.scratch / "calls"
        folder.mkdir()
        for photo in sorted(self.stills.iterdir())[: self.timed]:
            os.link(photo, folder / photo.name)
        photos = [(photo.name, photo.read_bytes()) for photo in sorted(folder.iterdir())]
        rust, python = {}, {}
        # In turn, so that both see the same machine; the fastest of all turns, so that it was undisturbed at least once.
        for _ in range(4 * self.turns):
            for name, _, took in self.library(folder, 2):
                rust[name] = min(int(took), rust.get(name, int(took)))
            for name, photo in photos:
                for _ in range(2):
                    began = time.perf_counter_ns()
                    headshot.normalize(photo)
                    took = time.perf_counter_ns() - began
                    python[name] = min(took, python.get(name, took))
        rust, python = sum(rust.values()), sum(python.values())
        over = (python / rust - 1) * 100
        found = f"{over:+.1f} % ({python / len(photos) / 1e6:.2f} ms against {rust / len(photos) / 1e6:.2f} ms)"
        self.row("the Python call over the Rust call", found, "at most 2 %", over <= 2)

    def by_turns(self, turns, ours, other):
        """How much faster the first is than the second, and photos a second of both: medians, because the machine is not as
        fast one minute as the next. Both are functions that work on some photos and say how many."""
        rates = []
        for turn in range(turns):
            took = {}
            for work in (ours, other) if turn % 2 else (other, ours):
                began = time.perf_counter()
                count = work()
                took[work] = count / (time.perf_counter() - began)
            rates.append((took[ours], took[other]))
        gain = median(one / two for one, two in rates)
        one, two = (median(rate) for rate in zip(*rates, strict=True))
        return gain, f"{gain:.2f} times ({one:.0f} and {two:.0f} photos/s)"

    def threads(self):
        import headshot

        photos = self.read(self.timed)

        def work(threads):
            with ThreadPoolExecutor(threads) as pool:
                return sum(1 for _ in pool.map(headshot.normalize, photos * threads))

        gain, found = self.by_turns(2 * self.turns, lambda: work(2), lambda: work(1))
        self.row("two Python threads against one", found, "at least 1.9", gain >= 1.9)

    def pillow(self):
        # Paths, because sending photos from process to process is not the work measured here.
        photos = sorted(self.stills.iterdir())
        with ProcessPoolExecutor(WORKERS) as pool:
            gain, found = self.by_turns(self.turns, lambda: len(list(pool.map(ours, photos))), lambda: len(list(pool.map(pillows, photos))))
        self.row("against Pillow, two processes of Python", found, "at least 3 times", gain >= 3)

    def pillow_in_ray(self):
        import pyarrow
        import ray

        import headshot.ray

        def normalized(table):
            return headshot.ray.normalizer("bytes", "bytes")(table)

        def with_pillow(table):
            return table.set_column(0, "bytes", pyarrow.array([padded(photo) for photo in table["bytes"].to_pylist()]))

        ray.init(num_cpus=WORKERS, include_dashboard=False, logging_level="ERROR")
        # Twice as many as elsewhere, so that Ray's start-up time is small.
        photos = sorted((self.scratch / str(self.many)).iterdir())[: 2 * self.few]
        photos = ray.data.read_binary_files([str(photo) for photo in photos], override_num_blocks=16).materialize()

        def work(made):
            return photos.map_batches(made, batch_format="pyarrow", batch_size=None).materialize().count()

        gain, found = self.by_turns(self.turns // 2 + 1, lambda: work(normalized), lambda: work(with_pillow))
        ray.shutdown()
        self.row("against Pillow, in Ray Data", found, "at least 3 times", gain >= 3)

    def engines(self):
        """The job from folder to folder, as a user starts it.

        Engine and command line take turns, because the machine is not as fast one minute as the next: each run is held
        against those of the command line right before and right after it."""
        command, *engines = ENGINES
        beside, shares, rates = [self.job(command, self.some)[0]], {engine: [] for engine in engines}, {engine: [] for engine in engines}
        for _ in range(self.turns // 2 + 1):
            for engine in engines:
                rates[engine].append(self.job(engine, self.some)[0])
                beside.append(self.job(command, self.some)[0])
                shares[engine].append(rates[engine][-1] / (sum(beside[-2:]) / 2))
        for engine in engines:
            share, self.rates[engine] = median(shares[engine]), median(rates[engine])
            found = f"{share:.0%} ({', '.join(f'{share:.0%}' for share in shares[engine])}; {self.rates[engine]:.1f} photos/s)"
            self.row(f"{engine}, {WORKERS} workers, against the command line", found, "at least 85 %", share >= 0.85)
        found = f"{median(beside):.1f} ({min(beside):.1f} to {max(beside):.1f}) photos/s"
        self.row(f"`headshot normalize --jobs {WORKERS}`, before and after each", found, "")
        for engine in engines:
            small, large = (self.job(engine, count)[1] / 2**20 for count in (self.few, self.many))
            flat = large <= small * 1.1 + 16
            self.row(f"{engine}, memory of a worker, {self.few} and {self.many:,} photos", f"{small:.0f} and {large:.0f} MiB", "flat (10 % and 16 MiB)", flat)

    def job(self, engine, count):
        """Photos per second, and memory."""
        out = self.scratch / f"out-{engine}"
        held = run(ENGINES[engine](self.scratch / str(count), out))
        # When each avatar was written. An engine's start, and its last batches, are not counted.
        made = sorted(path.stat().st_mtime for path in out.glob("*.jpg"))
        assert len(made) == count, f"{engine}: {len(made)} of {count} avatars"
        shutil.rmtree(out)
        first, last = count // 10, count - count // 10
        return (last - first) / (made[last] - made[first]), held

    # The page.

    def page(self):
        with open("/proc/cpuinfo") as file:
            cpu = next((line.split(": ")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("headshot", "ray", "daft", "pyarrow", "pillow"))
        rate = self.rates["ray"] / WORKERS
        lines = [
            f"Measured on {cpu}, {os.cpu_count()} logical processors, load average {self.load:.1f} before, with Python {platform.python_version()}, {versions}.",
            "The photos are JPEGs of 1.9 to 6 megapixels, a fifth of them progressive, turned in all eight ways.",
            "",
            "| figure | found | wanted |",
            "|---|---|---|",
            *self.rows,
            "",
            f"At {rate:.1f} photos per second per core (Ray's {self.rates['ray']:.1f} by {WORKERS}), with a core at ${CORE_HOUR} an hour and a thousand requests at ${THOUSAND_GETS} (read) and ${THOUSAND_PUTS} (write):",
            "",
            "| photos | core hours | hours on 1,000 cores | cores | requests | total |",
            "|--:|--:|--:|--:|--:|--:|",
        ]
        for photos in (10_000_000, 1_000_000_000):
            hours = photos / rate / 3600
            cores, requests = hours * CORE_HOUR, photos / 1000 * (THOUSAND_GETS + THOUSAND_PUTS)
            lines.append(f"| {photos:,} | {hours:,.0f} | {hours / 1000:,.1f} | ${cores:,.0f} | ${requests:,.0f} | ${cores + requests:,.0f} |")
        return "\n".join(lines)


ENGINES = {
    "command line": lambda photos, out: [TARGET / "release/headshot", "normalize", photos, "-o", out, "--jobs", str(WORKERS)],
    "ray": lambda photos, out: [sys.executable, "-m", "headshot.ray", photos, out, "--workers", str(WORKERS)],
    "daft": lambda photos, out: [sys.executable, "-m", "headshot.daft", photos, out, "--workers", str(WORKERS)],
}


def digest(avatar):
    return hashlib.sha256(avatar).hexdigest()


def ours(path):
    import headshot

    return len(headshot.normalize(path.read_bytes()).bytes)


def pillows(path):
    return len(padded(path.read_bytes()))


def padded(photo):
    """Typical code with Pillow: upright, letterboxed to headshot's side, the same quality. Profiles are ignored."""
    import io

    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(photo)))
    side = min(max(*picture.size, 512), 1024)
    file = io.BytesIO()
    ImageOps.pad(picture, (side, side), Image.Resampling.LANCZOS).save(file, "JPEG", quality=90)
    return file.getvalue()


def run(command):
    """The most private memory, in bytes, of a process that works on photos."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    most = [0]
    done = threading.Event()

    def watch():
        while not done.wait(0.5):
            most[0] = max([most[0], *(held for held in workers(process.pid))])

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.stderr.read()
    status = process.wait()
    done.set()
    watcher.join()
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {status}\n{said}")
    return most[0]


def workers(root):
    """Private memory of the descendants that make avatars: all but Ray's own servers and, for Ray, the driver."""
    parents, names, private = {}, {}, {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                status = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines())
                process = int(entry.name)
                parents[process], private[process] = int(status["PPid"]), int(status.get("RssAnon", "0 kB").split()[0]) << 10
                names[process] = (entry / "cmdline").read_bytes()
        except (OSError, ValueError, KeyError):
            continue  # It has ended meanwhile.

    def is_ours(process):
        while process in parents and process != root:
            process = parents[process]
        return process == root

    found = [process for process in parents if is_ours(process)]
    rays = [process for process in found if names[process].startswith(b"ray::")]
    return [private[process] for process in rays or found]


if __name__ == "__main__":
    main()
