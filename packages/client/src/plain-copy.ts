/** Whether something is nothing but data: two that are alike say the same. What has functions is a thing of its own. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) && !Object.values(value).some((each) => typeof each === 'function')
  );
}

/** A copy of what is data in a value: what its owner changes later does not change the copy. Things are the same in it. */
export function plainCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainCopy(each)])) as T;
}
