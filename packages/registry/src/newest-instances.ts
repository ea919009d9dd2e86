import { instanceKey, type ServiceInfo } from './service-info.js';

/** Of each record the one of the greatest incarnation, by name and id. */
export function newestInstances(instances: readonly ServiceInfo[]): ServiceInfo[] {
  const newest = new Map<string, ServiceInfo>();
  for (const info of instances) {
    const key = instanceKey(info);
    const other = newest.get(key);
    if (!other || other.incarnation < info.incarnation) newest.set(key, info);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, info]) => info);
}
