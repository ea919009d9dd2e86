/** Connections of one client that come together are one attempt: commands and subscription, or several questions at a time. */
const TOGETHER_MS = 50;

/**
 * When a client began an attempt.
 * @param {readonly number[]} connectedAt when its connections came, in their order
 */
export function attemptsOf(connectedAt) {
  return connectedAt.filter((at, place) => at - (connectedAt[place - 1] ?? Number.NEGATIVE_INFINITY) > TOGETHER_MS);
}

/**
 * How many of these instants the fullest window holds, wherever it begins.
 * @param {readonly number[]} instants
 * @param {number} windowMs
 */
export function mostWithin(instants, windowMs) {
  const sorted = [...instants].sort((a, b) => a - b);
  let begin = 0;
  let most = 0;
  for (const [place, at] of sorted.entries()) {
    while (at - (sorted[begin] ?? at) >= windowMs) begin++;
    most = Math.max(most, place - begin + 1);
  }
  return most;
}
