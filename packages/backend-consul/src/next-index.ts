/**
 * The index to wait for the change of, out of the header of the last answer; 0: ask without waiting. What is no number,
 * is not positive, or has gone back (a restarted server counts anew) starts from 0 again.
 *
 * Source: HashiCorp, "Blocking Queries", implementation details: reset the index.
 */
export function nextIndex(header: unknown, last: number): number {
  const index = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0;
  return index < last ? 0 : index;
}
