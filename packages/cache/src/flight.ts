import { type CacheableReply, type CacheSource, ERROR_CODES, WeftError, withoutStack } from '@weft/core';
import type { KeptReply } from './kept-reply.js';
import { mayShare, varyOf } from './may-keep.js';
import { type Place, variantKey } from './place.js';
import type { Found } from './reply-store.js';

/** What a load has brought. */
export interface Landed {
  /** Nobody holds it: readers get copies. */
  readonly reply: CacheableReply;
  readonly source: CacheSource;
  /** How old it is, in ms, when it was not just made. */
  readonly ageMs?: number;
}

/** One load under way, and who waits for it. */
export class Flight {
  readonly place: Place;
  readonly key: string;
  /** What was kept when it began. */
  readonly kept: KeptReply | undefined;
  /** Whether nobody may join it. */
  readonly isAlone: boolean;
  readonly landed: Promise<Landed>;
  /** Whether what it brings is old before it comes: there was a write to its path, or a newer load began. */
  isOutdated = false;
  /** Whether others wait for it, too. */
  isShared = false;

  constructor(place: Place, { key, kept, isAlone }: Found, run: (flight: Flight) => Promise<Landed>) {
    this.place = place;
    this.key = key;
    this.kept = kept;
    this.isAlone = isAlone;
    this.landed = run(this);
  }

  /**
   * Waits for what another request has begun; undefined when that turns out to be no answer to the request of `place`.
   * @throws what the load rejects with, as an error of the waiting one's own
   */
  async join(place: Place): Promise<Landed | undefined> {
    this.isShared = true;
    try {
      const landed = await this.landed;
      return mayShare(landed.reply) && this.#isSameVariant(place, landed) ? landed : undefined;
    } catch (error) {
      throw ownError(error);
    }
  }

  #isSameVariant(place: Place, { reply }: Landed): boolean {
    const names = varyOf(reply.headers);
    return variantKey(place, names) === variantKey(this.place, names);
  }
}

/** What is written on an error, or hangs on it, is one caller's. */
function ownError(error: unknown): unknown {
  if (!(error instanceof WeftError)) return error;
  return withoutStack(() => new WeftError(error.code, error.message, { ...error, cause: error }));
}

/** Whether a load failed in a way that an old answer may stand for: the service gave none. */
export function isOutage(error: unknown): boolean {
  return error instanceof WeftError && error.code !== 'WEFT_HTTP_STATUS' && ERROR_CODES[error.code].status >= 502;
}
