// @slack/web-api against our emulator: photo, profile, members, errors. Prints one check a line.
import fs from 'node:fs';
import { WebClient } from '@slack/web-api';

const [slackApiUrl, photo, text] = process.argv.slice(2);
const image = fs.readFileSync(photo);
const check = (name, ok, found) => console.log(JSON.stringify({ name: `@slack/web-api ${name}`, ok, found: JSON.stringify(found) }));
const logger = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => 'error' };
const quiet = { slackApiUrl, logger, retryConfig: { retries: 0 } };
const client = new WebClient('xoxp-emulator--node', quiet);
const shown = async () => (await client.users.profile.get()).profile.avatar_hash;

const before = await shown();
const set = (await client.users.setPhoto({ image })).profile.avatar_hash;
check('sets a photo, as a Buffer', set !== before && set === (await shown()), set);
const cropped = (await client.users.setPhoto({ image, crop_x: 11, crop_y: 22, crop_w: 333 })).profile;
check('sets a photo with a crop', cropped.avatar_hash !== set && cropped.avatar_hash === (await shown()), cropped);
check('finds an address for each size', 'image_24' in cropped && 'image_512' in cropped, cropped);
await client.users.deletePhoto();
check('deletes the photo', (await shown()) === before, await shown());

const status = { status_text: 'riding', status_emoji: ':train:' };
const changed = (await client.users.profile.set({ profile: JSON.stringify(status) })).profile;
check('sets a status', changed.status_text === 'riding' && changed.status_emoji === ':train:', changed);
const sizes = [];
const members = new Set();
for await (const page of client.paginate('users.list', { limit: 7 })) {
  sizes.push(page.members.length);
  page.members.forEach((member) => members.add(member.id));
}
const sum = sizes.reduce((a, b) => a + b);
check('pages through users.list', sizes.length > 2 && sizes.slice(0, -1).every((n) => n === 7) && members.size === sum, sizes);
const admin = (await client.users.info({ user: 'U0ADMIN' })).user;
check('reads users.info', admin.id === 'U0ADMIN', admin);
const found = (await client.users.lookupByEmail({ email: admin.profile.email })).user;
check('looks up by e-mail', found.id === 'U0ADMIN', found);
const identity = await new WebClient('xoxp-emulator-identity--node', quiet).users.identity({});
check('reads users.identity', identity.user.id === 'U0MEMBER', identity);
await client.users.setPresence({ presence: 'away' });
const presence = await client.users.getPresence({});
check('sets and reads presence', presence.presence === 'away', presence);

async function refused(name, code, call, needed) {
  try {
    check(`meets ${code}: ${name}`, false, await call());
  } catch (error) {
    const ok = error.data?.error === code && (!needed || error.data.needed === needed);
    check(`meets ${code}: ${name}`, ok, String(error));
  }
}
const other = (token) => new WebClient(token, quiet).users;
await refused('a token that was never issued', 'invalid_auth', () => other('xoxp-nobody').profile.get());
await refused('no token', 'not_authed', () => other(undefined).profile.get());
await refused('a reader', 'missing_scope', () => other('xoxp-emulator-readonly--node').setPhoto({ image }), 'users.profile:write');
await refused('a bot', 'not_allowed_token_type', () => other('xoxb-emulator--node').setPhoto({ image }));
await refused('a text', 'bad_image', () => client.users.setPhoto({ image: fs.readFileSync(text) }));
await refused('a user who is not there', 'user_not_found', () => client.users.info({ user: 'U0NOBODY' }));
