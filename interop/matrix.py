"""Runs every fault through our client and two others, each against an emulator of its own, and judges what they do."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import report
from companions import free_port
from faults import DOWN, EARLY, LIMIT, ROWS
from lab import PHOTO, Emulator
from verdict import MEBIBYTES, SECONDS, Seen, unmet

# The time settings of the others: seconds for a request, and how often to try again.
TIMEOUT, RETRIES = 5, 2

OURS, PYTHON, NODE, CURL = "headshot-upload", "slack_sdk", "@slack/web-api", "curl"
# slack_sdk waits after 429 only if it is told to; that is tried as well.
WAITING = "slack_sdk, told to wait"
CLIENTS = {
    OURS: ROWS,
    PYTHON: ROWS,
    NODE: ROWS,
    CURL: ROWS,
    WAITING: [row for row in ROWS if row.group == LIMIT],
}


LARGE = Path(tempfile.gettempdir()) / f"headshot-interop-{os.getpid()}.jpg"


def enlarge():
    """The photo with 3 MB of comments in it."""
    photo = PHOTO.read_bytes()
    comment = b"\xff\xfe\xff\xff" + bytes(0xFFFF - 2)
    LARGE.write_bytes(photo[:2] + comment * 46 + photo[2:])


class Cell:
    """One client meeting one fault."""

    def __init__(self, lab, client, row):
        self.client, self.row, self.seen = client, row, None
        self.token = f"xoxp-emulator--{client[0]}" if row.group == DOWN else f"xoxp-fault-{row.fault}--canary"
        self.emulator = None if row.group == DOWN else Emulator(lab)

    @property
    def photo(self):
        """More than sockets hold, where the point is that it is not read."""
        return LARGE if self.row.group == EARLY or self.row.fault.startswith("early") else PHOTO

    def base_url(self):
        return self.emulator.base_url if self.emulator else f"http://127.0.0.1:{free_port()}/api/"

    def settle(self):
        """Adds what the emulator saw."""
        if not self.emulator:
            return
        self.emulator.stop()
        if not self.seen:
            return
        lines = self.emulator.lines
        times = [time for time, line in lines if " users.setPhoto " in line]
        if self.row.group == LIMIT and len(times) > 1:
            self.seen.pause = times[1] - times[0]
        self.seen.applied = sum(" user_change " in line for _, line in lines)
        self.seen.followed = any(" /redirected" in line for _, line in lines)

    def order(self, at):
        return {
            "id": at, "token": self.token, "base_url": self.base_url(), "photo": str(self.photo),
            "timeout": TIMEOUT, "retries": RETRIES, "waits": self.client == WAITING,
        }  # fmt: skip


def check(lab, write):
    enlarge()
    try:
        compare(lab, write)
    finally:
        LARGE.unlink()


def compare(lab, write):
    seen = {}
    # Ours alone, then the others side by side: few enough at once that a slow machine is not taken for a slow reply.
    for clients in [[OURS], [PYTHON, NODE, CURL, WAITING]]:
        cells = [Cell(lab, client, row) for client in clients for row in CLIENTS[client]]
        try:
            run(lab, cells)
        finally:
            with ThreadPoolExecutor(len(cells)) as pool:
                list(pool.map(Cell.settle, cells))
        seen |= {(cell.client, cell.row.fault): cell.seen for cell in cells}
    for row in ROWS:
        missed = unmet(row, seen[OURS, row.fault])
        lab.check(f"our client meets {row.fault}", not missed, f"{', '.join(missed)}: {seen[OURS, row.fault]}")
    text = report.text(CLIENTS, seen)
    (lab.home / "interop.md").write_text(text)
    if write:
        (Path(__file__).parent.parent / "docs/interop.md").write_text(text)
    print(report.totals(CLIENTS, seen))


def run(lab, cells):
    workers = []
    here = Path(__file__).parent
    python = [sys.executable, "-B", here / "faults_slack_sdk.py"]
    for client, command in [(PYTHON, python), (WAITING, python), (NODE, ["node", lab.home / "faults_web_api.mjs"])]:
        mine = [cell for cell in cells if cell.client == client]
        # The waits are timed, so they begin when the rush is over.
        rest = [cell for cell in mine if not cell.row.alone and cell.row.group != LIMIT]
        batches = [(0, rest), (5, [cell for cell in mine if cell.row.group == LIMIT])]
        batches += [(0, [cell]) for cell in mine if cell.row.alone]
        workers += [(batch_of_foreign, command, delay, batch) for delay, batch in batches if batch]
    workers += [(one_of_ours, [lab.program("examples/call"), "--hasty"], cell) for cell in cells if cell.client == OURS]
    workers += [(one_of_curl, cell) for cell in cells if cell.client == CURL]
    with ThreadPoolExecutor(len(workers)) as pool:
        for done in [pool.submit(function, *arguments) for function, *arguments in workers]:
            done.result()


def batch_of_foreign(command, delay, cells):
    time.sleep(delay)
    orders = [cell.order(at) for at, cell in enumerate(cells)]
    process = start(command)
    stopped = watch(process, cells[0].row.alone)
    out, err = process.communicate(json.dumps(orders))
    for line in out.splitlines():
        told = json.loads(line)
        cell = cells[told.pop("id")]
        cell.seen = Seen(**told)
    if process.returncode != 0 and not stopped:
        raise RuntimeError(f"{command[-1]} broke: {err}")
    for cell in cells:
        cell.seen = cell.seen or Seen("memory" if "memory" in stopped else "hanging")


def one_of_ours(command, cell):
    arguments = [cell.base_url(), "users.setPhoto", f"image={cell.photo}"]
    process = start([*command, *arguments], token=cell.token)
    stopped = watch(process, cell.row.alone)
    out, err = process.communicate()
    if stopped:
        cell.seen = Seen("memory" if "memory" in stopped else "hanging")
        return
    secret = cell.token in out + err or any(c in out.strip() + err.strip() for c in "\x1b\x07\r\n\x00\u202e")
    try:
        told = json.loads(out)
    except ValueError:
        cell.seen = Seen("error", kind=f"exit {process.returncode}", foreseen=False, text=err[-300:], secret=secret)
        return
    secret = secret or any(c in json.dumps(told, ensure_ascii=False) for c in "\x1b\x07\x00\u202e")
    if told["ok"]:
        cell.seen = Seen("set", warnings=told["warnings"], secret=secret)
        return
    cell.seen = Seen(
        "error", kind=told["class"], open=told["class"] == "outcome_unknown", code=told["code"], status=told["status"],
        limited=told["class"] == "wait", retry_after=told["retry_after"], text=told["message"], secret=secret,
    )  # fmt: skip


def one_of_curl(cell):
    with tempfile.TemporaryDirectory() as folder:
        head, body = Path(folder, "head"), Path(folder, "body")
        process = start([
            "curl", "-sS", "--max-time", TIMEOUT, "-D", head, "-o", body, "-w", "%{http_code}",
            "-H", f"Authorization: Bearer {cell.token}", "-F", f"image=@{cell.photo};type=image/jpeg",
            cell.base_url() + "users.setPhoto",
        ])  # fmt: skip
        stopped = watch(process, cell.row.alone)
        out, err = process.communicate()
        if stopped:
            cell.seen = Seen("memory" if "memory" in stopped else "hanging")
            return
        text = body.read_text(errors="replace")[: 1 << 20] if body.exists() else ""
        heads = head.read_text(errors="replace").lower() if head.exists() else ""
    try:
        told = json.loads(text)
        told = told if isinstance(told, dict) else {}
    except (ValueError, RecursionError):
        told = {}
    status, code = int(out or 0), told.get("error")
    metadata = told.get("response_metadata") or {}
    waits = [line.split(":", 1)[1].strip() for line in heads.splitlines() if line.startswith("retry-after:")]
    if process.returncode == 0 and 200 <= status < 300 and told.get("ok") is True:
        warnings = (told.get("warning") or "").split(",") + (metadata.get("warnings") or [])
        cell.seen = Seen("set", warnings=warnings)
        return
    # 6 and 7: no connection. Any other error of its own leaves the outcome open.
    broke = process.returncode not in [0, 6, 7]
    vague = status in [0, 408] and process.returncode == 0 or status >= 500 or 0 < status < 400 and not code
    cell.seen = Seen(
        "error", kind=f"exit {process.returncode}", open=broke or vague or code in ["internal_error", "fatal_error"],
        code=code, status=status or None, limited=status == 429 or code == "ratelimited",
        retry_after=waits[0] if waits else None, text=err[-300:],
        secret=cell.token in err or any(c in err.strip() for c in "\x1b\x07\x00\u202e"),
    )  # fmt: skip


def start(command, token=""):
    pipe = subprocess.PIPE
    environment = {**os.environ, "SLACK_TOKEN": token}
    return subprocess.Popen(list(map(str, command)), stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)


def watch(process, weigh):
    """Kills the process if it takes too long or, if limited, too much memory; the returned set says which."""
    stopped = set()

    def look():
        end = time.monotonic() + SECONDS
        while process.poll() is None:
            if time.monotonic() > end:
                stopped.add("hanging")
            if weigh and resident(process.pid) > MEBIBYTES << 20:
                stopped.add("memory")
            if stopped:
                process.kill()
                return
            time.sleep(0.1)

    threading.Thread(target=look, daemon=True).start()
    return stopped


def resident(pid):
    """Bytes of memory in use; 0 for a process that has ended."""
    if Path("/proc/self/statm").exists():
        try:
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0
    size = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout
    return int(size or 0) << 10
