"""Meets faults with slack_sdk, side by side: cells as JSON on standard input, what became of each as lines of JSON."""

import http.client
import json
import os
import sys
import threading
import time
import traceback
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

# Read once the upload may have left: the outcome is open. (It calls a refused connection URLError as well.)
BROKEN = (TimeoutError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError, http.client.HTTPException)

one_at_a_time = threading.Lock()


def meet(cell):
    client = WebClient(token=cell["token"], base_url=cell["base_url"], timeout=cell["timeout"])
    if cell["waits"]:
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    try:
        reply = client.users_setPhoto(image=cell["photo"])
        metadata = reply.get("response_metadata") or {}
        seen = {
            "outcome": "set",
            "warnings": (reply.get("warning") or "").split(",") + (metadata.get("warnings") or []),
        }
    except BaseException as error:
        seen = told(error, cell["token"])
    with one_at_a_time:
        print(json.dumps({"id": cell["id"], **seen}), flush=True)


def told(error, token):
    seen = {
        "outcome": "error",
        "kind": type(error).__name__,
        "foreseen": isinstance(error, (SlackClientError, OSError, http.client.HTTPException)),
        "text": str(error)[:300],
    }
    cause = error.reason if isinstance(error, URLError) else error
    seen["open"] = isinstance(cause, BROKEN)
    if isinstance(error, SlackApiError) and not isinstance(error.response, dict):
        reply = error.response
        data = reply.data if isinstance(reply.data, dict) else {}
        code, status = data.get("error"), reply.status_code
        unread = not code or "non-JSON" in str(error)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        seen |= {
            "code": code,
            "status": status,
            "open": status == 408 or status >= 500 or code in ["internal_error", "fatal_error"] or unread and status < 400,
            "limited": status == 429 or code == "ratelimited",
            "retry_after": headers.get("retry-after"),
        }
    printed = "".join(traceback.format_exception(error)) + str(error)
    seen["secret"] = token in printed or any(c in printed for c in "\x1b\x07\r\x00\u202e")
    return seen


threads = [threading.Thread(target=meet, args=[cell], daemon=True) for cell in json.load(sys.stdin)]
for thread in threads:
    thread.start()
    # One after the other, so that a rush delays none of them.
    time.sleep(0.03)
for thread in threads:
    thread.join()
# Not the orderly way, which would wait for threads that no longer matter.
sys.stdout.flush()
os._exit(0)
