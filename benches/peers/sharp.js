// sharp behind a pipe: an order in JSON on each line, an answer for each. Started by src/sharp.rs.
const fs = require('fs');
const sharp = require('sharp');

sharp.concurrency(1);
sharp.cache(false);

// The most memory this process has held, in bytes, where the system tells (Linux).
function peak() {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return null;
  }
}

function work(photo, order) {
  const { side, fit, format, quality, shrink = true, crop, position } = order;
  if (format === 'gif') {
    return sharp(photo, { animated: true, limitInputPixels: false }).resize(side, side, { fit }).gif();
  }
  // Upright, sRGB and without metadata: what sharp does unless told otherwise, but for the first.
  const image = sharp(photo, { limitInputPixels: false }).autoOrient();
  if (crop) {
    image.extract({ left: crop[0], top: crop[1], width: crop[2], height: crop[3] });
  }
  image.resize(side, side, { fit, position, fastShrinkOnLoad: shrink });
  return format === 'png' ? image.png() : image.jpeg({ quality });
}

console.log(JSON.stringify({ version: `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}` }));
require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const order = JSON.parse(line);
  try {
    const photo = fs.readFileSync(order.from);
    const start = process.hrtime.bigint();
    const { data: avatar, info } = await work(photo, order).toBuffer({ resolveWithObject: true });
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    fs.writeFileSync(order.to, avatar);
    console.log(JSON.stringify({ ms, peak: peak(), left: info.cropOffsetLeft, top: info.cropOffsetTop }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message) }));
  }
});
