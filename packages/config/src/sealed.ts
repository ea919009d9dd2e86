/**
 * `value`, frozen to its depth and without keys named `__proto__`, which would change the prototype of whatever they are
 * copied into. Only plain objects and arrays are frozen: others, such as a Date that a schema made, do not bear it.
 */
export function sealed<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  Object.freeze(value);
  for (const member of Object.values(value)) sealed(member);
  return value;
}
