// Thousands of photos in the studio, in Chromium: the grid, the keyboard, choices that stay, two pages at once, hostile names.
import fs from 'node:fs';
import { accessible, becomes, browser, check, folder, open, png, seen, studio, testdata, whole } from './studio-lab.mjs';

const COUNT = 2000;
const home = fs.mkdtempSync(`${folder}/studio-many-`);
const hostile = ['<img src=x onerror=hacked=1>.png', '"><script>hacked=1<\u2215script>.png', "' onmouseover=hacked=1 '.png", 'line\nbreak.png'];
fs.mkdirSync(`${home}/people/team`, { recursive: true });
for (let i = 1; i <= COUNT; i += 1) fs.writeFileSync(`${home}/people/team/p${String(i).padStart(4, '0')}.png`, png(24, 18, i));
hostile.forEach((name, i) => fs.writeFileSync(`${home}/people/${name}`, png(40, 30, 3000 + i)));
fs.copyFileSync(`${testdata}/still/astronaut.jpg`, `${home}/people/ann.jpg`);
fs.copyFileSync(`${testdata}/still/astronaut.jpg`, `${home}/people/bob.jpg`);
fs.appendFileSync(`${home}/people/bob.jpg`, 'another');
fs.writeFileSync(`${home}/people/broken.jpg`, 'this is no photo');
const all = COUNT + hostile.length + 3;
const choices = () => JSON.parse(fs.readFileSync(`${home}/avatars/.headshot/choices.json`, 'utf8'));
const text = (page, id) => page.locator(`#${id}`).innerText();
const cell = (page) => page.evaluate(() => document.querySelector('.cell.current')?.textContent);
const gridded = (page) => becomes(page, () => document.querySelectorAll('.cell.loaded:not([hidden])').length > 5);
const search = async (page, words) => {
  await page.fill('#search', words);
  await page.waitForTimeout(200);
};
const saved = (page) => becomes(page, () => document.getElementById('state').textContent === 'Chosen, and saved.');

let server = await studio(home, 'people', '-o', 'avatars');
let page = await open(server.url);
check('shows a grid', await gridded(page), page.complaints);
const took = await page.evaluate(() => performance.getEntriesByType('resource').find((one) => one.name.includes('/thumb')).responseEnd);
console.error(`studio: the first avatar of ${all} photos was there after ${Math.round(took)} ms`);
const listed = await page.evaluate(() => [document.querySelector('[role=option]').getAttribute('aria-setsize'), document.querySelectorAll('[role=option]').length]);
check(`has ${all} photos, and few of them in the page`, Number(listed[0]) === all && listed[1] < 150, listed);
check('has the refused one first', (await cell(page)).includes('broken.jpg') && (await cell(page)).includes('refused'), await cell(page));

// Scrolling through all of them: the page stays small, and the last one is reached.
const frames = await page.evaluate(async () => {
  const grid = document.getElementById('grid');
  const gaps = [];
  let last = performance.now();
  while (grid.scrollTop + grid.clientHeight < grid.scrollHeight - 1) {
    grid.scrollTop += 900;
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps.sort((a, b) => a - b);
});
console.error(`studio: scrolling drew ${frames.length} frames, half within ${frames[frames.length >> 1].toFixed(1)} ms, 99 % within ${frames[Math.floor(frames.length * 0.99)].toFixed(1)} ms`);
const cells = await page.locator('[role=option]').count();
check('keeps few in the page while it is scrolled', cells < 150, cells);
await page.focus('#grid');
await page.keyboard.press('End');
check('reaches the last by keyboard', (await page.locator('.cell.current').getAttribute('aria-posinset')) === String(all), await cell(page));
await page.keyboard.press('Home');
await page.keyboard.press('j');
await page.keyboard.press('j');
await page.keyboard.press('k');
check('goes by j and k', (await page.locator('.cell.current').getAttribute('aria-posinset')) === '2', await cell(page));
await page.keyboard.press('/');
await page.keyboard.type('p0011');
await page.waitForTimeout(300);
check('searches by name', (await page.locator('[role=option]:visible').count()) === 1 && (await cell(page)).includes('p0011.png'), await cell(page));

// --- hostile names stay text, in the grid and on a photo's page
await search(page, 'onerror');
check('shows a hostile name as it is', (await page.locator('.cell:visible .name').innerText()) === hostile[0], await cell(page));
await page.locator('.cell:visible').click();
await whole(page);
check('shows it as a title, too', (await text(page, 'title')) === hostile[0], await text(page, 'title'));
await page.keyboard.press('Escape');
for (const name of ['script', 'onmouseover', 'break']) {
  await search(page, name);
  await page.locator('.cell:visible').hover();
}
check('runs no script of a name', await page.evaluate(() => typeof globalThis.hacked === 'undefined'), page.complaints);

// --- a choice by keyboard alone, saved at once
await search(page, 'ann');
await page.keyboard.press('Enter');
await page.keyboard.press('Enter');
await whole(page);
check('opens a photo with the focus on its square', await page.evaluate(() => document.activeElement.id === 'canvas'), page.url());
for (const key of ['-', 'Shift+ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
await whole(page);
check('saves a choice', await saved(page), await text(page, 'state'));
const square = await page.evaluate(() => ({ x: Number(document.getElementById('at-x').value), y: Number(document.getElementById('at-y').value), side: Number(document.getElementById('at-side').value) }));
check('has it in the choices file', JSON.stringify(choices().photos['ann.jpg']?.choice.crop) === JSON.stringify(square), choices());
await page.keyboard.press('Escape');
check('comes back to the grid, to the same photo', (await page.evaluate(() => document.activeElement.id)) === 'grid' && (await cell(page)).startsWith('ann.jpg'), await cell(page));
await search(page, 'bob');
await page.focus('#grid');
await page.keyboard.press(' ');
await becomes(page, () => document.querySelector('.cell.chosen:not([hidden])'));
await becomes(page, () => fetch('/api/photos?since=0', { headers: { 'x-headshot-token': sessionStorage.getItem('headshot-token') } }).then((answer) => answer.json()).then(({ photos }) => photos.filter((photo) => photo.choice).length === 2));
check('accepts with space', choices().photos['bob.jpg']?.choice.fit === 'face', choices());

// --- reload, and another day
await search(page, 'ann');
await page.locator('.cell:visible').click();
await whole(page);
await page.reload();
await whole(page);
check('is at the same photo after a reload', (await text(page, 'title')) === 'ann.jpg' && (await page.inputValue('#at-x')) === String(square.x), page.url());
check('has no complaint', page.complaints.length === 0, page.complaints);
await page.context().close();
server.child.kill('SIGTERM');
await server.ended;
server = await studio(home, 'people', '-o', 'avatars');
page = await open(server.url);
await gridded(page);
await page.click('[data-filter=chosen]');
const chosen = await page.evaluate(() => [...document.querySelectorAll('.cell:not([hidden]) .name')].map((name) => name.textContent).sort());
check('knows all choices when it is started again', String(chosen) === 'ann.jpg,bob.jpg', chosen);

// --- two pages choose for one photo
const other = await open(server.url);
await gridded(other);
for (const each of [page, other]) {
  await search(each, 'ann');
  await each.click('[data-filter=all]');
  await each.locator('.cell:visible').click();
  await whole(each);
}
await page.route('**/api/photos?since=*', (route) => route.abort());
await other.fill('#at-side', '222');
await other.locator('#at-side').blur();
check('saves the one page’s choice', await saved(other), await text(other, 'state'));
await page.fill('#at-side', '111');
await page.locator('#at-side').blur();
const told = await becomes(page, () => !document.getElementById('conflict').hidden);
check('tells the other page, and shows the newer choice', told && (await page.inputValue('#at-side')) === '222', await text(page, 'conflict'));
await page.unroute('**/api/photos?since=*');
check('overwrites nothing unseen', choices().photos['ann.jpg'].choice.crop.side === 222, choices().photos['ann.jpg']);
await page.click('#use-mine');
await saved(page);
await page.waitForLoadState('networkidle');
check('puts its own back when asked', choices().photos['ann.jpg'].choice.crop.side === 111, choices().photos['ann.jpg']);
check('shows that on the first page', await becomes(other, () => document.getElementById('at-side').value === '111'), await other.inputValue('#at-side'));
await other.context().close();

// --- a photo that changes, and one that is deleted
fs.appendFileSync(`${home}/people/bob.jpg`, 'changed');
await page.click('#back');
await search(page, 'bob');
await page.locator('.cell:visible').click();
check('says that the photo has changed', await becomes(page, () => /changed/.test(document.querySelector('main').innerText)), await text(page, 'main'));
await page.click('#back');
await page.context().close();

await seen(server.url, 'many', gridded);
page = await open(server.url);
await gridded(page);
await page.keyboard.press('?');
check('lists its shortcuts', await page.locator('#help').isVisible(), '');
await accessible(page, 'shortcuts');
await page.keyboard.press('Escape');
await page.click('#done');
check('ends', await becomes(page, () => !document.getElementById('end').hidden), await text(page, 'main'));
check('ends the program, too', (await server.ended) === 0, await server.ended);
await page.context().close();

// --- a few: make them all
fs.mkdirSync(`${home}/few`);
fs.copyFileSync(`${testdata}/still/astronaut.jpg`, `${home}/few/ann.jpg`);
fs.writeFileSync(`${home}/few/broken.jpg`, 'this is no photo');
fs.writeFileSync(`${home}/few/wide.png`, png(700, 600, 11));
const few = await studio(home, 'few', '-o', 'made');
page = await open(few.url);
await becomes(page, () => document.querySelectorAll('.cell.loaded:not([hidden])').length === 2);
await page.click('#make');
check('makes all, and says so', await becomes(page, () => !document.getElementById('making-close').hidden), await text(page, 'making'));
const made = fs.readdirSync(`${home}/made`).filter((name) => !name.startsWith('.'));
check('has made them', made.length === 2 && made.includes('ann.jpg'), made);
check('names what failed', (await page.locator('#making-failed').textContent()).includes('broken.jpg'), await text(page, 'making'));
await page.context().close();

// --- a manifest
fs.writeFileSync(`${home}/people.csv`, 'photo,user_id\nfew/ann.jpg,U012AB3CD\nfew/wide.png,U045EF6GH\n');
const rows = await studio(home, '--manifest', 'people.csv');
page = await open(rows.url);
await becomes(page, () => document.querySelectorAll('.cell.loaded:not([hidden])').length === 2);
await search(page, 'ann');
await page.locator('.cell:visible').click();
await whole(page);
await page.fill('#at-side', '222');
await page.locator('#at-side').blur();
await saved(page);
const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
const exported = fs.readFileSync(await download.path(), 'utf8');
check('exports a manifest with the choice', /few\/ann\.jpg.*222/.test(exported) && exported.includes('U045EF6GH'), exported);
check('edits no manifest', !fs.readFileSync(`${home}/people.csv`, 'utf8').includes('222'), '');
await browser.close();
process.exit();
