// One photo in the studio, in Chromium: the square, what it becomes, saved and set. Prints one check a line.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { ask, becomes, browser, check, folder, open, png, program, seen, studio, testdata, whole } from './studio-lab.mjs';

const home = fs.mkdtempSync(`${folder}/studio-one-`);
fs.copyFileSync(`${testdata}/still/astronaut.jpg`, `${home}/ann lee.jpg`);
fs.writeFileSync(`${home}/large.png`, png(1600, 1200, 7));
fs.copyFileSync(`${testdata}/animated/opaque.gif`, `${home}/moving.gif`);

const square = (page) => page.evaluate(() => ['at-x', 'at-y', 'at-side'].map((id) => Number(document.getElementById(id).value)));
const fit = (page) => page.evaluate(() => document.querySelector('input[name=fit]:checked').value);
const text = (page, id) => page.locator(`#${id}`).innerText();
/** Middle of the square, and so many pixels of the screen for one of the photo. */
async function where(page, width) {
  const frame = await page.locator('#canvas').boundingBox();
  const scale = frame.width / width;
  const [x, y, side] = await square(page);
  const at = (px, py) => [frame.x + px * scale, frame.y + py * scale];
  return { scale, middle: at(x + side / 2, y + side / 2), corner: at(x + side, y + side), at };
}
async function fill(page, values) {
  for (const [id, value] of Object.entries(values)) {
    await page.fill(`#at-${id}`, String(value));
    await page.locator(`#at-${id}`).blur();
  }
  await whole(page);
}

// --- a portrait
const one = await studio(home, 'ann lee.jpg', '-o', 'avatar.jpg', '--emulator');
let page = await open(one.url);
await whole(page);
const api = (where, options = {}) =>
  page.evaluate(async ([to, init]) => {
    const headers = { 'x-headshot-token': sessionStorage.getItem('headshot-token'), 'content-type': 'application/json' };
    return (await fetch(`/api/${to}`, { ...init, headers })).json();
  }, [where, options]);
check('takes the token out of the address', !page.url().includes('token') && !(await page.content()).includes(one.token), page.url());
const details = await api('photos/0');
const { face_square: framed } = details;
const face = details.faces[0];
check('frames the face at first', (await fit(page)) === 'face' && String(await square(page)) === String([framed.x, framed.y, framed.side]), framed);
const sizes = await page.evaluate(() => [...document.querySelectorAll('.slack')].map((panel) =>
  [...panel.querySelectorAll('.sizes img')].map((image) => [image.getBoundingClientRect().width, image.naturalWidth, image.naturalHeight])));
const wanted = [72, 48, 36, 24, 20].map((side) => [side, 512, 512]);
check('shows the avatar in five sizes on light and dark', JSON.stringify(sizes) === JSON.stringify([wanted, wanted]), sizes);
check('says what will be sent', /^JPEG · 512 × 512 · [\d.]+ kB$/.test(await text(page, 'sum')), await text(page, 'sum'));
const aloud = () => document.getElementById('live').textContent.includes('JPEG · 512 × 512');
check('reads it out', await becomes(page, aloud), await text(page, 'live'));
await page.locator('#skip').focus();
const reached = ['skip'];
for (let i = 0; i < 40; i += 1) {
  await page.keyboard.press('Tab');
  const id = await page.evaluate(() => document.activeElement.id || document.activeElement.name || document.activeElement.tagName);
  if (id === 'BODY' || reached.includes(id)) break;
  reached.push(id);
}
const order = ['skip', 'done', 'fit', 'rotate-left', 'canvas', 'smaller', 'at-x', 'at-side', 'full-size', 'format', 'quality', 'set', 'save', 'copy'];
const places = order.map((id) => reached.indexOf(id));
check('is reached by keyboard all over, in order', places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1])), reached);

await fill(page, { side: 222, x: 33, y: 44 });
check('takes numbers for the square', String(await square(page)) === '33,44,222' && (await fit(page)) === 'crop', await square(page));
check('says what enlarging does', (await text(page, 'square-text')).includes('enlarged 2.31 times to 512'), await text(page, 'square-text'));

// Dragged without snapping, by different distances on each axis, with at most one preview request at a time.
let [flying, most] = [0, 0];
const isPreview = (request) => request.url().endsWith('/avatar');
let newest;
page.on('response', (answer) => isPreview(answer) && (newest = answer.json().catch(() => null)));
page.on('request', (request) => isPreview(request) && (most = Math.max(most, (flying += 1))));
for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => isPreview(request) && (flying -= 1));
let at = await where(page, details.width);
await page.keyboard.down('Alt');
await page.mouse.move(...at.middle);
await page.mouse.down();
for (let i = 1; i <= 20; i += 1) await page.mouse.move(at.middle[0] + (i * 11 * at.scale) / 20, at.middle[1] + (i * 22 * at.scale) / 20);
await page.mouse.up();
await page.keyboard.up('Alt');
await whole(page);
check('is dragged', String(await square(page)) === '44,66,222', await square(page));
check('has one preview at a time on its way', most === 1, most);
at = await where(page, details.width);
await page.keyboard.down('Alt');
await page.mouse.move(at.corner[0] - 3, at.corner[1] - 3);
await page.mouse.down();
await page.mouse.move(at.corner[0] - 3 + 30 * at.scale, at.corner[1] - 3 + 33 * at.scale, { steps: 5 });
await page.mouse.up();
await page.keyboard.up('Alt');
await whole(page);
check('is resized at a corner', String(await square(page)) === '44,66,255', await square(page));
await page.click('#undo');
await whole(page);
check('is undone', String(await square(page)) === '44,66,222', await square(page));
await page.keyboard.press('Control+Shift+Z');
await whole(page);
check('is done again by keyboard', String(await square(page)) === '44,66,255', await square(page));

await page.focus('#canvas');
await fill(page, { side: 222 });
await page.focus('#canvas');
for (let i = 0; i < 11; i += 1) await page.keyboard.press('ArrowRight');
for (const key of ['Shift+ArrowDown', 'Shift+ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
await whole(page);
const [keyX, keyY] = await square(page);
check('is moved by arrows, and by ten with Shift', keyX === 55 && keyY === 88, await square(page));
await page.keyboard.press('+');
check('shrinks with plus', (await square(page))[2] < 222, await square(page));
await page.keyboard.press('-');
await page.keyboard.press('-');
check('grows with minus', (await square(page))[2] > 222, await square(page));

// Near the middle of the face it snaps, so that the face is in the middle, the eyes at 42 %.
const center = Math.round(face.box.x + face.box.width / 2 - 150 / 2);
const eyes = Math.round((face.eyes[0][1] + face.eyes[1][1]) / 2 - 0.42 * 150);
await fill(page, { side: 150, x: center + 40, y: eyes + 37 });
at = await where(page, details.width);
await page.mouse.move(...at.middle);
await page.mouse.down();
await page.mouse.move(at.middle[0] - 38 * at.scale, at.middle[1] - 34 * at.scale, { steps: 6 });
const guides = await page.locator('.guide:visible').count();
await page.mouse.up();
await whole(page);
const snapped = await square(page);
const isNear = Math.abs(snapped[0] - center) <= 1 && Math.abs(snapped[1] - eyes) <= 1;
check('snaps to the face, and shows by what', isNear && guides === 2, { snapped, center, eyes, guides });
await page.mouse.dblclick(...at.middle);
await whole(page);
check('frames the face at a double click', (await fit(page)) === 'face' && String(await square(page)) === String([framed.x, framed.y, framed.side]), await square(page));

await page.locator('input[value=contain]').check({ force: true });
await page.locator('input[name=bars][value=blur]').check({ force: true });
await page.locator('input[name=format][value=png]').check({ force: true });
await whole(page);
check('keeps the whole photo with bars, as a PNG', (await text(page, 'sum')).startsWith('PNG'), await text(page, 'sum'));
await page.locator('input[name=format][value=auto]').check({ force: true });
await page.locator('#quality').fill('77');
await fill(page, { side: 222, x: 33, y: 44 });
await page.click('#rotate-right');
await becomes(page, () => document.getElementById('at-x').value !== '33');
await whole(page);
check('turns the square with the photo', String(await square(page)) === String([details.height - 44 - 222, 33, 222]), await square(page));

// What you see is what is saved, and what the command makes.
const shown = Buffer.from((await newest).image.split(',')[1], 'base64');
await page.click('#save');
await becomes(page, () => /good|bad/.test(document.getElementById('state').className));
const file = `${home}/avatar.jpg`;
const saved = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
check('saves the very bytes that it has shown', saved.length > 1000 && saved.equals(shown), await text(page, 'state'));
await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
await page.click('#copy');
const command = await page.evaluate(() => navigator.clipboard.readText());
fs.rmSync(file, { force: true });
const PATH = `${path.dirname(program)}:${process.env.PATH}`;
execFileSync('bash', ['-c', command], { cwd: home, env: { ...process.env, PATH }, stdio: 'ignore' });
check('copies the command that makes the same bytes', fs.readFileSync(file).equals(saved), command);
await page.click('#set');
await becomes(page, () => /set/.test(document.getElementById('state').textContent) && /good|bad/.test(document.getElementById('state').className));
const said = await text(page, 'state');
check('sets it on the emulator', said.startsWith('set'), said);
const set = await api('photos/0/set', { method: 'POST', body: JSON.stringify({ choice: { fit: 'crop', crop: { x: 11, y: 22, side: 333 } } }) });
const emulator = new URL(set.profile.image_512).origin;
const profile = await (await fetch(`${emulator}/api/users.profile.get`, { headers: { authorization: 'Bearer xoxp-emulator' } })).json();
check('is read back from the emulator', profile.profile?.avatar_hash === set.profile.avatar_hash && set.profile.avatar_hash.length > 9, profile);
const [chosenBefore, hashBefore] = [await square(page), page.url()];
await page.reload();
await whole(page);
check('goes on after a reload', String(await square(page)) === String(chosenBefore), [chosenBefore, hashBefore]);
check('has no complaint', page.complaints.length === 0, page.complaints);

// --- who may ask
const good = { host: `127.0.0.1:${one.port}`, 'x-headshot-token': one.token };
const asked = async (name, status, headers, method) => {
  const answer = await ask(one.port, '/api/studio', headers, method);
  check(`answers ${status} ${name}`, answer.status === status, answer.status);
};
await asked('to its own page', 200, good);
await asked('to localhost', 200, { ...good, host: `localhost:${one.port}` });
await asked('without the token', 401, { host: good.host });
await asked('to another token', 401, { ...good, 'x-headshot-token': 'x'.repeat(one.token.length) });
await asked('to a rebound name', 403, { ...good, host: `evil.test:${one.port}` });
await asked('to another origin', 403, { ...good, origin: 'http://evil.test' });
await asked('to another site', 403, { ...good, 'sec-fetch-site': 'cross-site' });
const policy = (await ask(one.port, '/', { host: good.host })).headers['content-security-policy'];
check('has a strict policy', policy?.includes("default-src 'none'") && policy.includes("script-src 'self'"), policy);
const elsewhere = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>evil</p>'));
await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
const evil = await (await browser.newContext()).newPage();
await evil.goto(`http://evil.test:${elsewhere.address().port}/`);
const read = await evil.evaluate(([origin, token]) =>
  fetch(`${origin}/api/studio`, { headers: { 'x-headshot-token': token } }).then((answer) => answer.text(), () => 'refused'), [one.origin, one.token]);
check('is not read by another site', read === 'refused', read);
await evil.goto(`http://evil.test:${one.port}/#token=${one.token}`).catch(() => {});
check('shows nothing under a rebound name', !(await evil.content()).includes('id="stage"'), await evil.content());
await evil.context().close();
elsewhere.close();

await seen(one.url, 'one', whole);
one.child.kill('SIGKILL');
await one.ended;
await page.click('#frame');
check('says in one sentence that the server is gone', await becomes(page, () => /headshot has stopped/.test(document.getElementById('gone').innerText)), await text(page, 'gone'));
await page.context().close();

// --- a large one without a face, and without Slack
const large = await studio(home, 'large.png');
page = await open(large.url);
await whole(page);
check('says why it cannot set or save', (await page.locator('#set').getAttribute('aria-disabled')) === 'true' && /-o/.test(await text(page, 'save-reason')), await text(page, 'set-reason'));
await fill(page, { side: 400, x: 111, y: 222 });
check('marks the smallest useful square', await page.locator('#smallest').isVisible(), await text(page, 'square-text'));
await fill(page, { side: 900 });
check('has no mark where the square is large enough', !(await page.locator('#smallest').isVisible()), await text(page, 'square-text'));
await page.context().close();

// --- an animation
const moving = await studio(home, 'moving.gif', '-o', 'moving-out.gif');
for (const reducedMotion of ['no-preference', 'reduce']) {
  page = await open(moving.url, { reducedMotion });
  await whole(page);
  const avatar = page.locator('.light .a72');
  const looks = new Set();
  for (let i = 0; i < 20 && looks.size < 2; i += 1) {
    looks.add((await avatar.screenshot()).toString('base64'));
    await page.waitForTimeout(100);
  }
  const moves = reducedMotion === 'no-preference';
  check(moves ? 'plays an animation' : 'holds still for those who prefer it', (looks.size > 1) === moves, looks.size);
  check(`offers to ${moves ? 'pause' : 'play'} it`, (await text(page, 'motion')) === (moves ? 'Pause' : 'Play'), await text(page, 'motion'));
  await page.context().close();
}
await browser.close();
process.exit();
