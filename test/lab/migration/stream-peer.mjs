/**
 * The other end of guest/stream.bash, in the segment's namespace: ADDRESS PORT. Sends numbered lines ten times a second and
 * counts those that come in. Prints a JSON object a line: "connected", "broken", and, when the guest has said "end", "ended".
 */
import { createServer } from 'node:net';

const [address, port] = process.argv.slice(2);
const tell = (event, more) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);

createServer((socket) => {
  tell('connected');
  let [sent, received, misplaced, bytes, longestSilence, rest] = [0, 0, 0, 0, 0, ''];
  let last = Date.now();
  const timer = setInterval(() => socket.write(`line ${sent++} ${'0'.repeat(160)}\n`), 100);
  socket.setEncoding('latin1');
  socket.on('data', (data) => {
    bytes += data.length;
    longestSilence = Math.max(longestSilence, Date.now() - last);
    last = Date.now();
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [word, number] = line.split(' ');
      if (word === 'line') misplaced += Number(number) === received++ ? 0 : 1;
      else {
        clearInterval(timer);
        socket.end('end\n');
        tell('ended', { sent, received, misplaced, bytes, longestSilence: longestSilence / 1000 });
      }
    }
  });
  socket.on('error', (error) => tell('broken', { message: error.message }));
  socket.on('close', () => clearInterval(timer));
}).listen(Number(port), address, () => tell('listening'));
