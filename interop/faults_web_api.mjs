// Meets faults with @slack/web-api, side by side: cells as JSON on standard input, what became of each as lines of JSON.
import fs from 'node:fs';
import util from 'node:util';
import { ErrorCode, WebClient } from '@slack/web-api';

const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => 'error' };

async function meet(cell) {
  const client = new WebClient(cell.token, {
    slackApiUrl: cell.base_url,
    timeout: cell.timeout * 1000,
    retryConfig: { retries: cell.retries, minTimeout: 200, maxTimeout: 500 },
    logger: silent,
  });
  let seen;
  try {
    const reply = await client.users.setPhoto({ image: fs.readFileSync(cell.photo) });
    const warnings = [...(reply.warning ?? '').split(','), ...(reply.response_metadata?.warnings ?? [])];
    seen = { outcome: 'set', warnings };
  } catch (error) {
    seen = told(error, cell.token);
  }
  console.log(JSON.stringify({ id: cell.id, ...seen }));
}

function told(error, token) {
  const coded = Object.values(ErrorCode).includes(error.code);
  // What fetch throws while a reply is being read.
  const broken = error.name === 'TimeoutError' || String(error.cause?.code).startsWith('UND_ERR');
  const status = error.statusCode ?? null;
  const code = error.data?.error?.slice(0, 300) ?? null;
  const cause = error.original?.cause?.code ?? error.original?.code;
  const open =
    broken ||
    (error.code === ErrorCode.RequestError && cause !== 'ECONNREFUSED') ||
    status === 408 ||
    status >= 500 ||
    ['internal_error', 'fatal_error'].includes(code);
  const printed = `${error.message}\n${error.stack}\n${util.inspect(error, { depth: 8 })}`;
  return {
    outcome: 'error',
    kind: error.name,
    foreseen: coded || broken,
    open,
    code,
    status,
    limited: error.code === ErrorCode.RateLimitedError || code === 'ratelimited',
    retry_after: error.retryAfter ?? null,
    text: String(error.message).slice(0, 300),
    secret: printed.includes(token) || /[\u001b\u0007\r\u0000\u202e]/.test(String(error.message)),
  };
}

const cells = JSON.parse(fs.readFileSync(0, 'utf8'));
// One after the other, so that a rush delays none of them.
const meetings = [];
for (const cell of cells) {
  meetings.push(meet(cell));
  await new Promise((resolve) => setTimeout(resolve, 30));
}
await Promise.all(meetings);
process.stdout.write('', () => process.exit(0));
