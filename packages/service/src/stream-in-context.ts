import { type AmbientContext, runInContext } from '@weft/core';

/** The same pieces, made within the context of their request; `finish` is called once, when they end in whatever way. */
export function streamInContext(
  pieces: AsyncIterable<Uint8Array>,
  context: AmbientContext,
  finish: () => void,
): AsyncIterable<Uint8Array> {
  async function* within() {
    const iterator = runInContext(context, () => pieces[Symbol.asyncIterator]());
    try {
      for (;;) {
        const { done, value } = await runInContext(context, () => iterator.next());
        if (done) return;
        yield value;
      }
    } finally {
      finish();
      await runInContext(context, async () => iterator.return?.());
    }
  }
  return within();
}
