import { connect, isIP, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ServerAddress } from '@weft/core';

/** No answer to these commands is longer. */
const LONGEST = 4_096;
const NO_REDIS = 'this is no Redis';

/**
 * Connects, authenticates where the address has a password, pings, and closes the connection.
 * Protocol: RESP (redis.io/docs/latest/develop/reference/protocol-spec); the answers to both commands are single lines.
 * @throws Error with the server's answer when it is not the right one
 */
export async function pingRedis(address: ServerAddress, signal: AbortSignal): Promise<void> {
  const { username, password } = address;
  const user = username === undefined ? [] : [username];
  const commands = [...(password === undefined ? [] : [['AUTH', ...user, password]]), ['PING']];
  const socket = addAbortSignal(signal, openSocket(address));
  socket.on('error', () => {});
  try {
    socket.write(commands.map(encode).join(''));
    const answers = await readLines(socket, commands.length);
    const wrong = answers.find((answer) => !answer.startsWith('+'));
    if (wrong !== undefined) throw new Error(wrong.startsWith('-') ? wrong.slice(1) : NO_REDIS);
  } finally {
    socket.destroy();
  }
}

function openSocket({ scheme, host, port }: ServerAddress): Socket {
  if (scheme !== 'rediss') return connect({ host, port });
  return connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) });
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

/** The first `count` lines, or fewer when one is wrong: the server may close the connection then. */
async function readLines(socket: Socket, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk;
    const lines = text.split('\r\n').slice(0, -1);
    if (lines.length >= count || lines.some((line) => !line.startsWith('+'))) return lines;
    if (text.length > LONGEST) throw new Error(NO_REDIS);
  }
  throw new Error('the connection was closed');
}
