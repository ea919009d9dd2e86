import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';

/** A breaker that opens after five failures in a row. */
export function breakerOnly() {
  return circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) });
}

/** What comes nearest to the defaults of our client. */
export function retryBreakerTimeout() {
  const retries = retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() });
  return wrap(retries, breakerOnly(), timeout(10_000, TimeoutStrategy.Aggressive));
}
