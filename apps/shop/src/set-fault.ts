import type { ServiceInstance } from '@weft/core';

/** How an instance of users is broken on purpose. */
export interface Fault {
  /** What it answers with; 0 heals it. */
  readonly status: number;
  /** The one user whose requests fail; all of them unless set. */
  readonly user?: string;
}

/** Breaks one instance of users, or heals it. */
export async function setFault({ host, endpoints }: ServiceInstance, fault: Fault): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(10_000);
  await fetch(`http://${host}:${endpoints[0].port}/fault`, { method: 'PUT', headers, body: JSON.stringify(fault), signal });
}
