import { run } from './run.js';

/**
 * Runs the process's command line. SIGINT and SIGTERM end it in order, a second one at once. Who stops reading our output
 * has what they wanted: a closed pipe ends the process without an error.
 */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
  process.exitCode = await run(process.argv.slice(2), { signal: stopping.signal });
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
