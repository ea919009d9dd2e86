import { setImmediate } from 'node:timers/promises';

/** A ms of work. What it parses from more than 100 KB at a time V8 puts to what lives long, which it does not. */
const PORTION_BYTES = 65_536;
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** What JSON allows around a value: space, tab, line feed, carriage return. */
const BLANKS: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];

/** How a text is parsed. */
export interface ParseJsonOptions {
  /** Makes what takes the place of each element of a list, while the rest of it is still to be parsed; default: the element. */
  readonly each?: ((element: unknown) => unknown) | undefined;
  /** Once it is aborted, nothing more is parsed, and the result is undefined. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * As `JSON.parse` of the text that the bytes are. A list of more than 64 KiB is parsed in portions of that size, between
 * which the event loop turns: 10 MB in one go hold the process up for 80 ms. A single element is never divided.
 * @throws SyntaxError as `JSON.parse` does, and what `each` throws
 */
export async function parseJson(bytes: Buffer, { each = same, signal }: ParseJsonOptions = {}): Promise<unknown> {
  let end = afterBlanks(bytes, 0);
  if (bytes.length <= PORTION_BYTES || bytes[end] !== OPEN_LIST) return parseAtOnce(bytes, each);
  const list: unknown[] = [];
  let opening = openingOf(bytes, end + 1);
  do {
    const from = end + 1;
    const ahead = bytes.subarray(from + PORTION_BYTES, from + 2 * PORTION_BYTES);
    const at = opening ? ahead.indexOf(opening) : -1;
    end = at < 0 ? endOfPortion(bytes, from) : from + PORTION_BYTES + at;
    let portion = parseElements(bytes.toString('utf8', from, end));
    if (portion.length === 0 && at >= 0) {
      opening = undefined;
      end = endOfPortion(bytes, from);
      portion = parseElements(bytes.toString('utf8', from, end));
    }
    // Whatever is odd is for the whole text to say: that it is an empty list, or what is wrong with it.
    if (portion.length === 0) return parseAtOnce(bytes, each);
    for (const element of portion) list.push(each(element));
    await setImmediate();
    if (signal?.aborted) return undefined;
  } while (bytes[end] === COMMA);
  const isWhole = bytes[end] === CLOSE_LIST && afterBlanks(bytes, end + 1) === bytes.length;
  return isWhole ? list : parseAtOnce(bytes, each);
}

function same(element: unknown): unknown {
  return element;
}

function parseAtOnce(bytes: Buffer, each: (element: unknown) => unknown): unknown {
  const value: unknown = JSON.parse(bytes.toString());
  return Array.isArray(value) ? value.map((element) => each(element)) : value;
}

/** The elements that stand between two brackets; none when they are none. */
function parseElements(text: string): readonly unknown[] {
  try {
    return JSON.parse(`[${text}]`);
  } catch {
    return [];
  }
}

/**
 * How every element after the first one begins, with the comma before it, if they are all like that one: `,{"Node":{`. Where
 * this stands, one element ends and another begins; or it stands within an element, which then does not parse up to there. To
 * look for it takes a tenth of the time of going through all bytes.
 */
function openingOf(bytes: Buffer, start: number): Buffer | undefined {
  if (bytes[afterBlanks(bytes, start)] !== OPEN_OBJECT) return undefined;
  const colon = bytes.indexOf(COLON, start);
  return colon < 0 ? undefined : Buffer.concat([Buffer.of(COMMA), bytes.subarray(start, colon + 2)]);
}

/** Where the first comma between elements stands that is far enough from `start`, or the bracket that ends the list, or the end. */
function endOfPortion(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth-- === 0) return at;
        break;
      case COMMA:
        if (depth === 0 && at - start >= PORTION_BYTES) return at;
    }
  }
  return bytes.length;
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}

function afterBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (BLANKS.includes(bytes[at])) at++;
  return at;
}
