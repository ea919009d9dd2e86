import assert from 'node:assert/strict';

/** What a process holds that an opened driver may have left behind. */
export class ProcessResources {
  private readonly handles = activeHandles();
  private readonly listeners = processListeners();

  /** Fails when the process holds more now than when this was made. */
  assertNoMore(): void {
    for (const [kind, count] of activeHandles()) assert.ok(count <= (this.handles.get(kind) ?? 0), `${count} of ${kind} left`);
    assert.equal(processListeners(), this.listeners);
  }
}

/** What keeps the process alive, counted by kind. */
function activeHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function processListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}
