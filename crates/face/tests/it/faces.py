"""Writes faces.txt: what OpenCV's FaceDetectorYN finds in the pictures of detect.rs, which are made from the portrait of testdata.

    pip install pillow==13.0.0 numpy==2.4.6 opencv-python-headless==4.14.0.94
    python faces.py face_detection_yunet_2023mar.onnx

The model is the one of ../../weights/convert.py. A line for each face: the picture, the score, the box, five landmarks.
"""

import pathlib
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
portrait = np.asarray(ImageOps.exif_transpose(Image.open(HERE / "../../../../testdata/still/astronaut.jpg")))
assert portrait.shape == (512, 410, 3)


def group():
    """Three copies of one person on gray: halved, halved and mirrored, a third."""
    canvas = np.full((330, 650, 3), 128, np.uint8)
    for step, x, y, mirrored in ((2, 20, 10, False), (2, 250, 60, True), (3, 500, 120, False)):
        small = portrait[::step, ::step]
        small = small[:, ::-1] if mirrored else small
        canvas[y : y + small.shape[0], x : x + small.shape[1]] = small
    return canvas


pictures = {
    "whole": portrait,
    "half": portrait[::2, ::2],
    "part": portrait[33:300, 57:390],
    "group": group(),
    "turned": portrait[::-1, ::-1],
}
detector = cv2.FaceDetectorYN.create(sys.argv[1], "", (320, 320), 0.6, 0.3, 5000)
lines = [f"# OpenCV {cv2.__version__}"]
for name, pixels in pictures.items():
    height, width, _ = pixels.shape
    detector.setInputSize((width, height))
    _, faces = detector.detect(np.ascontiguousarray(pixels[..., ::-1]))
    for *box, score in [] if faces is None else faces.tolist():
        lines.append(" ".join([name, f"{score:.4f}", *(f"{number:.2f}" for number in box)]))
(HERE / "faces.txt").write_text("\n".join(lines) + "\n")
