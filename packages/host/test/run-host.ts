import { type ChildProcess, spawn } from 'node:child_process';
import type { TemporaryApp } from './temporary-app.js';

/** How a program ended. */
export interface HostRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote to standard output. */
  readonly output: string;
}

/** Runs a program in the app's folder, and `onReady` once it has written something. */
export async function runHost(
  app: TemporaryApp,
  text: string,
  onReady: (child: ChildProcess) => void = () => {},
): Promise<HostRun> {
  const host = new URL('../dist/index.js', import.meta.url).href;
  await app.write('node_modules/@weft/host/package.json', '{ "type": "module", "exports": { "default": "./index.js" } }');
  await app.write('node_modules/@weft/host/index.js', `export * from ${JSON.stringify(host)};`);
  const child = spawn(process.execPath, [await app.write('main.mjs', text)], {
    cwd: app.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.once('data', () => onReady(child));
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}
