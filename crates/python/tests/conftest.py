"""What the tests share: the photos of the repository, and the command line, which must tell the same."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

TESTDATA = Path(__file__).resolve().parents[3] / "testdata"
STILLS = sorted((TESTDATA / "still").iterdir())
ANIMATED = sorted((TESTDATA / "animated").iterdir())
BAD = sorted((TESTDATA / "bad").iterdir())


# Engines report home, write to the terminal and into the home folder; tests do not.
os.environ |= {"DO_NOT_TRACK": "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
os.environ |= {"RAY_DATA_DISABLE_PROGRESS_BARS": "1", "DAFT_PROGRESS_BAR": "0"}


@pytest.fixture(scope="session", autouse=True)
def rays_folder():
    """Ray leaves its logs behind, in a folder whose name must be short."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        os.environ["RAY_TMPDIR"] = folder
        yield


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    """410 x 512 upright, stored on its side, Display P3."""
    return (TESTDATA / "still/astronaut.jpg").read_bytes()


@pytest.fixture(scope="session")
def command_line(tmp_path_factory):
    """Runs `headshot normalize`: the avatars' folder and the objects of its report, by name."""
    program = os.environ["HEADSHOT"]

    def run(folder: Path, *flags: str):
        out = tmp_path_factory.mktemp("command-line")
        report = out / "report.jsonl"
        done = subprocess.run([program, "normalize", folder, "-o", out / "avatars", "--report", report, *flags], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        objects = [json.loads(line) for line in report.read_text().splitlines()]
        return out / "avatars", {Path(each["photo"]).name: each for each in objects}

    return run
