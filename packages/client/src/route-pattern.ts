const SLASH = 47;
const QUERY = 63;

/** The paths of a template such as `/users/:id` or `/files/*`. Matching reads a path once and makes nothing. */
export class RoutePattern {
  /** Literal segments; undefined where anything may stand. */
  readonly #segments: readonly (string | undefined)[];
  readonly #isOpen: boolean;
  /** As it was written. */
  readonly template: string;
  /** The greater, the more it says. */
  readonly weight: number;

  /** @param template starts with `/` */
  constructor(template: string) {
    this.template = template;
    const segments = template.slice(1).split('/');
    this.#isOpen = segments.at(-1) === '*';
    if (this.#isOpen) segments.pop();
    this.#segments = segments.map((segment) => (segment.startsWith(':') ? undefined : segment));
    this.weight = this.#segments.reduce((sum, segment) => sum + (segment === undefined ? 2 : 3), this.#isOpen ? 0 : 1);
  }

  /** Whether a path, with or without a query, is one of them. */
  matches(path: string): boolean {
    let at = 0;
    for (const segment of this.#segments) {
      if (path.charCodeAt(at) !== SLASH) return false;
      const endAt = endOfSegment(path, at + 1);
      if (segment === undefined ? endAt === at + 1 : !isAt(path, at + 1, endAt, segment)) return false;
      at = endAt;
    }
    return this.#isOpen ? path.charCodeAt(at) === SLASH : at === path.length || path.charCodeAt(at) === QUERY;
  }
}

function endOfSegment(path: string, from: number): number {
  let at = from;
  while (at < path.length && path.charCodeAt(at) !== SLASH && path.charCodeAt(at) !== QUERY) at++;
  return at;
}

function isAt(path: string, from: number, to: number, segment: string): boolean {
  return to - from === segment.length && path.startsWith(segment, from);
}
