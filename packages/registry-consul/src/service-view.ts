import type { RegistryEvent, ServiceInstance } from '@weft/core';

const MAX_SINGLE_CHANGES = 64;

/** The instances at one moment, by key. */
export type ServiceView = ReadonlyMap<string, ViewedInstance>;

/** One instance of a view. */
export class ViewedInstance {
  /** Its name and id. */
  readonly key: string;
  readonly instance: ServiceInstance;
  #text: string | undefined;

  constructor(key: string, instance: ServiceInstance) {
    this.key = key;
    this.instance = instance;
  }

  /** Its record as text, which tells whether it changed; made when it is first asked for, which a first list never is. */
  get text(): string {
    this.#text ??= JSON.stringify(this.instance);
    return this.#text;
  }
}

/** An instance as it is now. One that has not changed is the very one of the view before: nothing new has to be kept. */
export function viewed(instance: ServiceInstance, before?: ServiceView): ViewedInstance {
  const now = new ViewedInstance(`${instance.name}\n${instance.id}`, instance);
  const earlier = before?.get(now.key);
  return earlier && earlier.text === now.text ? earlier : now;
}

/** The view of a list. An instance that two agents hold is the one of the greater incarnation. */
export function viewOf(list: Iterable<ViewedInstance>): ServiceView {
  const view = new Map<string, ViewedInstance>();
  for (const seen of list) {
    const other = view.get(seen.key);
    if (!other || other.instance.incarnation < seen.instance.incarnation) view.set(seen.key, seen);
  }
  return view;
}

/** The instances of a view. */
export function listOf(view: ServiceView): ServiceInstance[] {
  return [...view.values()].map(({ instance }) => instance);
}

/**
 * What leads from one view to the next: who was draining and has left, then single changes while they are few, else the
 * list. Several that vanished together are told as a list, so that a reader sees that they did.
 */
export function changesBetween(before: ServiceView | undefined, now: ServiceView): readonly RegistryEvent[] {
  if (!before) return [{ list: listOf(now) }];
  const left: RegistryEvent[] = [];
  const changes: RegistryEvent[] = [];
  for (const [key, { instance }] of before) {
    if (!now.has(key)) (instance.status === 'draining' ? left : changes).push({ removed: instance });
  }
  const vanished = changes.length;
  for (const [key, seen] of now) {
    const earlier = before.get(key);
    if (earlier !== seen && earlier?.text !== seen.text) changes.push({ put: seen.instance });
  }
  return vanished > 1 || changes.length > MAX_SINGLE_CHANGES ? [...left, { list: listOf(now) }] : [...left, ...changes];
}
