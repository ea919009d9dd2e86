/** Health and admin are `critical`: never refused. Of the others the low ones go first. */
export type Priority = 'critical' | 'normal' | 'low';

/**
 * Lets a share of the requests in, the normal ones before the low ones. It goes by what was offered in the last interval, and
 * spreads refusals evenly: no dice, so that a share of 0.5 is every second request.
 */
export class Admission {
  #normalOffered = 0;
  #lowOffered = 0;
  #normalRatio = 1;
  #lowRatio = 1;
  #normalCredit = 0;
  #lowCredit = 0;

  /** Requests that asked since the last `share()`, without the critical ones. */
  get offered(): number {
    return this.#normalOffered + this.#lowOffered;
  }

  /** Whether a request of this priority may come in. */
  admits(priority: Priority): boolean {
    if (priority === 'critical') return true;
    if (priority === 'low') {
      this.#lowOffered++;
      if (this.#lowRatio >= 1) return true;
      this.#lowCredit += this.#lowRatio;
      return this.#lowCredit >= 1 && this.#lowCredit-- >= 1;
    }
    this.#normalOffered++;
    if (this.#normalRatio >= 1) return true;
    this.#normalCredit += this.#normalRatio;
    return this.#normalCredit >= 1 && this.#normalCredit-- >= 1;
  }

  /** From now on this share of what is offered comes in, 0 to 1: what is offered is taken to stay as it was. */
  share(ratio: number): void {
    const [normal, low] = [this.#normalOffered, this.#lowOffered];
    const places = ratio * (normal + low);
    this.#normalRatio = normal === 0 ? ratio : Math.min(1, places / normal);
    this.#lowRatio = low === 0 || ratio >= 1 ? ratio : Math.max(0, Math.min(1, (places - normal) / low));
    this.#normalOffered = 0;
    this.#lowOffered = 0;
  }
}
