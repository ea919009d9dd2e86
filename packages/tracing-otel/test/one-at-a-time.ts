import { type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/** The least context manager: good for as long as nothing is awaited. */
export function oneAtATime(): ContextManager {
  let active = ROOT_CONTEXT;
  const manager: ContextManager = {
    active: () => active,
    with(within, run, self, ...args) {
      const before = active;
      active = within;
      try {
        return run.apply(self, args);
      } finally {
        active = before;
      }
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
