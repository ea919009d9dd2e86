import { escapeGlob } from '@weft/backend-redis';
import { WeftError } from '@weft/core';

/** The keys of one service; the braces put them into one slot of a cluster. */
export interface ServiceKeys {
  /** Hash: id -> record as JSON. */
  readonly services: string;
  /** Sorted set: id -> when its lease ends, in ms since 1970 on the server's clock. An id without one lives for ever. */
  readonly leases: string;
  /** Number of the last change: microseconds of the server's clock, always greater than the one before. */
  readonly version: string;
}

/** The names of all keys and channels under a prefix. */
export class RegistryKeys {
  /** Set of the names of all services. */
  readonly names: string;
  /** Matches the channel of every service. */
  readonly everyChannel: string;
  private readonly services: string;

  /**
   * @param prefix what all keys begin with
   * @param suffix what all channels end with
   */
  constructor(
    private readonly prefix: string,
    private readonly suffix: string,
  ) {
    this.services = `${prefix}:services:{`;
    this.names = `${prefix}:names`;
    this.everyChannel = `${escapeGlob(this.services)}*}${escapeGlob(suffix)}`;
  }

  /** Keys of a service. @throws WEFT_INVALID_ARGUMENT for half a character */
  of(name: string): ServiceKeys {
    const tag = `{${encode(name)}}`;
    return {
      services: `${this.prefix}:services:${tag}`,
      leases: `${this.prefix}:leases:${tag}`,
      version: `${this.prefix}:version:${tag}`,
    };
  }

  /** Where changes of a service are told. */
  channel(name: string): string {
    return this.of(name).services + this.suffix;
  }

  /** The service whose changes a channel tells; undefined when it is none of ours. */
  nameOf(channel: string): string | undefined {
    try {
      return decodeURIComponent(channel.slice(this.services.length, channel.length - this.suffix.length - 1));
    } catch {
      return undefined;
    }
  }
}

function encode(name: string): string {
  try {
    return encodeURIComponent(name);
  } catch {
    throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(name)} has half a character: expected well-formed text`);
  }
}
