const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Whether doing it twice has the effect of doing it once (RFC 9110, 9.2.2). @param method upper case */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
