import type { Clock } from '@weft/core';

const TRUST_MS = 30_000;
const MAX_REMEMBERED = 1_000;

/**
 * Tells "there is nothing" from "you may not see it": to a token without rights Consul shows an empty list and no error.
 * What an empty list was checked for is not asked again for 30 s, unless there was something in between.
 */
export class ReadRights {
  private readonly checkedAt = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * Resolves to whether a list of this size is to be believed. An empty one is checked first, and then has to be asked for
   * anew: the rights may have come back between the answer and the check.
   * @param check rejects when the list is empty because it may not be seen
   */
  async believes(what: string, size: number, check: () => Promise<void>): Promise<boolean> {
    if (size > 0) {
      this.checkedAt.delete(what);
      return true;
    }
    const checkedAt = this.checkedAt.get(what);
    if (checkedAt !== undefined && this.clock.now() - checkedAt < TRUST_MS) return true;
    await check();
    if (this.checkedAt.size >= MAX_REMEMBERED) this.checkedAt.clear();
    this.checkedAt.set(what, this.clock.now());
    return false;
  }
}
