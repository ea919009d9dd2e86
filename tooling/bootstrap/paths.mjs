import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this file stands in, whatever the working directory is. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The environment of every tool: ours on the PATH (turbo looks for pnpm there), and nothing that calls home. */
export function toolEnv() {
  return {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
}
