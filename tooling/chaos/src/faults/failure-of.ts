/** What `run` rejects with, and after how many ms. @throws Error when it does not reject */
export async function failureOf(run: () => Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const startedAt = performance.now();
  try {
    await run();
  } catch (error) {
    return { error, ms: performance.now() - startedAt };
  }
  throw new Error('it was expected to fail');
}
