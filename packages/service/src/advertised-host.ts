import { networkInterfaces } from 'node:os';

const WILDCARDS = new Set(['0.0.0.0', '::', '']);

/** The address to tell callers: the bound one, or the machine's first outward IPv4 address when all are bound. */
export function advertisedHost(boundHost: string): string {
  if (!WILDCARDS.has(boundHost)) return boundHost;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
