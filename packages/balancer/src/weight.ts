/** Whether a value can be the weight of an instance: a finite number that is not negative. */
export function isWeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
