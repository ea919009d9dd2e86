import { type AmbientContext, runInContext } from '@weft/core';

/** The same pieces, made within the context of their request; `finish` is called once, when they end in whatever way. */
export function streamInContext(
  pieces: AsyncIterable<Uint8Array>,
  context: AmbientContext,
  finish: () => void,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = runInContext(context, () => pieces[Symbol.asyncIterator]());
      let isOver = false;
      const end = () => {
        if (!isOver) finish();
        isOver = true;
      };
      return {
        async next() {
          try {
            const result = await runInContext(context, () => iterator.next());
            if (result.done) end();
            return result;
          } catch (error) {
            end();
            throw error;
          }
        },
        async return() {
          end();
          await runInContext(context, async () => iterator.return?.());
          return { done: true, value: undefined };
        },
      };
    },
  };
}
