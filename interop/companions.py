"""Our client's other calls against npm `emulate`, a fake of Slack that we did not write."""

import json
import socket
import subprocess
import time

SEED = """
slack:
  team: { name: Interop, domain: interop }
  users:
    - name: ada
      real_name: Ada Example
      email: ada@example.com
      profile: { title: Engineer, status_text: thinking, status_emoji: ":bulb:" }
    - { name: ben, real_name: Ben Example, email: ben@example.com }
tokens:
  xoxp-interop: { login: ada, scopes: [users:read, users:write] }
"""


def node_22(lab):
    """`emulate` needs Node.js 22: the machine's own if it is new enough, else the one from npm."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(version[1:].split(".")[0]) >= 22:
        return "node"
    for machine in ["x64", "arm64"]:
        program = lab.home / f"node_modules/node-linux-{machine}/bin/node"
        if program.exists():
            return str(program)
    return None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def check(lab):
    node = node_22(lab)
    lab.check("there is a Node.js 22 for emulate", node is not None, "none in node_modules either")
    if node is None:
        return
    seed = lab.home / "emulate.yaml"
    seed.write_text(SEED)
    port = free_port()
    command = [node, lab.home / "node_modules/.bin/emulate", "start", "--service", "slack"]
    log_file = lab.home / "emulate.log"
    with open(log_file, "w") as log:
        emulate = subprocess.Popen(
            [*command, "--port", str(port), "--seed", seed], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        if listens(port, emulate):
            calls(lab, f"http://127.0.0.1:{port}/api/")
        else:
            lab.check("emulate starts", False, log_file.read_text()[-500:])
    finally:
        emulate.kill()
        emulate.wait()


def listens(port, process):
    for _ in range(300):
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", port)) == 0:
                return True
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def calls(lab, base_url):
    def value(method, *arguments):
        reply = lab.call(base_url, method, *arguments, token="xoxp-interop")
        lab.check(f"emulate answers {method} {' '.join(arguments)}".rstrip(), reply["ok"], reply)
        return reply.get("value") or {}

    mine = value("users.profile.get")
    lab.equal("emulate's profile has our names for its fields", mine.get("status_text"), "thinking")
    value("users.profile.set", "status_text=riding", "status_emoji=:train:")
    again = value("users.profile.get")
    lab.equal("emulate keeps what we set", (again.get("status_text"), again.get("status_emoji")), ("riding", ":train:"))
    lab.equal("emulate keeps what we did not set", again.get("title"), "Engineer")

    cursor, members, pages = None, [], 0
    while pages < 20:
        page = value("users.list", "limit=1", *([f"cursor={cursor}"] if cursor else []))
        members += page.get("members", [])
        cursor, pages = page.get("next_cursor"), pages + 1
        if not cursor:
            break
    ids = {member["name"]: member["id"] for member in members}
    lab.check("emulate's pages hold everybody once", {"ada", "ben"} <= set(ids) and len(ids) == len(members) == pages, ids)
    ben = ids.get("ben", "")
    lab.equal("emulate's users.info is about Ben", value("users.info", f"user={ben}").get("real_name"), "Ben Example")
    found = value("users.lookupByEmail", "email=ben@example.com")
    lab.equal("emulate finds Ben by e-mail", found.get("id"), ben)

    def refused(code, method, *arguments):
        reply = lab.call(base_url, method, *arguments, token="xoxp-interop")
        lab.equal(f"emulate refuses {method} with {code}", reply.get("code"), code)

    refused("user_not_found", "users.info", "user=U0NOBODY")
    refused("users_not_found", "users.lookupByEmail", "email=nobody@example.com")
    def printed(*arguments):
        """What the command prints, as the objects of its lines."""
        status, out, error = lab.headshot(*arguments, "--json", "--base-url", base_url, token="xoxp-interop")
        lab.check(f"headshot {' '.join(arguments)}, of emulate", status == 0, out + error)
        return [json.loads(line) for line in out.splitlines()]

    printed("profile", "set", "title=Poet")
    lab.equal("headshot set the title", printed("profile")[0]["profile"].get("title"), "Poet")
    lab.equal("headshot reads Ben", printed("profile", "--user", ben)[0]["profile"].get("real_name"), "Ben Example")
    lab.equal("headshot lists everybody", {member["id"] for member in printed("audit", "--all")}, set(ids.values()))
