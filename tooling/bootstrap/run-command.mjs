import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** @type {readonly NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in the root of the checkout on our standard streams and resolves to its exit code, as a shell counts it
 * (128 + the signal's number after a signal). Signals that reach us reach it too.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function runCommand(program, args, { env } = {}) {
  return follow(spawn(program, args, { cwd: root, env, stdio: 'inherit' }), forwardTo).then(({ code }) => code);
}

/**
 * The same without our standard streams: the output comes back with the exit code. The program leads a process group of
 * its own and signals go to the whole group: package managers and task runners do not hand them on by themselves.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function captureCommand(program, args, { env } = {}) {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return follow(child, forwardToGroup).then(({ code, error }) => ({ code, output: `${Buffer.concat(chunks)}${error}` }));
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {(child: import('node:child_process').ChildProcess, signal: NodeJS.Signals) => void} forward
 * @returns {Promise<{ code: number, error: string }>}
 */
function follow(child, forward) {
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => forward(child, signal);
  for (const signal of forwarded) process.on(signal, onSignal);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, error: `${error.message}\n` }));
    child.once('close', (code, signal) => resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), error: '' }));
  }).finally(() => {
    for (const signal of forwarded) process.off(signal, onSignal);
  });
}

/**
 * A terminal gives Ctrl-C to the child itself: handed on again it would count as pressed twice.
 * @type {Parameters<typeof follow>[1]}
 */
function forwardTo(child, signal) {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
}

/** @type {Parameters<typeof follow>[1]} */
function forwardToGroup(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // The group ended in the same moment: its exit code is on its way.
  }
}
