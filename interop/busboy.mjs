// Answers like Slack and prints what busboy makes of each upload, as one line of JSON. The first line is its address.
import { createHash } from 'node:crypto';
import http from 'node:http';
import busboy from 'busboy';

let uploads = 0;
const server = http.createServer((request, response) => {
  const answer = () => {
    const profile = { avatar_hash: uploads.toString(16).padStart(12, '0') };
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ ok: true, profile }));
  };
  if (request.url !== '/api/users.setPhoto') {
    request.resume().on('end', answer);
    return;
  }
  const upload = { fields: {}, files: {} };
  const add = (to, name, value) => (to[name] ??= []).push(value);
  const parser = busboy({ headers: request.headers });
  parser.on('field', (name, value) => add(upload.fields, name, value));
  parser.on('file', (name, file, { filename, mimeType }) => {
    const hash = createHash('sha256');
    file.on('data', (piece) => hash.update(piece));
    file.on('end', () => add(upload.files, name, [filename, mimeType, hash.digest('hex')]));
  });
  parser.on('close', () => {
    uploads += 1;
    console.log(JSON.stringify(upload));
    answer();
  });
  request.pipe(parser);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/api/`));
