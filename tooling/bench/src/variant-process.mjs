import { Profile } from './profile.mjs';
import { checkAnswer } from './user-answer.mjs';

/** What runs one variant, a server or the load: opens what it is told to, and does what its parent asks, one thing at a time. */

/** @type {(import('./area.mjs').Opened & import('./figure-area.mjs').FigureSource) | undefined} */
let opened;
/** @type {Profile | undefined} */
let profile;
let used = process.cpuUsage();
let startedAt = performance.now();

const commands = {
  /** @param {{ module: string, setting: object }} what */
  async open({ module, setting }) {
    const { open } = await import(module);
    opened = await open(setting);
    const { close: _close, ...told } = /** @type {{ close: unknown }} */ (opened);
    return JSON.parse(JSON.stringify(told));
  },
  async check() {
    const answer = await opened?.first?.();
    checkAnswer(answer);
    return answer;
  },
  prepare: () => opened?.prepare?.(),
  mark() {
    startedAt = performance.now();
    used = process.cpuUsage();
  },
  /** @param {{ calls: number }} what */
  run: ({ calls }) => opened?.run?.(calls),
  measure() {
    const { user, system } = process.cpuUsage(used);
    return { cpuUs: user + system, systemUs: system, elapsedMs: performance.now() - startedAt };
  },
  figures: () => opened?.measure?.(),
  async startProfile() {
    profile = await Profile.start();
  },
  /** @param {{ count?: number }} what */
  topCosts: ({ count }) => profile?.topCosts(count),
  close: () => opened?.close(),
};

process.once('disconnect', () => process.exit());
process.on('message', async (/** @type {{ command: keyof typeof commands, what: never }} */ { command, what }) => {
  try {
    process.send?.({ value: await commands[command](what) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.stack : String(error) });
  }
});
