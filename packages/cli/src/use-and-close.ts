/**
 * Runs `use`, then closes `part`. An aborted signal closes it early, which ends what `use` waits for.
 * @throws as `use`
 */
export async function useAndClose<Part extends { close(): Promise<void> }>(
  part: Part,
  signal: AbortSignal,
  use: (part: Part) => Promise<number>,
): Promise<number> {
  const close = () => void part.close().catch(() => {});
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  try {
    return await use(part);
  } finally {
    signal.removeEventListener('abort', close);
    await part.close();
  }
}
