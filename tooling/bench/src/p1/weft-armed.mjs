import { open as openWeft } from './weft.mjs';

/** Wide enough to refuse nobody: what is measured is what it costs to ask. @type {import('@weft/client').Policies} */
const policies = {
  users: {
    rateLimit: { perSecond: 1_000_000, burst: 1_000_000 },
    bulkhead: { maxConcurrent: 256, maxQueue: 64 },
    fallback: { value: {} },
    cache: false,
  },
};

/** Ours with a rate limit, a bulkhead and a fallback besides. @param {import('../area.mjs').Setting} setting */
export async function open(setting) {
  return openWeft(setting, policies);
}
