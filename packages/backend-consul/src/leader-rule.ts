import type { IncomingHttpHeaders } from 'node:http';
import { WeftError } from '@weft/core';

const MAX_LAST_CONTACT_MS = 10_000;

/**
 * Which stale answers are to be believed. A server that knows no leader, or has not heard of it for 10 s, may have missed
 * anything: its word is better than none for whoever has heard nothing yet, and worse than what a leader confirmed before.
 */
export class LeaderRule {
  private hasHeardLeader = false;

  /** @throws WEFT_REGISTRY_UNAVAILABLE without `failure` for an answer that is not to be believed */
  check(what: string, headers: IncomingHttpHeaders): void {
    const lastContactMs = Number(headers['x-consul-lastcontact'] ?? 0);
    if (headers['x-consul-knownleader'] !== 'false' && !(lastContactMs > MAX_LAST_CONTACT_MS)) {
      this.hasHeardLeader = true;
    } else if (this.hasHeardLeader) {
      const message = `${what}: consul has no leader, or has not heard of it for ${MAX_LAST_CONTACT_MS / 1_000} s`;
      throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', message);
    }
  }
}
