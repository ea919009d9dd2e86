/** What `work` settles to, or the reason of the first signal that is aborted before. */
export function unlessAborted<T>(work: Promise<T>, ...signals: readonly AbortSignal[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      end();
      reject(signals.find(({ aborted }) => aborted)?.reason);
    };
    const end = () => {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
    for (const signal of signals) signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(end);
    if (signals.some(({ aborted }) => aborted)) onAbort();
  });
}
