import { WeftError } from '@weft/core';

/** What a record's key says. */
export interface RecordName {
  /** The service. */
  readonly name: string;
  /** The instance of it. */
  readonly id: string;
}

/** Where records stand: `<prefix>/services/<service>/<id>`, each part percent-encoded, so that it may hold any character. */
export class RecordKeys {
  /** What all keys of records begin with. */
  readonly root: string;

  /** @param prefix without `/` at its end */
  constructor(prefix: string) {
    this.root = `${prefix.replace(/\/+$/, '')}/services/`;
  }

  /** The key of a record. @throws WEFT_INVALID_ARGUMENT for half a character */
  keyOf({ name, id }: RecordName): string {
    return `${this.below(name)}${encode(id)}`;
  }

  /** What the keys of a service begin with; of all services without a name. */
  below(name: string | undefined): string {
    return name === undefined ? this.root : `${this.root}${encode(name)}/`;
  }

  /** Whose key this is; undefined when it is no record's. */
  nameOf(key: string): RecordName | undefined {
    const parts = key.slice(this.root.length).split('/');
    if (!key.startsWith(this.root) || parts.length !== 2) return undefined;
    const [name = '', id = ''] = parts.map(decode);
    return this.keyOf({ name, id }) === key ? { name, id } : undefined;
  }
}

function encode(part: string): string {
  try {
    return encodeURIComponent(part);
  } catch {
    throw new WeftError('WEFT_INVALID_ARGUMENT', `${JSON.stringify(part)} has half a character: expected well-formed text`);
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
