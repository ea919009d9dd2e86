const MAX_PARTS = 10_000;

/**
 * Gives equal parts of records one object: the instances of a service differ in little more than id, host and incarnation.
 * Forgets all when too many differ; what was given out stays as it is.
 */
export class SharedParts {
  private readonly parts = new Map<string, unknown>();

  /** The part of this key; made when it is met for the first time. One key must always mean a part of one type. */
  get<T>(key: string, make: () => T): T {
    const known = this.parts.get(key) as T | undefined;
    if (known !== undefined) return known;
    if (this.parts.size >= MAX_PARTS) this.parts.clear();
    const part = make();
    this.parts.set(key, part);
    return part;
  }
}
