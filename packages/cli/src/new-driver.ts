import { relative, resolve } from 'node:path';
import type { Command } from './command.js';
import { EXIT } from './exit-code.js';

/** `weft new-driver`: begins a driver of your own, as 6 files that work as they stand. */
export const newDriver: Command = {
  name: 'new-driver',
  summary: 'Begin a driver for the slot registry, config, balancer or breaker: 6 files that work as they stand.',
  args: ['slot', 'name'],
  options: ['out', 'scope'],
  examples: ['new-driver registry foo', 'new-driver breaker calm --scope @acme --out packages/breaker-calm'],
  async run({ args: [slot = '', name = ''], options, io, out }) {
    const { scaffoldDriver } = await import('@weft/conformance');
    const folder = resolve(io.folder, options.out ?? `${slot}-${name}`);
    const files = scaffoldDriver({ slot, name, folder, scope: options.scope }).map((file) => relative(io.folder, file));
    if (out.isJson) out.document({ files });
    else for (const file of files) out.line(file);
    return EXIT.ok;
  },
};
