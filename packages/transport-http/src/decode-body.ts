import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { messageOf, WeftError } from '@weft/core';

/** A decoder for a `content-encoding`, or undefined for one that is absent, `identity` or not known here. */
export function decoderFor(contentEncoding: string | undefined): Transform | undefined {
  switch (contentEncoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/**
 * The decompressed bytes of `body`, no faster than they are read.
 * @throws WEFT_PROTOCOL_ERROR when the bytes are not in that encoding, or end early
 */
export async function* decodeBody(body: AsyncIterable<Uint8Array>, decoder: Transform): AsyncGenerator<Uint8Array, void, void> {
  let sourceError: unknown;
  const source = async function* () {
    try {
      yield* body;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  };
  pipeline(source, decoder, () => {});
  try {
    for await (const chunk of decoder) yield chunk;
  } catch (cause) {
    if (sourceError) throw sourceError;
    const message = `the body does not decompress: ${messageOf(cause)}`;
    throw new WeftError('WEFT_PROTOCOL_ERROR', message, { failure: 'protocol', ambiguous: true, cause });
  }
}

/**
 * All of `body` in one, or undefined when it is empty.
 * @throws WEFT_RESPONSE_TOO_LARGE beyond `limitBytes`
 */
export async function collectBody(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw responseTooLarge(limitBytes);
    chunks.push(chunk);
  }
  return joined(chunks);
}

/** The chunks in one: copied only when there are several; undefined when there is none. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array | undefined {
  return chunks.length > 1 ? Buffer.concat(chunks) : chunks[0];
}

/** The refusal of an answer beyond `limits.responseBytes`. */
export function responseTooLarge(limitBytes: number): WeftError {
  const message = `the answer is larger than limits.responseBytes, ${limitBytes} bytes after decompression`;
  return new WeftError('WEFT_RESPONSE_TOO_LARGE', message, { ambiguous: true });
}
