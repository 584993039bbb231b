"""Python's slack_sdk against our emulator: photo, profile, members, errors."""

import json
import subprocess

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from lab import PHOTO


def check(lab, base_url):
    client = WebClient(token="xoxp-emulator--python", base_url=base_url)

    def shown():
        return client.users_profile_get()["profile"]["avatar_hash"]

    default = shown()
    set_by_path = client.users_setPhoto(image=str(PHOTO))["profile"]["avatar_hash"]
    lab.check("slack_sdk sets a photo, named by its path", set_by_path == shown() != default, set_by_path)
    profile = client.users_setPhoto(image=PHOTO.read_bytes(), crop_x=11, crop_y=22, crop_w=333)["profile"]
    lab.check("slack_sdk sets a photo with a crop, as bytes", profile["avatar_hash"] == shown() != set_by_path, profile)
    lab.check("slack_sdk finds an address for each size", {"image_24", "image_512"} <= set(profile), list(profile))
    client.users_deletePhoto()
    lab.equal("slack_sdk deletes the photo", shown(), default)

    changed = client.users_profile_set(profile={"status_text": "riding", "status_emoji": ":train:"})["profile"]
    lab.equal("slack_sdk sets a status", (changed["status_text"], changed["status_emoji"]), ("riding", ":train:"))
    pages = [[member["id"] for member in page["members"]] for page in client.users_list(limit=7)]
    members = [member for page in pages for member in page]
    ok = len(pages) > 2 and all(len(page) == 7 for page in pages[:-1]) and len(set(members)) == len(members)
    lab.check("slack_sdk pages through users.list", ok, [len(page) for page in pages])
    lab.equal("slack_sdk reads users.info", client.users_info(user="U0ADMIN")["user"]["id"], "U0ADMIN")
    email = client.users_info(user="U0ADMIN")["user"]["profile"]["email"]
    lab.equal("slack_sdk looks up by e-mail", client.users_lookupByEmail(email=email)["user"]["id"], "U0ADMIN")
    identity = WebClient(token="xoxp-emulator-identity--python", base_url=base_url).users_identity()
    lab.equal("slack_sdk reads users.identity", identity["user"]["id"], "U0MEMBER")
    auth = client.auth_test()
    headers = {name.lower(): value for name, value in auth.headers.items()}
    asked = (auth["user_id"], auth["team_id"], "users.profile:write" in headers["x-oauth-scopes"].split(","))
    lab.equal("slack_sdk reads auth.test", asked, ("U0MEMBER", shown_team(client), True))
    lab.check("slack_sdk finds x-slack-req-id", len(headers["x-slack-req-id"]) == 32, headers)
    ours = lab.call(base_url, "auth.test", token="xoxp-emulator--python")["value"]
    same = {name: auth[name] for name in ["url", "team", "user", "team_id", "user_id", "app_id"]}
    lab.equal("our client reads the same", {name: ours.get(name) for name in same}, same)
    command = ["curl", "-s", "-H", "Authorization: Bearer xoxp-emulator--python", base_url + "auth.test"]
    curl = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    lab.equal("curl reads the same", {name: curl[name] for name in same}, same)
    muted = [channel["id"] for channel in client.users_conversations(exclude_muted=True)["channels"]]
    lab.check("slack_sdk leaves out what is muted", "C0RANDOM" not in muted and "C0GENERAL" in muted, muted)
    client.users_setPresence(presence="away")
    lab.equal("slack_sdk sets and reads presence", client.users_getPresence(user="U0MEMBER")["presence"], "away")

    forbidden = WebClient(token="xoxp-emulator-nophotos--python", base_url=base_url)

    def refused(name, code, call, **expected):
        try:
            lab.check(f"slack_sdk meets {code}: {name}", False, call().data)
        except SlackApiError as error:
            found = {"error": error.response["error"], **{key: error.response.get(key) for key in expected}}
            lab.equal(f"slack_sdk meets {code}: {name}", found, {"error": code, **expected})

    def with_token(token):
        return WebClient(token=token, base_url=base_url)

    refused("a token that was never issued", "invalid_auth", with_token("xoxp-nobody").users_profile_get)
    refused("no token", "not_authed", WebClient(base_url=base_url).users_profile_get)
    reader = with_token("xoxp-emulator-readonly--python")
    refused("a reader", "missing_scope", lambda: reader.users_setPhoto(image=str(PHOTO)), needed="users.profile:write")
    bot = with_token("xoxb-emulator--python")
    refused("a bot", "not_allowed_token_type", lambda: bot.users_setPhoto(image=str(PHOTO)))
    text = (PHOTO.parent.parent / "bad/not-an-image.txt").read_bytes()
    refused("a text", "bad_image", lambda: client.users_setPhoto(image=text))
    refused("a user who is not there", "user_not_found", lambda: client.users_info(user="U0NOBODY"))


def shown_team(client):
    return client.users_info(user="U0MEMBER")["user"]["team_id"]
