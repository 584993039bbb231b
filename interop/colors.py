"""PNG colors that are declared without a profile: what `headshot normalize` makes of them, against Chromium's pixels."""

import base64
import json
import re
import shutil
import struct
import subprocess
import zlib

P3 = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
ADOBE = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
# Bradford matters here, because the white is NTSC's.
NTSC = (31006, 31616, 67000, 33000, 21000, 71000, 14000, 8000)

# What a mean may differ by, in levels of 255: BT.2408 leaves tone mapping open.
SDR, HDR = 1.5, 12


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def cicp(primaries, transfer):
    return chunk(b"cICP", bytes([primaries, transfer, 0, 1]))


def gama(gamma):
    return chunk(b"gAMA", struct.pack(">I", gamma))


def chrm(points):
    return chunk(b"cHRM", struct.pack(">8I", *points))


def content_light(nits):
    return chunk(b"cLLI", struct.pack(">II", nits * 10_000, 0))


CASES = {
    "cICP Display P3": (cicp(12, 13), SDR),
    "cICP BT.709, BT.709 curve": (cicp(1, 1), SDR),
    "cICP BT.2020, BT.709 curve": (cicp(9, 14), SDR),
    "cICP BT.2020, sRGB curve": (cicp(9, 13), SDR),
    "cICP Display P3, gamma 2.2": (cicp(12, 4), SDR),
    "cICP BT.709, gamma 2.8": (cicp(1, 5), SDR),
    "cICP BT.709, linear": (cicp(1, 8), SDR),
    "cICP BT.2020, linear": (cicp(9, 8), SDR),
    "cICP BT.601": (cicp(6, 13), SDR),
    "cICP DCI-P3": (cicp(11, 13), SDR),
    "cICP of a video's range": (chunk(b"cICP", bytes([12, 13, 0, 0])), SDR),
    "gAMA 100000": (gama(100_000), SDR),
    "gAMA 55556": (gama(55_556), SDR),
    "gAMA 45455": (gama(45_455), SDR),
    "gAMA and cHRM of Display P3": (gama(45_455) + chrm(P3), SDR),
    "gAMA and cHRM of Adobe RGB": (gama(45_471) + chrm(ADOBE), SDR),
    "gAMA and cHRM of NTSC": (gama(45_455) + chrm(NTSC), SDR),
    "cHRM alone": (chrm(P3), SDR),
    "sRGB before gAMA": (gama(100_000) + chunk(b"sRGB", b"\0"), SDR),
    "gAMA 44000": (gama(44_000), SDR),
    "gAMA 47000": (gama(47_000), SDR),
    "gAMA 48000": (gama(48_000), SDR),
    "gAMA with a cHRM that is too short": (gama(100_000) + chunk(b"cHRM", bytes(20)), SDR),
    "gAMA with a cHRM that is too long": (gama(100_000) + chunk(b"cHRM", bytes(36)), SDR),
    "gAMA with an sRGB of no intent": (gama(100_000) + chunk(b"sRGB", b"\x09"), SDR),
    "gAMA of five bytes": (chunk(b"gAMA", bytes([0, 1, 134, 160, 0])), SDR),
    "gAMA with an iCCP of garbage": (gama(100_000) + chunk(b"iCCP", b"x\0\0garbage"), SDR),
    "PQ, BT.2020": (cicp(9, 16), HDR),
    "PQ, Display P3": (cicp(12, 16), HDR),
    "PQ, of 400 nits": (cicp(9, 16) + content_light(400), HDR),
    "PQ, of 4000 nits": (cicp(9, 16) + content_light(4000), HDR),
    "HLG, BT.2020": (cicp(9, 18), HDR),
    "HLG, BT.709": (cicp(1, 18), HDR),
    "PQ, of 100 nits": (cicp(9, 16) + content_light(100), HDR),
    "HLG, of 400 nits": (cicp(9, 18) + content_light(400), HDR),
}


def png(chunks, bits):
    """512 x 512 pixels: 8 x 8 x 8 colors, each a field of 32 x 16."""
    rows = bytearray()
    for y in range(512):
        rows.append(0)
        for x in range(0, 512, 32):
            number = y // 16 * 16 + x // 32
            color = [(number >> shift & 7) * ((1 << bits) - 1) // 7 for shift in (6, 3, 0)]
            rows += struct.pack(">3H" if bits == 16 else ">3B", *color) * 32
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 512, 512, bits, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(rows)))
    return b"\x89PNG\r\n\x1a\n" + header + chunks + pixels + chunk(b"IEND", b"")


# The mean and the largest difference of the fields' middles, for each two pictures that follow each other.
PAGE = """<!doctype html>%s<pre id="told"></pre><script>
const pixels = (image) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 512, height: 512 });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, 512, 512).data;
};
onload = () => {
  const told = [];
  const images = [...document.images];
  for (let at = 0; at < images.length; at += 2) {
    const [shown, made] = [pixels(images[at]), pixels(images[at + 1])];
    let [sum, most] = [0, 0];
    for (let y = 8; y < 512; y += 16)
      for (let x = 16; x < 512; x += 32)
        for (const channel of [0, 1, 2]) {
          const place = (y * 512 + x) * 4 + channel;
          const apart = Math.abs(shown[place] - made[place]);
          [sum, most] = [sum + apart, Math.max(most, apart)];
        }
    told.push([sum / (512 * 3), most]);
  }
  document.getElementById('told').textContent = JSON.stringify(told);
};
</script>"""


def check(lab):
    chromium = shutil.which("chromium")
    if chromium is None:
        print("# SKIPPED: there is no chromium to compare colors with.", flush=True)
        return
    folder = lab.home / "colors"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    cases = [(f"{name}, {bits} bits", png(chunks, bits), most) for name, (chunks, most) in CASES.items() for bits in (8, 16)]
    images = ""
    for number, (name, photo, _) in enumerate(cases):
        (folder / f"{number}.png").write_bytes(photo)
        made = folder / f"{number}-made.png"
        status, _, err = lab.headshot("normalize", folder / f"{number}.png", "-o", made)
        lab.check(f"colors {name}: there is an avatar", status == 0, err)
        for picture in (photo, made.read_bytes()):
            images += f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
    page = folder / "page.html"
    page.write_text(PAGE % images)
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--force-color-profile=srgb", f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
    told = re.search(r'<pre id="told">(.*?)</pre>', shown, re.DOTALL)
    apart = json.loads(told.group(1)) if told else []
    lab.equal("colors: Chromium showed all", len(apart), len(cases))
    for (name, _, most), (mean, worst) in zip(cases, apart):
        print(f"       {name}: {mean:.2f} in the mean, {worst} at most")
        lab.check(f"colors {name}: as in Chromium", mean <= most, f"a mean of {mean:.2f}, at most {most}")
