// The emulator's page in Chromium: without a photo, with a still, with an animation. Prints one check per line.
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const [page_url, base_url, executablePath, folder, still, moving] = process.argv.slice(2);
const check = (name, ok, found) => console.log(JSON.stringify({ name: `page ${name}`, ok, found: JSON.stringify(found) }));
const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const browser = await chromium.launch({ executablePath, args });

async function upload(file) {
  const form = new FormData();
  form.append('image', new Blob([fs.readFileSync(file)], { type: file.endsWith('gif') ? 'image/gif' : 'image/jpeg' }), file);
  const headers = { authorization: 'Bearer xoxp-emulator' };
  const reply = await (await fetch(`${base_url}users.setPhoto`, { method: 'POST', body: form, headers })).json();
  return reply.profile.avatar_hash;
}

async function open(colorScheme, options = {}) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 1000 }, ...options });
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(message.text()));
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('requestfailed', (request) => page.complaints.push(`${request.url()} failed`));
  await page.goto(page_url);
  await page.waitForLoadState('networkidle');
  return page;
}

const images = (page) =>
  page.evaluate(() =>
    [...document.images].map((image) => {
      const box = image.getBoundingClientRect();
      const panel = image.closest('.slack')?.classList ?? [];
      const theme = ['light', 'dark'].find((name) => [...panel].includes(name));
      return { theme, width: box.width, height: box.height, natural: image.naturalWidth, alt: image.alt, src: image.currentSrc };
    }),
  );

let page = await open('light');
check('loads without a photo', (await page.textContent('h1')) === 'headshot emulator', page.complaints);
check('says that there is no photo', (await page.textContent('main')).includes('No photo yet'), '');
await page.close();

const hash = await upload(still);
for (const scheme of ['light', 'dark']) {
  page = await open(scheme);
  const all = await images(page);
  const ours = all.filter((image) => image.src.includes(hash));
  check(`has no complaint (${scheme})`, page.complaints.length === 0, page.complaints);
  check(`shows every picture, square (${scheme})`, all.length > 0 && all.every((i) => i.natural > 0 && i.width === i.height), all);
  for (const theme of ['light', 'dark']) {
    const sides = new Set(ours.filter((image) => image.theme === theme).map((image) => image.width));
    const missing = [20, 24, 36, 48, 72, 192].filter((side) => !sides.has(side));
    check(`shows the photo at each size, ${theme} (${scheme})`, missing.length === 0, missing);
  }
  check(`describes every picture (${scheme})`, all.every((image) => image.alt.trim().length > 2), all.map((i) => i.alt));
  const background = () => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number);
  const [red] = await page.evaluate(background);
  check(`is ${scheme} where that is preferred`, scheme === 'light' ? red > 200 : red < 60, red);
  check(`fits the window (${scheme})`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), '');
  await page.screenshot({ path: `${folder}/page-${scheme}.png`, fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  check(`fits a phone (${scheme})`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), '');
  await page.screenshot({ path: `${folder}/page-${scheme}-phone.png`, fullPage: true });
  await page.close();
}

// By keyboard: the skip link first, then every link and fold in order, including the log.
page = await open('light');
const reached = [];
for (let i = 0; i < 40; i += 1) {
  await page.keyboard.press('Tab');
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    const region = element.getAttribute('role') === 'region';
    return { tag: element.tagName, text: region ? 'log' : element.textContent.trim(), seen };
  });
  if (focus.tag === 'BODY') break;
  reached.push(focus);
}
const texts = reached.map((focus) => focus.text);
check('is entered by keyboard at the link to the log', texts[0] === 'Skip to the log', texts);
const wanted = ['Reload', 'image_original', 'log', 'Tokens', 'Faults', 'FORM of Retry-After'];
const order = wanted.map((text) => texts.indexOf(text));
check('is reached by keyboard all over, in order', order.every((at, i) => at > (i ? order[i - 1] : 0)), texts);
check('shows where the focus is', reached.every((focus) => focus.seen), reached.filter((focus) => !focus.seen));
await page.locator('.skip').focus();
await page.keyboard.press('Enter');
check('goes to the log by its link', new URL(page.url()).hash === '#log', page.url());
await page.locator('summary', { hasText: 'Faults' }).focus();
await page.keyboard.press('Enter');
check('unfolds the faults by keyboard', await page.getByText('xoxp-fault-silence').isVisible(), '');

// A refused call, with a token that must not show up.
await fetch(`${base_url}users.profile.get?token=xoxp-canary-query`, { method: 'POST', headers: { authorization: 'Bearer xoxp-canary-header' } });
await page.goto(page_url);
const log = await page.locator('.log').innerText();
check('lists the calls', log.includes('POST users.setPhoto ok') && log.includes('users.profile.get'), log);
check('lists the events', log.includes('user_change U0MEMBER'), log);
check('holds no token that was sent', !(await page.content()).includes('canary'), '');
await page.close();

const animated = await upload(moving);
page = await open('dark');
const frames = (await images(page)).filter((image) => image.src.includes(animated));
check('shows a moving photo as one', frames.length > 0 && frames.every((image) => image.src.endsWith('.gif')), frames);
const large = page.locator('.sizes.dark img.s192');
const looks = new Set();
for (let i = 0; i < 20 && looks.size < 2; i += 1) {
  looks.add((await large.screenshot()).toString('base64'));
  await page.waitForTimeout(100);
}
check('moves', looks.size > 1, looks.size);
await page.screenshot({ path: `${folder}/page-moving.png`, fullPage: true });
await page.close();
page = await open('dark', { reducedMotion: 'reduce' });
const stills = (await images(page)).filter((image) => image.src.includes(animated));
check('holds still for those who prefer it', stills.length > 0 && stills.every((image) => image.src.endsWith('.png')), stills);
await browser.close();
