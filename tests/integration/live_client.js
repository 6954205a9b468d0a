// A websocket client that is not ours: npm's ws, as Debian packages it (node-ws). It does what is
// said to it on standard input, and tells on standard output what happens, a line each:
//   send TEXT   send a text message        frame TEXT         a message came
//   ping TEXT   send a ping                pong TEXT          so did the answer to a ping
//   leave       close with 1000            open PROTOCOL      the server has agreed to talk
//                                          refused STATUS     it has not
//                                          close CODE REASON  it is over
'use strict';
const readline = require('readline');
const WebSocket = require('ws');

const [, , url, ...protocols] = process.argv;
const socket = new WebSocket(url, protocols);
const tell = (...words) => process.stdout.write(words.join(' ') + '\n');

socket.on('open', () => tell('open', socket.protocol));
socket.on('message', (data, isBinary) => tell(isBinary ? 'binary' : 'frame', data.toString()));
socket.on('pong', (data) => tell('pong', data.toString()));
socket.on('unexpected-response', (_, response) => {
  tell('refused', response.statusCode);
  process.exit(0);
});
socket.on('error', (error) => tell('error', error.message));
socket.on('close', (code, reason) => {
  tell('close', code, reason.toString());
  process.exit(0);
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const space = line.indexOf(' ') < 0 ? line.length : line.indexOf(' ');
  const text = line.slice(space + 1);
  if (line.slice(0, space) === 'send') socket.send(text);
  if (line.slice(0, space) === 'ping') socket.ping(text);
  if (line === 'leave') socket.close(1000);
});
