// Signs in with Chromium: allowed, denied, answered twice, and with a closed window. Prints one check per line.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const [program, base_url, executablePath, state, folder] = process.argv.slice(2);
const check = (name, ok, found) => console.log(JSON.stringify({ name: `login ${name}`, ok, found: JSON.stringify(found) ?? '' }));
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args });
const env = { ...process.env, HEADSHOT_STATE: state };
delete env.SLACK_TOKEN;
delete env.HEADSHOT_CLIENT_ID;

// Everything that others could read: output, pages, and the arguments of every process.
const seen = [];
const processes = () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
  try { return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'); } catch { return ''; }
}).join('\n');

function run(...argv) {
  const child = spawn(program, argv, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ran = { child, out: '', err: '' };
  child.stdout.on('data', (data) => { ran.out += data; });
  child.stderr.on('data', (data) => { ran.err += data; });
  ran.end = new Promise((resolve) => child.on('close', (status) => { seen.push(ran.out, ran.err); resolve(status); }));
  return ran;
}

async function login(...more) {
  const ran = run('login', '--client-id', '11.22', '--port', '0', '--no-open', '--base-url', base_url, ...more);
  while (!/^http.*$/m.test(ran.err)) {
    if (ran.child.exitCode !== null) throw new Error(ran.err);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const address = ran.err.match(/^http.*$/m)[0];
  const page = await browser.newPage();
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(message.text()));
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await page.goto(address);
  seen.push(await page.content(), processes());
  return { ran, page };
}

const codes = [];
async function press(page, button) {
  page.on('response', (response) => {
    const code = new URL(response.url()).searchParams.get('code');
    if (code) codes.push(code);
  });
  await page.getByRole('button', { name: button }).click();
  await page.waitForURL(/\/callback\?/);
  seen.push(await page.content(), processes());
  return page.textContent('body');
}

const logins = () => (fs.existsSync(`${state}/logins`) ? fs.readdirSync(`${state}/logins`).filter((name) => name.endsWith('.json')) : []);

let { ran, page } = await login();
check('asks for what photos need', (await page.textContent('main')).includes('users.profile:write'), await page.textContent('main'));
await page.screenshot({ path: `${folder}/login-consent.png` });
let body = await press(page, 'Cancel');
check('says no in the page', body.includes('Not signed in') && body.includes('access_denied'), body);
check('ends with 1 after a no', (await ran.end) === 1 && ran.err.includes('the consent page says no'), ran.err);
check('keeps nothing after a no', logins().length === 0, logins());
await page.close();

({ ran, page } = await login('--wait', '3s'));
await page.close();
check('ends where the window is closed', (await ran.end) === 1 && ran.err.includes('no answer came within 3 s'), ran.err);

({ ran, page } = await login());
body = await press(page, 'Allow');
check('says yes in the page', body.includes('signed in as maya (U0MEMBER) in Headshot'), body);
check('has no complaint', page.complaints.length === 0, page.complaints);
await page.screenshot({ path: `${folder}/login-done.png` });
check('ends with 0 after a yes', (await ran.end) === 0, ran.err);
const again = await page.reload().then(() => 'answered', () => 'refused');
check('listens no more', again === 'refused', again);
await page.close();

check('keeps one login', logins().length === 1, logins());
const kept = JSON.parse(fs.readFileSync(`${state}/logins/${logins()[0]}`, 'utf8'));
const profile = run('profile', '--json', '--base-url', base_url);
check('needs no variable then', (await profile.end) === 0 && profile.out.includes('Maya'), profile.err);
const logout = run('logout', '--base-url', base_url);
check('logs out', (await logout.end) === 0 && logins().length === 0, logout.err);
const headers = { authorization: `Bearer ${kept.access_token}` };
const reply = await (await fetch(`${base_url}auth.test`, { method: 'POST', headers })).json();
check('has revoked the token', reply.error === 'token_revoked', reply);

const secrets = [kept.access_token, kept.refresh_token, ...codes];
check('had a code to look for', codes.length === 1, codes.length);
const hits = secrets.filter((secret) => seen.some((text) => text.includes(secret)));
check(`shows no secret in ${seen.length} outputs, pages and process lists`, hits.length === 0, hits.length);
await browser.close();
