import { WeftError } from '@weft/core';

/** What `weft` exits with. */
export const EXIT = {
  /** It is as it should be; a watch that was ended by hand too. */
  ok: 0,
  /** What was asked about is wrong or not there: problems in a config, an unknown service or key, an answer from status 400. */
  wrong: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** The registry or the config center does not answer. */
  unreachable: 3,
  /** The call got no answer: no instance, connection refused, out of time. */
  unanswered: 4,
  /** The config, or a driver that it names, cannot be used; `weft check` tells why. */
  setup: 5,
  /** A condition of the command did not hold, because somebody else was quicker: read again, and decide anew. */
  conflict: 6,
  /** A fault of this program. */
  fault: 70,
  /** Ended by a signal before it was done. */
  interrupted: 130,
} as const;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof WeftError)) return EXIT.fault;
  const { code, cause } = error;
  if (code === 'WEFT_REGISTRY_UNAVAILABLE') return EXIT.unreachable;
  if (code === 'WEFT_INVALID_ARGUMENT') return EXIT.usage;
  if (code === 'WEFT_CONFLICT') return EXIT.conflict;
  if (code === 'WEFT_UNAUTHENTICATED' || code === 'WEFT_PERMISSION_DENIED') return EXIT.setup;
  if (code.startsWith('WEFT_CONFIG_') || code.startsWith('WEFT_PLUGIN_')) return EXIT.setup;
  return cause instanceof WeftError && cause.code === 'WEFT_REGISTRY_UNAVAILABLE' ? EXIT.unreachable : EXIT.unanswered;
}
