"""Writes ICC profiles from numbers, so that nobody's copyrighted profile is embedded.

Matrix profiles follow ICC.1:2022 (version 4) and ICC.1:2001-04 (version 2).
"""

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
D65_XY = (0.3127, 0.3290)
P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
WIDE_PRIMARIES = ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060))  # the gamut of Adobe RGB (1998)
SRGB_PRIMARIES = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def xyz_of(xy):
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])


def adaptation():
    """The Bradford matrix that takes D65 to D50."""
    source, target = BRADFORD @ xyz_of(D65_XY), BRADFORD @ D50
    return np.linalg.inv(BRADFORD) @ np.diag(target / source) @ BRADFORD


def colorants(primaries):
    """Columns: the D50 XYZ of red, green and blue at full strength."""
    columns = np.stack([xyz_of(p) for p in primaries], axis=1)
    scale = np.linalg.solve(columns, xyz_of(D65_XY))
    return adaptation() @ (columns * scale)


def s15f16(values):
    return b"".join(struct.pack(">i", round(float(v) * 65536)) for v in values)


def xyz_tag(values):
    return b"XYZ \0\0\0\0" + s15f16(values)


def text_tag(text):
    return b"text\0\0\0\0" + text.encode() + b"\0"


def desc_tag(text):  # version 2: textDescriptionType
    ascii_text = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(ascii_text)) + ascii_text + bytes(4 + 4 + 2 + 1 + 67)


def mluc_tag(text):  # version 4: multiLocalizedUnicodeType
    data = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(data), 28) + data


def gamma_tag(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def srgb_curve_tag():  # parametric curve type 3: the sRGB transfer function of IEC 61966-2-1
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + s15f16([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])


def profile(version, device_class, space, pcs, tags):
    """Header, tag table and tags; equal tags are stored once."""
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    seen = {}
    for name, data in tags:
        if data not in seen:
            data_padded = data + bytes(-len(data) % 4)
            seen[data] = at + len(body)
            body += data_padded
        table += name + struct.pack(">II", seen[data], len(data))
    size = at + len(body)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), version << 24, device_class, space, pcs)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(4) + struct.pack(">I", 0) + bytes(4 + 4 + 8)
    header += struct.pack(">I", 1)  # relative colorimetric
    header += s15f16(D50) + bytes(128 - 80)
    assert len(header) == 128
    return header + struct.pack(">I", len(tags)) + table + body


CREDIT = "Public domain (CC0)"


def rgb_v4(name, primaries):
    """Version 4, the sRGB curve, the given primaries."""
    r, g, b = colorants(primaries).T
    curve = srgb_curve_tag()
    chad = b"sf32\0\0\0\0" + s15f16(adaptation().flatten())
    return profile(4, b"mntr", b"RGB ", b"XYZ ", [
        (b"desc", mluc_tag(name)), (b"cprt", mluc_tag(CREDIT)), (b"wtpt", xyz_tag(D50)), (b"chad", chad),
        (b"rXYZ", xyz_tag(r)), (b"gXYZ", xyz_tag(g)), (b"bXYZ", xyz_tag(b)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)])


def rgb_v2(name, primaries, gamma):
    """Version 2, a pure power curve."""
    r, g, b = colorants(primaries).T
    curve = gamma_tag(gamma)
    return profile(2, b"mntr", b"RGB ", b"XYZ ", [
        (b"desc", desc_tag(name)), (b"cprt", text_tag(CREDIT)), (b"wtpt", xyz_tag(D50)),
        (b"rXYZ", xyz_tag(r)), (b"gXYZ", xyz_tag(g)), (b"bXYZ", xyz_tag(b)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)])


def gray_v2(name, gamma):
    return profile(2, b"mntr", b"GRAY", b"XYZ ", [
        (b"desc", desc_tag(name)), (b"cprt", text_tag(CREDIT)), (b"wtpt", xyz_tag(D50)), (b"kTRC", gamma_tag(gamma))])


# --- a printing process -------------------------------------------------------------------------------------------
# Lab of paper, inks and overprints: round numbers close to offset on coated paper, relative to paper
# white. All four inks together are made exactly black, so that black point compensation has nothing to do.
OVERPRINTS = {
    "": (100, 0, 0), "C": (56, -37, -50), "M": (49, 75, -4), "Y": (90, -5, 94),
    "MY": (48, 69, 48), "CY": (51, -67, 33), "CM": (25, 18, -46), "CMY": (24, 0, 0),
    "K": (17, 0, 0), "CK": (10, -6, -8), "MK": (10, 10, -1), "YK": (15, -1, 10),
    "MYK": (8, 8, 5), "CYK": (8, -8, 4), "CMK": (4, 2, -5), "CMYK": (0, 0, 0),
}


def lab_to_xyz(lab):
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    return np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * D50


def xyz_to_lab(xyz):
    t = xyz / D50
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def ink_to_lab(ink):
    """Yule-Nielsen Neugebauer with n = 2: ink coverages 0..1, shape (.., 4), to Lab."""
    root = np.zeros(ink.shape[:-1] + (3,))
    for name, lab in OVERPRINTS.items():
        weight = np.ones(ink.shape[:-1])
        for channel, letter in enumerate("CMYK"):
            weight = weight * (ink[..., channel] if letter in name else 1 - ink[..., channel])
        xyz = np.maximum(lab_to_xyz(np.array(lab, float)), 0)
        root += weight[..., None] * np.sqrt(xyz)
    return xyz_to_lab(root**2)


def lab16(lab):
    """Lab as version 2 lut16Type holds it: 0xFF00 is 100, a and b from -128."""
    scaled = np.stack([lab[..., 0] * 652.8, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], axis=-1)
    return np.clip(np.round(scaled), 0, 65535).astype(">u2")


def lut16(inputs, outputs, grid, table):
    identity = struct.pack(">HH", 0, 65535)
    return (b"mft2\0\0\0\0" + bytes([inputs, outputs, grid, 0]) + s15f16(np.eye(3).flatten())
            + struct.pack(">HH", 2, 2) + identity * inputs + table.tobytes() + identity * outputs)


def cmyk_v2(name, grid=7):
    axis = np.linspace(0, 1, grid)
    ink = np.stack(np.meshgrid(axis, axis, axis, axis, indexing="ij"), axis=-1)
    to_lab = lut16(4, 3, grid, lab16(ink_to_lab(ink)))
    # An output profile must hold the reverse direction as well. Nothing reads it here: black ink for lightness is enough.
    light = np.linspace(1, 0, 2)
    back = np.zeros((2, 2, 2, 4))
    back[..., 3] = light[:, None, None]
    from_lab = lut16(3, 4, 2, np.round(back * 65535).astype(">u2"))
    gamut = lut16(3, 1, 2, np.zeros((2, 2, 2, 1), ">u2"))
    return profile(2, b"prtr", b"CMYK", b"Lab ", [
        (b"desc", desc_tag(name)), (b"cprt", text_tag(CREDIT)), (b"wtpt", xyz_tag(D50)),
        (b"A2B0", to_lab), (b"B2A0", from_lab), (b"gamt", gamut)])


P3 = rgb_v4("Display P3 gamut, sRGB curve", P3_PRIMARIES)
SRGB = rgb_v4("sRGB", SRGB_PRIMARIES)
WIDE = rgb_v2("Wide RGB, gamma 2.2", WIDE_PRIMARIES, 563 / 256)
GRAY = gray_v2("Gray, gamma 1.8", 1.8)
CMYK = cmyk_v2("Four inks on white paper")
