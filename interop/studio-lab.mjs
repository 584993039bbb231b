// What the studio's checks share: starting it, opening its page, and making pictures.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import zlib from 'node:zlib';
import { chromium } from 'playwright-core';

export const [program, executablePath, folder, testdata] = process.argv.slice(2);
export const check = (name, ok, found = '') =>
  console.log(JSON.stringify({ name: `studio ${name}`, ok: Boolean(ok), found: JSON.stringify(found) }));

// A name that a hostile page could point at this machine.
const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP evil.test 127.0.0.1',
];
export const browser = await chromium.launch({ executablePath, args });
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill()));

/** Runs `headshot studio` with these arguments, and resolves once it has printed its address. */
export function studio(cwd, ...words) {
  const env = { ...process.env, NO_COLOR: '1', HEADSHOT_STATE: `${folder}/state` };
  delete env.SLACK_TOKEN;
  const child = spawn(program, ['studio', ...words, '--no-open'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)));
  let said = '';
  return new Promise((done, fail) => {
    const read = (bytes) => {
      said += bytes;
      const url = said.match(/http:\/\/127\.0\.0\.1:(\d+)\/#token=(\S+)/);
      if (url) done({ url: url[0], origin: new URL(url[0]).origin, port: Number(url[1]), token: url[2], child, ended });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => fail(new Error(`the studio ended with ${code}: ${said}`)));
  });
}

/** A page of its own, with what it complains of. Answers that refuse are said on the page, so they are no complaint. */
export async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (!message.text().startsWith('Failed to load resource')) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error.stack)));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol === 'http:' && hostname !== '127.0.0.1') page.complaints.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

/** Whether this becomes true, within 20 seconds. */
export async function becomes(page, test, argument) {
  return page.waitForFunction(test, argument, { timeout: 20000 }).then(() => true, () => false);
}

/** Waits for the whole avatar of what is chosen now: no draft, and nothing under way. */
export async function whole(page) {
  await becomes(page, () => {
    const isOpen = document.getElementById('editor').getAttribute('aria-busy') === 'false';
    return isOpen && document.getElementById('right').getAttribute('aria-busy') === 'false';
  });
}

export async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 120))]);
  check(`has no serious finding of axe (${name})`, serious.length === 0, found);
}

/** The page in both themes and both widths: screenshots to be looked at, findings of axe, and nothing beyond the edge. */
export async function seen(url, name, ready) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      const page = await open(url, { colorScheme, viewport: { width, height: 800 } });
      await ready(page);
      await page.screenshot({ path: `${folder}/studio-${name}-${colorScheme}-${width}.png` });
      const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      check(`${name} fits ${width} pixels (${colorScheme})`, fits, width);
      await accessible(page, `${name}, ${colorScheme}, ${width}`);
      await page.context().close();
    }
  }
}

/** Status and text of a request that no browser would send. */
export function ask(port, path, headers = {}, method = 'GET') {
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let text = '';
      answer.on('data', (bytes) => (text += bytes));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', fail);
    request.end();
  });
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(checksum(body), body.length + 4);
  return framed;
}

function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** A PNG of this size, shaded so that no two of different seeds are alike. */
export function png(width, height, seed) {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y += 1) {
    at += 1;
    for (let x = 0; x < width; x += 1, at += 3) {
      rows[at] = (255 * x) / width;
      rows[at + 1] = (255 * y) / height;
      rows[at + 2] = seed % 256;
    }
    rows[y * (1 + width * 3) + 1] = seed >> 8;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
