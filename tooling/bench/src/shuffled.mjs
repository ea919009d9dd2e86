/**
 * The same items in another order; a fixed order once made a wrapper look faster than what it wraps.
 * Source: R. A. Fisher, F. Yates, "Statistical Tables", 1938; R. Durstenfeld, Algorithm 235, 1964.
 * @template T
 * @param {readonly T[]} items
 * @param {() => number} random from 0 up to but not 1
 * @returns {T[]}
 */
export function shuffled(items, random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [/** @type {T} */ (order[other]), /** @type {T} */ (order[last])];
  }
  return order;
}
