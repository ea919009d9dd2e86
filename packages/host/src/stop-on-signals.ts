const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends the process in order when it is asked to: the first SIGTERM or SIGINT runs `stop` and exits 0, or 1 when it
 * fails; a second one exits 1 at once. Returns the way to take the handlers back.
 */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
