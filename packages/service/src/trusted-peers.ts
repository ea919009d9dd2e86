import { BlockList, isIP, isIPv6 } from 'node:net';
import type { HeaderMap } from '@weft/core';

const ONLY_FROM_TRUSTED = /^(?:x-forwarded-.*|forwarded|x-real-ip|x-request-attempt|x-request-priority)$/;
const MAPPED = '::ffff:';

/** The peers whose word about the caller counts: proxies of ours. A peer without an address is in this process. */
export class TrustedPeers {
  readonly #list = new BlockList();

  /** @param peers addresses and CIDR ranges */
  constructor(peers: readonly string[]) {
    for (const peer of peers) {
      const [address = '', bits] = peer.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** Whether the peer at this address is trusted. */
  has(address: string): boolean {
    if (address === '') return true;
    const plain = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
    return this.#list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  /** The headers that count from this peer: all from a trusted one, none about the caller from another. */
  headersFrom(address: string, headers: HeaderMap): HeaderMap {
    if (this.has(address)) return headers;
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !ONLY_FROM_TRUSTED.test(name)));
  }

  /** The address of the caller: the last hop of `x-forwarded-for` that is no trusted peer; the peer itself when it is no address. */
  callerOf(address: string, headers: HeaderMap): string {
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined || !this.has(address)) return address;
    const hops = String(forwarded)
      .split(',')
      .map((hop) => hop.trim());
    const caller = hops.findLast((hop) => !this.has(hop)) ?? hops[0] ?? '';
    return isIP(caller) === 0 ? address : caller;
  }
}
