import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { type Body, type HeaderMap, ServiceError } from '@weft/core';

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * The whole body, decompressed. Reads no further than `limitBytes`, and nothing at all when the headers announce more.
 * @throws ServiceError 413 beyond the limit, before or after decompression @throws ServiceError 415 for an unknown
 * encoding @throws ServiceError 400 when the body breaks off or does not decompress
 */
export async function readBody(body: Body, headers: HeaderMap, limitBytes: number): Promise<Uint8Array> {
  if (Number(headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const bytes = await collect(body, limitBytes);
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes);
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  return encoding === 'identity' || bytes.byteLength === 0 ? bytes : decompress(bytes, encoding, limitBytes);
}

function collect(body: Body, limitBytes: number): Promise<Uint8Array> | Uint8Array {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  return body instanceof Readable ? collectStream(body, limitBytes) : collectPieces(body, limitBytes);
}

/** By events: the async iterator of a node stream costs several times as much. */
function collectStream(stream: Readable, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (run: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      run();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= limitBytes) return;
      stream.pause();
      settle(() => reject(tooLarge(limitBytes)));
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const onBroken = () => settle(() => reject(new ServiceError(400, 'The body broke off')));
    if (stream.destroyed) return onBroken();
    stream.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

async function collectPieces(pieces: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of pieces) {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size > limitBytes) break;
  }
  return Buffer.concat(chunks);
}

async function decompress(bytes: Uint8Array, encoding: string, limitBytes: number): Promise<Uint8Array> {
  if (!isKnownEncoding(encoding)) {
    throw new ServiceError(415, `Unknown content-encoding. Known: ${Object.keys(DECODERS).join(', ')}`);
  }
  try {
    return await DECODERS[encoding](bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limitBytes);
    throw new ServiceError(400, `The body is not valid ${encoding}`);
  }
}

function isKnownEncoding(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}

function tooLarge(limitBytes: number): ServiceError {
  return new ServiceError(413, `The body is larger than ${limitBytes} bytes`);
}
