import { REDACTED } from '@weft/core';

/** Shorter ones would tear holes into every line. */
const MIN_LENGTH = 4;

/** Secrets whose values are known, and therefore found wherever they stand, in whatever form texts hold them. */
export class KnownSecrets {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Hides `value` from now on; one of less than 4 characters is too short to be told from other text. */
  add(value: string): void {
    if (value.length < MIN_LENGTH) return;
    const encoded = encodeURIComponent(Buffer.from(value).toString());
    for (const form of [value, encoded, JSON.stringify(value).slice(1, -1)]) this.#forms.add(form);
    const longestFirst = [...this.#forms].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g');
  }

  /** `text` without them. */
  hide(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, REDACTED) : text;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
