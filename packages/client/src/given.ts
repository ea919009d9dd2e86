import { nearestName, type Problem, shown, WeftError } from '@weft/core';

/** A value of a config and where it stands there. What is wrong is collected, so that all of it is told at once. */
export class Given {
  /** As it was given. */
  readonly value: unknown;
  /** Where it stands. */
  readonly path: string;
  readonly #problems: Problem[];

  /** @param problems gets what is wrong with it and its members */
  constructor(value: unknown, path: string, problems: Problem[]) {
    this.value = value;
    this.path = path;
    this.#problems = problems;
  }

  /** Whether it has members: no text, no list, not null. */
  get isBlock(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** The words that it has a value for. */
  get words(): readonly string[] {
    return Object.entries(this.value as object).flatMap(([word, value]) => (value === undefined ? [] : [word]));
  }

  /** What stands under a word of it. */
  member(word: string): Given {
    return new Given((this.value as Readonly<Record<string, unknown>>)[word], `${this.path}.${word}`, this.#problems);
  }

  /** What it lists, or itself when it is no list. */
  get items(): readonly Given[] {
    if (!Array.isArray(this.value)) return [this];
    return this.value.map((value, at) => new Given(value, `${this.path}[${at}]`, this.#problems));
  }

  /** Notes what is wrong with it. */
  refuse(message: string): void {
    this.#problems.push({ path: this.path, message });
  }

  /** Refuses it unless it is right. @returns whether it is */
  expect(isRight: boolean, expected: string): boolean {
    if (!isRight) this.refuse(`expected ${expected}, found ${shown(this.value)}`);
    return isRight;
  }

  /** Refuses it unless it has members of these words and no others. @returns whether it has members */
  expectBlock(words: readonly string[], expected = `{ ${words.join(', ')} }`): boolean {
    if (!this.expect(this.isBlock, expected)) return false;
    for (const word of this.words) if (!words.includes(word)) this.member(word).refuseWord(word, words);
    return true;
  }

  /** Refuses it because of the word that it stands under. */
  refuseWord(word: string, known: readonly string[]): void {
    const nearest = nearestName(word, known);
    this.refuse(`unknown. Known: ${known.join(', ')}.${nearest ? ` Did you mean "${nearest}"?` : ''}`);
  }

  /**
   * What a part makes of it. What the part says of its own options is told with the paths that they have here.
   * @param ownPath where the part takes them to stand
   */
  make<T>(make: () => T, ownPath = ''): T | undefined {
    try {
      return make();
    } catch (error) {
      const { message, problems = [{ path: ownPath, message }] } = WeftError.from(error);
      for (const { path, message: what } of problems) {
        this.#problems.push({
          path: joined(this.path, path.startsWith(ownPath) ? path.slice(ownPath.length) : path),
          message: what,
        });
      }
      return undefined;
    }
  }
}

function joined(path: string, inner: string): string {
  return inner === '' || inner.startsWith('.') ? path + inner : `${path}.${inner}`;
}
