"""How reliable and how fast: what becomes of photos if a quarter of all requests gets lost, if effects come late, and if
a thousand are sent at once. The figures of docs/slack.md."""

import json
import os
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from lab import PHOTO, Emulator

SETS, DROPPED, AT_ONCE = 200, 0.12, 1000

# What each post of a manifest meets, and how often.
MANIFESTS = [
    "late-3", "late-8", "status-202-applied", "status-204-applied", "status-206-applied", "idle-close-0", "429-json-x3",
]  # fmt: skip


def check(lab):
    behind_a_lossy_proxy(lab)
    with ThreadPoolExecutor(len(MANIFESTS)) as pool:
        for name, ok, found in pool.map(lambda fault: manifest(lab, fault), MANIFESTS):
            lab.check(name, ok, found)
    at_once(lab)


def applied(emulator):
    """How often each person's photo was changed."""
    changes = [line.split(" user_change ")[1].split()[0] for _, line in emulator.lines if " user_change " in line]
    return Counter(changes)


def behind_a_lossy_proxy(lab):
    with Emulator(lab, "--rate", "off", "--members", str(SETS)) as emulator:
        proxy = Proxy(emulator.base_url)

        def one(number):
            arguments = ["set", PHOTO, "--no-backup", "--base-url", proxy.base_url]
            return lab.headshot(*arguments, token=f"xoxp-emulator-{number}", timeout=600)

        begin = time.monotonic()
        with ThreadPoolExecutor(16) as pool:
            done = list(pool.map(one, range(1, SETS + 1)))
        took = time.monotonic() - begin
    changes = applied(emulator)
    good = sum(status == 0 for status, _, _ in done)
    twice = sum(count > 1 for count in changes.values())
    unsaid = sum(status != 0 and changes[f"U0EXTRA{at:05}"] > 0 for at, (status, _, _) in enumerate(done, 1))
    false = sum(status == 0 and changes[f"U0EXTRA{at:05}"] == 0 for at, (status, _, _) in enumerate(done, 1))
    print(
        f"       {SETS} sets, {proxy.before} requests and {proxy.after} replies dropped, {proxy.closed} idle connections "
        f"closed: {good} with exit 0, {twice} applied twice, {unsaid} applied and called unknown, {took:.0f} s"
    )
    failed = [err[-200:] for status, _, err in done if status != 0]
    lab.check("at least 196 of 200 sets end well", good >= 196, failed)
    lab.equal("nobody is posted twice", (twice, false), (0, 0))


def manifest(lab, fault):
    """Two people, three runs: one post takes effect for each, and the last run knows it."""
    with Emulator(lab, "--rate", "off") as emulator, TemporaryDirectory() as folder:
        file = Path(folder, "people.csv")
        file.write_text("photo,token_env\n" + "".join(f"{PHOTO},{name}\n" for name in ["ANN", "BOB"]))
        environment = {
            **os.environ, "NO_COLOR": "1", "HEADSHOT_STATE": f"{folder}/state",
            "ANN": f"xoxp-fault-{fault}--ann", "BOB": f"xoxp-fault-{fault}--bob",
        }  # fmt: skip
        command = [lab.program("headshot"), "set", "--manifest", file, "--no-backup", "--base-url", emulator.base_url]
        runs = [subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600) for _ in range(3)]
    # All of them are the member of their own workspace.
    count = sum(applied(emulator).values())
    ends = [run.returncode for run in runs]
    name = f"{fault}: three runs over two people, {count} applied, ending with {ends}"
    return name, count == 2 and ends[-1] == 0, [run.stderr[-300:] for run in runs]


def at_once(lab):
    with Emulator(lab, "--rate", "off", "--members", str(AT_ONCE)) as emulator:
        command = [lab.program("examples/many"), emulator.base_url, str(AT_ONCE), str(PHOTO)]
        out = subprocess.run(command, capture_output=True, text=True, timeout=600).stdout
    told = json.loads(out)
    print(f"       {told}")
    lab.equal("all of them succeed", told["set"], AT_ONCE)
    lab.check("at most 25 kB each", told["bytes_each"] <= 25_000, told)
    lab.check("in less than 10 s", told["seconds"] < 10, told)
    lab.equal("each of them once", Counter(applied(emulator).values()).keys() - {1}, set())


class Proxy:
    """Passes requests on, one connection a thread, and loses some: 12 of 100 before they are passed on, 12 of 100 replies, and
    half of the connections that are idle after a reply."""

    def __init__(self, base_url):
        address = urlsplit(base_url)
        self.to = (address.hostname, address.port)
        self.random = random.Random(17)
        self.before = self.after = self.closed = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.base_url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/api/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rb") as incoming:
            while request := read(incoming):
                chance = self.random.random()
                if chance < DROPPED:
                    self.before += 1
                    return
                with socket.create_connection(self.to) as server, server.makefile("rb") as replies:
                    server.sendall(request)
                    reply = read(replies)
                if chance < 2 * DROPPED:
                    self.after += 1
                    return
                try:
                    client.sendall(reply)
                except OSError:
                    return
                if self.random.random() < 0.5:
                    self.closed += 1
                    return


def read(stream):
    """A whole request or reply with a length; nothing at the end."""
    try:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return b""
            head += line
        length = 0
        for line in head.lower().splitlines():
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return head + stream.read(length)
    except OSError:
        return b""
