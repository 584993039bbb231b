// The studio, in Chromium, where something is odd: photos that change or go, refused ones, tall ones, small windows, keys after clicks.
import fs from 'node:fs';
import { becomes, browser, check, folder, open, png, studio, testdata, whole } from './studio-lab.mjs';

const home = fs.mkdtempSync(`${folder}/studio-odd-`);
const face = `${testdata}/still/astronaut.jpg`;
const text = (page, id) => page.locator(`#${id}`).innerText();
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.name);
const fit = (page) => page.evaluate(() => document.querySelector('input[name=fit]:checked').value);
const click = (page, value) => page.locator(`input[value=${value}]`).click({ force: true });
const refused = (page, words) => becomes(page, (asked) => document.getElementById('refused').innerText.includes(asked), words);
const noAvatars = (page) => page.evaluate(() => [...document.querySelectorAll('.slack img')].every((image) => !image.hasAttribute('src')));
const disabled = (page, id) => page.getAttribute(`#${id}`, 'aria-disabled');
/** A photo is overwritten: by a whole one, as programs do that save. */
const put = (file, bytes) => {
  fs.writeFileSync(`${file}.new`, bytes);
  fs.renameSync(`${file}.new`, file);
};
/** Photos are looked at anew every few seconds; nothing may be said of other pages then. */
async function saysNothingOfOthers(page, name) {
  await page.waitForTimeout(3500);
  const [isShown, complaints] = [await page.locator('#conflict').isVisible(), page.complaints];
  check(`says nothing of another page (${name})`, !isShown && complaints.length === 0, [isShown, complaints]);
}

// --- one photo that is overwritten after something was chosen for it, and then deleted
fs.copyFileSync(face, `${home}/ann.jpg`);
const one = await studio(home, 'ann.jpg', '-o', 'avatar.jpg');
let page = await open(one.url);
await whole(page);
await click(page, 'cover');
await whole(page);
check('gives the keys back to the square after a click on a mode', (await focused(page)) === 'canvas', await focused(page));
await page.keyboard.press('ArrowDown');
await page.keyboard.press('+');
await whole(page);
check('moves the square then, and changes no mode', (await fit(page)) === 'crop', await fit(page));
await page.focus('input[name=fit]:checked');
await page.keyboard.press('ArrowLeft');
await whole(page);
check('lets those who walk through the modes by keyboard stay there', (await fit(page)) === 'contain' && (await focused(page)) === 'fit', [await fit(page), await focused(page)]);
put(`${home}/ann.jpg`, png(700, 600, 11));
await page.click('#save');
check('says that the file has changed, with a button to look again', (await refused(page, 'changed')) && (await page.locator('#look-again').isVisible()), await text(page, 'refused'));
check('saves nothing of it', !fs.existsSync(`${home}/avatar.jpg`), fs.readdirSync(home));
check('shows no older avatar beside it', await noAvatars(page), await text(page, 'sum'));
check('offers nothing that cannot be done', (await disabled(page, 'save')) === 'true' && (await disabled(page, 'copy')) === 'true', '');
await saysNothingOfOthers(page, 'one, changed');
fs.rmSync(`${home}/ann.jpg`);
check('says that it is gone once it is', await becomes(page, () => !/changed/.test(document.getElementById('refused').innerText)), await text(page, 'refused'));
put(`${home}/ann.jpg`, png(640, 620, 22));
await page.waitForTimeout(100);
await page.click('#look-again');
await whole(page);
check('goes on with the newer photo', (await text(page, 'square-text')).includes('620') && (await disabled(page, 'save')) === 'false', await text(page, 'square-text'));
await saysNothingOfOthers(page, 'one, again');
await page.context().close();

// --- tall ones, and low windows: the buttons stay in the window
fs.writeFileSync(`${home}/tall.png`, png(352, 800, 33));
const tall = await studio(home, 'tall.png', '-o', 'tall-out.png');
for (const height of [800, 640]) {
  page = await open(tall.url, { viewport: { width: 1280, height } });
  await whole(page);
  const ends = () => page.evaluate(() => ['set', 'copy', 'at-side', 'canvas'].map((id) => document.getElementById(id).getBoundingClientRect().bottom));
  const seen = await ends();
  check(`keeps all controls in a window of 1280 x ${height}`, seen.every((end) => end > 100 && end <= height), seen);
  // A small square keeps its four corners apart.
  await page.fill('#at-side', '16');
  await page.locator('#at-side').blur();
  await whole(page);
  const marks = await page.evaluate(() => {
    const side = document.getElementById('square').getBoundingClientRect().width;
    return [side, parseFloat(getComputedStyle(document.querySelector('.nw'), '::after').width)];
  });
  check(`draws corners that fit a small square (${height})`, marks[1] * 2 < marks[0], marks);
  await page.screenshot({ path: `${folder}/studio-tall-${height}.png` });
  await page.context().close();
}
page = await open(tall.url);
await whole(page);
tall.child.kill('SIGKILL');
await tall.ended;
await click(page, 'cover');
await becomes(page, () => !document.getElementById('gone').hidden);
const low = await page.evaluate(() => ['copy', 'at-side'].map((id) => document.getElementById(id).getBoundingClientRect().bottom));
check('keeps them there under a notice', low.every((end) => end <= 800), low);
await page.context().close();

// --- many: refused ones, and one that changes while it is open
fs.mkdirSync(`${home}/people`);
fs.copyFileSync(face, `${home}/people/ann.jpg`);
fs.writeFileSync(`${home}/people/bob.png`, png(700, 600, 44));
fs.writeFileSync(`${home}/people/empty.jpg`, '');
fs.writeFileSync(`${home}/people/torn.jpg`, fs.readFileSync(face).subarray(0, 9000));
const many = await studio(home, 'people', '-o', 'avatars');
page = await open(many.url);
await becomes(page, () => document.querySelectorAll('.cell.loaded:not([hidden])').length === 2 && document.querySelectorAll('.cell.refused').length === 2);
const visit = async (name) => {
  await page.locator('.cell:visible', { hasText: name }).click();
  await becomes(page, (asked) => document.getElementById('title').textContent === asked, name);
};
for (const name of ['empty.jpg', 'torn.jpg']) {
  await visit(name);
  await becomes(page, () => document.getElementById('accept').getAttribute('aria-disabled') === 'true');
  check(`accepts no ${name}`, (await disabled(page, 'accept')) === 'true' && (await disabled(page, 'copy')) === 'true', await text(page, 'state'));
  check(`does not call ${name} a default`, !(await text(page, 'state')).includes('default'), await text(page, 'state'));
  await page.keyboard.press('Escape');
}
const titled = (name) => becomes(page, (asked) => document.getElementById('title').textContent === asked, name);
await visit('bob.png');
await whole(page);
await click(page, 'cover');
await whole(page);
await page.keyboard.press(' ');
check('accepts with space after a click on a mode', await titled('ann.jpg'), await text(page, 'title'));
await page.keyboard.press('k');
await titled('bob.png');
await whole(page);
await page.focus('input[name=fit]:checked');
await page.keyboard.press('Enter');
check('accepts with Enter on the mode that is chosen', await titled('ann.jpg'), await text(page, 'title'));
await page.keyboard.press('k');
await titled('bob.png');
await whole(page);
put(`${home}/people/bob.png`, png(710, 610, 55));
await click(page, 'contain');
check('says that an open photo has changed', await refused(page, 'changed'), await text(page, 'main'));
await saysNothingOfOthers(page, 'many, changed');
await page.click('#look-again');
await whole(page);
await click(page, 'cover');
await whole(page);
check('takes a choice for the newer one', await becomes(page, () => document.getElementById('state').textContent === 'Chosen, and saved.'), await text(page, 'state'));
await page.route('**/choice', (route) => route.fulfill({ status: 422, contentType: 'application/json', body: '{"message":"there is no room","hint":null}' }));
await click(page, 'contain');
check('says what is not saved', await becomes(page, () => document.getElementById('state').textContent === 'Not saved.'), await text(page, 'state'));
check('says why', (await text(page, 'toasts')).includes('there is no room'), await text(page, 'toasts'));
await saysNothingOfOthers(page, 'many, not saved');
await page.unroute('**/choice');
await page.keyboard.press('Escape');
await page.click('#make');
await becomes(page, () => !document.getElementById('making-close').hidden);
const [said, closer] = await page.evaluate(() => ['making-text', 'making-close'].map((id) => document.getElementById(id).getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2));
check('has the cross beside what it says', Math.abs(said - closer) < 12, [said, closer]);
await page.waitForTimeout(3000);
const ticked = await page.evaluate(() => [...document.querySelectorAll('.cell.chosen:not([hidden]) .name')].map((name) => name.textContent).sort());
check('ticks off only what has an avatar', String(ticked) === 'ann.jpg,bob.png', ticked);
await page.screenshot({ path: `${folder}/studio-made.png` });
await page.context().close();
await browser.close();
process.exit();
