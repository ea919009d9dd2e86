import { setMaxListeners } from 'node:events';

/** An abort controller that many may listen to: Node warns of more than ten. */
export function quietControl(): AbortController {
  const control = new AbortController();
  setMaxListeners(0, control.signal);
  return control;
}
