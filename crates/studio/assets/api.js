// Requests to the server: each carries this tab's token, and each refusal becomes a `Refusal`.

const KEY = 'headshot-token';
const listeners = new Set();
let state = 'here';

// The token comes in the address's fragment, which no server sees, and is removed from there.
const offered = new URLSearchParams(location.hash.slice(1)).get('token');
if (offered) {
  sessionStorage.setItem(KEY, offered);
  history.replaceState(null, '', location.pathname);
}
const token = offered ?? sessionStorage.getItem(KEY);

// The user opened a newer address in this tab: only its fragment changed, so nothing was loaded.
addEventListener('hashchange', () => {
  if (new URLSearchParams(location.hash.slice(1)).has('token')) location.reload();
});

export const hasToken = token !== null;

/** What the server said no to. `status` is 0 where there was no answer. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? `the studio answered ${status}`);
    this.status = status;
    this.hint = body?.hint ?? null;
    this.body = body ?? {};
  }
}

/** Calls back with `here`, `gone` or `stranger` whenever that changes: a stranger does not know this tab's token. */
export function onState(listener) {
  listeners.add(listener);
}

function become(next) {
  if (state === next || state === 'ended') return;
  state = next;
  for (const listener of listeners) listener(next);
}

/** From now on it is no news that the server is gone. */
export function end() {
  state = 'ended';
}

async function request(path, { method = 'GET', body, signal, keepalive = false } = {}) {
  const headers = { 'x-headshot-token': token };
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response;
  try {
    const options = { method, headers, body: body && JSON.stringify(body), signal, keepalive, cache: 'no-store' };
    response = await fetch(`/api/${path}`, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    become('gone');
    throw new Refusal(0, { message: 'headshot does not answer' });
  }
  become(response.status === 401 ? 'stranger' : 'here');
  if (response.ok) return response;
  throw new Refusal(response.status, await response.json().catch(() => null));
}

export const get = async (path, options) => (await request(path, options)).json();
export const picture = async (path, options) => (await request(path, options)).blob();

export async function send(method, path, body, options = {}) {
  const response = await request(path, { ...options, method, body });
  const text = await response.text();
  return text ? JSON.parse(text) : {};
}
