#!/usr/bin/env python3
"""Makes everything in this folder: still/, animated/, screens/, heic/, bad/ and golden/. The tests do not run it; its results are checked in.

    pip install pillow==13.0.0 numpy==2.4.6 scikit-image==0.26.0 simplejpeg==1.9.0 pillow-heif==1.8.1
    python testdata/make.py

With these versions (Python 3.11) it writes the same bytes every time. README.md says what each file is.
"""

import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from making import animated, animated_webps, apngs, bad, golden, heics, jpegs, pngs, gifs, webps  # noqa: E402

HERE = Path(__file__).parent


def write(folder, files):
    target = HERE / folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name, data in files.items():
        (target / name).write_bytes(data)
    print(f"{folder}: {len(files)} files, {sum(map(len, files.values())):,} bytes")


stills = jpegs.files() | pngs.files() | gifs.files() | webps.files()
write("still", stills)
write("animated", animated.files() | apngs.files() | animated_webps.files())
write("screens", apngs.screens() | animated_webps.screens())
write("heic", heics.files())
write("bad", bad.files(stills))
write("golden", golden.files(stills))
