"""Our client's multipart body, as two foreign parsers understand it: werkzeug here, busboy in busboy.mjs."""

import hashlib
import json
import logging
import threading

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lab import PHOTO, ROOT

# It would print a line for each request.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Distinct values, so that swapping two would show.
CROP = {"crop_x": "11", "crop_y": "22", "crop_w": "333"}


class Werkzeug:
    """Answers like Slack and keeps what werkzeug made of each upload."""

    def __init__(self):
        self.uploads = []
        self.server = make_server("127.0.0.1", 0, self.answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base_url = f"http://127.0.0.1:{self.server.port}/api/"

    @Request.application
    def answer(self, request):
        if request.path == "/api/users.setPhoto":
            files = {}
            for name, file in request.files.items(multi=True):
                digest = hashlib.sha256(file.read()).hexdigest()
                files.setdefault(name, []).append([file.filename, file.content_type, digest])
            fields = {name: request.form.getlist(name) for name in request.form}
            self.uploads.append({"fields": fields, "files": files})
        body = {"ok": True, "profile": {"avatar_hash": f"{len(self.uploads):012x}"}}
        return Response(json.dumps(body), content_type="application/json; charset=utf-8")

    def last(self):
        return self.uploads[-1]

    def stop(self):
        self.server.shutdown()


class Busboy:
    """The same in Node.js."""

    def __init__(self, lab):
        self.process = lab.node("busboy.mjs")
        self.base_url = self.process.stdout.readline().strip()

    def last(self):
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.communicate()


def check(lab):
    avatar = lab.home / "avatar.jpg"
    status, _, error = lab.headshot("normalize", PHOTO, "-o", avatar, "--crop", "11,22,333")
    lab.check("headshot makes an avatar to compare with", status == 0, error)
    gif = ROOT / "testdata/animated/opaque.gif"
    png = ROOT / "testdata/still/rgb8.png"
    cases = [
        ("as it is, with a crop", [PHOTO, "--as-is", "--crop", "11,22,333"], PHOTO, CROP),
        ("as it is, without a crop", [PHOTO, "--as-is"], PHOTO, {}),
        ("cropped here", [PHOTO, "--crop", "11,22,333"], avatar, {}),
        ("a GIF", [gif, "--as-is"], gif, {}),
        ("a PNG", [png, "--as-is"], png, {}),
    ]
    for name, server in [("werkzeug", Werkzeug()), ("busboy", Busboy(lab))]:
        for case, arguments, sent, crop in cases:
            status, _, error = lab.headshot("set", *arguments, "--no-backup", "--base-url", server.base_url)
            lab.check(f"{name} answers headshot set: {case}", status == 0, error)
            if status != 0:
                continue
            upload = server.last()
            extension = sent.suffix[1:]
            content_type = {"jpg": "image/jpeg", "gif": "image/gif", "png": "image/png"}[extension]
            digest = hashlib.sha256(sent.read_bytes()).hexdigest()
            image = [[f"photo.{extension}", content_type, digest]]
            lab.equal(f"{name} reads the file: {case}", upload["files"], {"image": image})
            fields = {key: [value] for key, value in crop.items()}
            lab.equal(f"{name} reads the fields: {case}", upload["fields"], fields)
        server.stop()
