import type { Fleet, Instance } from './fleet.js';

/** Where the running processes of the shop can be asked for their metrics. Each has a free port, and logs it. */
export function metricsUrls(fleet: Pick<Fleet, 'running'>): readonly { readonly instance: Instance; readonly url: string }[] {
  return fleet.running.flatMap((instance) => {
    const line = instance.lines.find((each) => each.includes('"metrics can be fetched"'));
    return line ? [{ instance, url: (JSON.parse(line) as { readonly url: string }).url }] : [];
  });
}
