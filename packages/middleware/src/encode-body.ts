import { pipeline, Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { Encoding } from './accepted-encoding.js';

/** Beyond 4 brotli costs several times the time for a few percent. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const whole = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** The whole body, compressed off the event loop. */
export function encodeWhole(body: string | Uint8Array, encoding: Encoding): Promise<Uint8Array> {
  return encoding === 'br' ? whole.br(body, BROTLI) : whole.gzip(body);
}

/** The pieces compressed, no faster than they are read. Each goes out at once: a reader of events waits for no next one. */
export function encodePieces(pieces: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const encoder = encoderFor(encoding);
      pipeline(Readable.from(pieces, { objectMode: false }), encoder, () => {});
      const encoded: AsyncIterator<Uint8Array> = encoder[Symbol.asyncIterator]();
      return {
        next: () => encoded.next(),
        async return() {
          encoder.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function encoderFor(encoding: Encoding): Transform {
  return encoding === 'br'
    ? createBrotliCompress({ ...BROTLI, flush: constants.BROTLI_OPERATION_FLUSH })
    : createGzip({ flush: constants.Z_SYNC_FLUSH });
}
