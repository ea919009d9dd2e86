import { BlockList, isIP } from 'node:net';
import { invalidOption, refuseAll, shown } from '@weft/core';

const PATH = 'registry.allowedAddresses';
const HOST_NAME = /^[\w.-]{1,253}$/;
/** Resolvers read a host that ends in a number as an address, in forms such as `127.1` and `0x7f000001`. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i;

/**
 * Where instances may be: whoever can write to a registry can else send calls to any address the caller reaches, such as a
 * cloud's metadata service or an admin port. A host name is allowed only by name, since its address can be anything.
 */
export class AllowedAddresses {
  private readonly ranges = new BlockList();
  private readonly names = new Set<string>();

  /** @param entries IP addresses, CIDR ranges and host names @throws WEFT_CONFIG_INVALID telling all that are none */
  constructor(entries: readonly string[]) {
    if (!Array.isArray(entries) || entries.length === 0) {
      throw invalidOption(PATH, 'expected a list of at least one address, range or host name');
    }
    const problems = entries.flatMap((entry: unknown, at) => {
      if (typeof entry === 'string' && this.add(entry)) return [];
      const message = `${shown(entry)} is no IP address, CIDR range or host name, such as "10.0.0.0/8"`;
      return [{ path: `${PATH}[${at}]`, message }];
    });
    refuseAll(problems);
  }

  /** Whether an instance may be at this host. An IPv4 address in IPv6 form counts as what it is. */
  has(host: string): boolean {
    const version = isIP(host);
    if (version === 0) return this.names.has(host.toLowerCase());
    return this.ranges.check(host, version === 6 ? 'ipv6' : 'ipv4');
  }

  /** False when the entry means nothing. */
  private add(entry: string): boolean {
    const [address = '', bits, ...more] = entry.split('/');
    const version = isIP(address);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (bits !== undefined) {
      if (version === 0 || more.length > 0 || !isPrefix(bits, version)) return false;
      this.ranges.addSubnet(address, Number(bits), family);
    } else if (version !== 0) {
      this.ranges.addAddress(address, family);
    } else if (HOST_NAME.test(entry) && !ENDS_IN_NUMBER.test(entry)) {
      this.names.add(entry.toLowerCase());
    } else {
      return false;
    }
    return true;
  }
}

function isPrefix(bits: string, version: number): boolean {
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32);
}
