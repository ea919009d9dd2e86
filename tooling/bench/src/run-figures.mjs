import { seededRandom } from '@weft/conformance';
import { findServer, startServer } from '@weft-tooling/servers';
import { BenchProcess } from './bench-process.mjs';
import { shuffled } from './shuffled.mjs';

/** @typedef {import('./figure-area.mjs').FigureArea} FigureArea */
/** @typedef {import('./figure-area.mjs').FigureVariant} FigureVariant */

/**
 * What was measured. `rounds[r]` holds the figures of every variant by name, in the order in which they ran.
 * @typedef {object} MeasuredFigures
 * @property {readonly Readonly<Record<string, Readonly<Record<string, number>>>>[]} rounds
 * @property {Readonly<Record<string, string>>} skipped why a variant was not measured
 * @property {Readonly<Record<string, string>>} servers their versions
 * @property {Readonly<Record<string, readonly import('./profile.mjs').Cost[]>>} topCosts of the last round
 */

/**
 * Runs every variant once per round, in mixed order; one whose server is missing is skipped.
 * @param {FigureArea} area
 * @param {Pick<import('./bench-options.mjs').BenchOptions, 'rounds' | 'calls' | 'seed' | 'profile'>} options
 * @param {(text: string) => void} tell what it is doing
 * @returns {Promise<MeasuredFigures>}
 */
export async function runFigures(area, { rounds = area.rounds, calls, seed, profile }, tell) {
  const { skipped, servers } = lookForServers(area.variants);
  const variants = area.variants.filter(({ name }) => skipped[name] === undefined);
  /** @type {Record<string, readonly import('./profile.mjs').Cost[]>} */
  const topCosts = {};
  const measured = [];
  const random = seededRandom(seed);
  for (let round = 1; round <= rounds; round++) {
    /** @type {Record<string, Readonly<Record<string, number>>>} */
    const figures = {};
    for (const variant of shuffled(variants, random)) {
      tell(`${area.name}: round ${round} of ${rounds}: ${variant.name}`);
      const result = await measureOnServer(variant, { calls: calls ?? variant.calls, profile });
      figures[variant.name] = result.figures;
      if (result.costs) topCosts[variant.name] = result.costs;
    }
    measured.push(figures);
  }
  return { rounds: measured, skipped, servers, topCosts };
}

/** @param {readonly FigureVariant[]} variants */
function lookForServers(variants) {
  /** @type {Record<string, string>} */
  const skipped = {};
  /** @type {Record<string, string>} */
  const servers = {};
  for (const { name, server } of variants) {
    if (!server) continue;
    const found = findServer(server);
    if ('missing' in found) skipped[name] = `${server} is missing: ${found.missing}`;
    else servers[server] = found.version;
  }
  return { skipped, servers };
}

/**
 * @param {FigureVariant} variant
 * @param {{ calls: number, profile: boolean }} how
 */
async function measureOnServer(variant, { calls, profile }) {
  const { data } = variant;
  const server = variant.server && !variant.startsServer ? await startServer(variant.server, data && { data }) : undefined;
  try {
    const setting = { address: server?.address ?? '', server: variant.server ?? '', calls, options: variant.options ?? {} };
    if (variant.before) {
      const { process } = await BenchProcess.open(`filling for ${variant.name}`, variant.before, setting);
      await process.close();
    }
    return await measureOnce(variant, setting, profile);
  } finally {
    await server?.stop();
  }
}

/**
 * @param {FigureVariant} variant
 * @param {import('./figure-area.mjs').FigureSetting} setting
 * @param {boolean} profile
 */
async function measureOnce({ name, module }, setting, profile) {
  const { process } = await BenchProcess.open(name, module, setting);
  try {
    if (profile) await process.ask('startProfile');
    const figures = await process.ask('figures');
    return { figures, costs: profile ? await process.ask('topCosts') : undefined };
  } finally {
    await process.close();
  }
}
