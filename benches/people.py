#!/usr/bin/env python3
"""What is left of people's photos if a manifest run is killed, again and again.

    cargo build --release -p headshot-cli && python3 benches/people.py

kills `set` for one person, and `set --manifest` over 60 rows, at random moments against a server in this file, and counts posts to
people whose success the journal has noted, photos that are lost, and people who show another person's photo.
It needs Unix and Python; `--help` lists the counts.
"""

import argparse
import hashlib
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
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.dont_write_bytecode = True

import one_color  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--headshot", type=Path, default=ROOT / "target/release/headshot")
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--rows", type=int, default=60)
    options.add_argument("--sets", type=int, default=300, help="kills of `set` for one person [default: 300]")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    random.seed(asked.seed)
    if not asked.headshot.exists():
        sys.exit(f"{asked.headshot} is missing: cargo build --release -p headshot-cli")
    with tempfile.TemporaryDirectory(prefix="headshot-people-") as scratch:
        office = Office(asked, Path(scratch))
        print(f"| figure ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}) | found | wanted |\n|---|---|---|", flush=True)
        ok = [part() for part in (office.sets, office.kills)]
    sys.exit(0 if all(ok) else 1)


class World:
    """Who shows which photo. It answers as Slack's pages say, and shares no code with the program."""

    def __init__(self, people):
        self.lock = threading.Lock()
        self.shown = {}
        self.posts = Counter()
        self.replaced = []
        self.clock = 0
        for person in range(people):
            self.put(person, png(person, 0))

    def put(self, person, photo):
        """The photo, and the hash in the profile for it."""
        self.clock += 1
        name = hashlib.sha256(f"{person} {self.clock}".encode()).hexdigest()[:12]
        if person in self.shown:
            self.replaced.append((person, self.shown[person][1]))
        self.shown[person] = (name, photo)

    def profile(self, person, host):
        name, _ = self.shown[person]
        return {
            "avatar_hash": name, "is_custom_image": True, "real_name": "Sam Same", "display_name": "sam",
            "image_original": f"http://{host}/pictures/{person}/{name}",
        }


def serve(world):
    class Slack(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, body, kind="application/json; charset=utf-8"):
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("x-oauth-scopes", "users.profile:read,users.profile:write")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            _, _, person, name = self.path.split("/")
            with world.lock:
                shown, photo = world.shown[int(person)]
            if shown != name:
                self.send_error(404)
            else:
                self.answer(photo, "image/png")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            person = int(self.headers["authorization"].removeprefix("Bearer xoxp-person-"))
            host = self.headers["host"]
            with world.lock:
                match self.path:
                    case "/api/auth.test":
                        reply = {"team_id": "T1", "user_id": f"U{person:05}", "user": "sam", "team": "Same"}
                    case "/api/users.profile.get":
                        reply = {"profile": world.profile(person, host)}
                    case "/api/users.setPhoto":
                        world.put(person, image(self.headers["content-type"], body))
                        world.posts[person] += 1
                        reply = {"profile": world.profile(person, host)}
            self.answer(json.dumps({"ok": True, **reply}).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slack)
    server.daemon_threads = True
    # A client that was killed hangs up.
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/api/"


def image(content_type, body):
    boundary = re.search('boundary="?([^";]+)', content_type)[1].encode()
    for part in body.split(b"--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="image"' in head:
            return content.removesuffix(b"\r\n")
    raise ValueError("no image")


def png(person, version):
    """A picture of this person's own, whose pixels tell the version."""
    return one_color.png((person, version & 255, version >> 8))


class Office:
    def __init__(self, asked, here):
        self.asked, self.here = asked, here
        self.world = World(asked.rows)
        self.base_url = serve(self.world)
        self.version = 0
        self.environment = {**os.environ, "HEADSHOT_STATE": str(here / "state")}
        lines = ["photo,token_env,user_id"]
        for person in range(asked.rows):
            lines.append(f"{person}.png,T{person},U{person:05}")
            self.environment[f"T{person}"] = f"xoxp-person-{person}"
        (here / "people.csv").write_text("\n".join(lines) + "\n")
        self.next_photos()

    def next_photos(self):
        self.version += 1
        for person in range(self.asked.rows):
            (self.here / f"{person}.png").write_bytes(png(person, self.version))

    def start(self):
        arguments = ["set", "--manifest", "people.csv", "--settle", "1s", "--keep", "1000000", "--base-url", self.base_url]
        return subprocess.Popen(
            [str(self.asked.headshot.resolve()), *arguments], cwd=self.here, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def set(self):
        """The photos of this version that are set, according to the journal."""
        journal = self.here / "people.csv.headshot-journal"
        lines = journal.read_bytes().split(b"\n") if journal.exists() else []
        last = {}
        for line in lines[1:-1]:
            entry = json.loads(line)
            last[int(entry["user"][1:])] = entry
        wanted = {p: hashlib.sha256((self.here / f"{p}.png").read_bytes()).hexdigest() for p in last}
        return [p for p, entry in last.items() if "set" in entry["event"] and entry["photo"] == wanted[p]]

    def sets(self):
        """Kills of `set` for one person: each run posts at most once, and the replaced photo is kept."""
        environment = {**self.environment, "SLACK_TOKEN": "xoxp-person-0"}
        arguments = [str(self.asked.headshot.resolve()), "set", "0.png", "--settle", "0s", "--keep", "1000000", "--base-url", self.base_url]
        run = lambda: subprocess.Popen(
            arguments, cwd=self.here, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        began = time.monotonic()
        child = run()
        _, said = child.communicate()
        assert child.returncode == 0, said
        took = time.monotonic() - began
        twice, in_time = 0, 0
        for _ in range(self.asked.sets):
            self.version += 1
            (self.here / "0.png").write_bytes(png(0, self.version))
            posts = self.world.posts[0]
            child = run()
            timer = threading.Timer(random.uniform(0, took), child.send_signal, [signal.SIGKILL])
            timer.start()
            _, said = child.communicate()
            timer.cancel()
            time.sleep(0.05)
            assert child.returncode <= 0, (child.returncode, said)
            in_time += child.returncode < 0
            twice += self.world.posts[0] - posts > 1
        lost = self.lost()
        name = f"{self.asked.sets} kills of `set` ({in_time} in time, {self.world.posts[0]} posts)"
        print(f"| {name}: runs that posted twice | {twice} | 0 |")
        print(f"| photos replaced ({len(self.world.replaced)}) that are in no backup | {lost} | 0 |", flush=True)
        return twice == lost == 0

    def lost(self):
        """Photos that were replaced and are lost."""
        kept = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (self.here / "state").iterdir()}
        return sum(hashlib.sha256(photo).hexdigest() not in kept for _, photo in self.world.replaced)

    def kills(self):
        began = time.monotonic()
        child = self.start()
        child.communicate()
        assert child.returncode == 0, child.returncode
        took = time.monotonic() - began
        self.next_photos()
        noted, in_time, again, rounds = {}, 0, 0, 0
        for _ in range(self.asked.kills):
            child = self.start()
            timer = threading.Timer(random.uniform(0, took), child.send_signal, [signal.SIGKILL])
            timer.start()
            _, said = child.communicate()
            timer.cancel()
            time.sleep(0.05)  # what was under way arrives
            with self.world.lock:
                posts = Counter(self.world.posts)
            for person in self.set():
                again += posts[person] - noted.setdefault(person, posts[person])
                noted[person] = posts[person]
            if child.returncode == 0:
                rounds += 1
                noted.clear()
                self.next_photos()
            else:
                assert child.returncode < 0, (child.returncode, said)
                in_time += 1
        child = self.start()
        _, said = child.communicate()
        assert child.returncode == 0, said
        with self.world.lock:
            for person in noted:
                again += self.world.posts[person] - noted[person]
            wrong = 0
            for person, (_, photo) in self.world.shown.items():
                wrong += one_color.first(photo) != one_color.first(png(person, self.version))
            lost = self.lost()
            posts, replaced = sum(self.world.posts.values()), len(self.world.replaced)
        name = f"{self.asked.kills} kills over {self.asked.rows} rows ({in_time} in time, {rounds} rounds, {posts} posts)"
        print(f"| {name}: posted again after a noted success | {again} | 0 |")
        print(f"| photos replaced ({replaced}) that are in no backup | {lost} | 0 |")
        print(f"| people who show another photo than their row's | {wrong} | 0 |")
        return again == lost == wrong == 0


if __name__ == "__main__":
    main()
