import type { Attempt, ClientTransport, Reply } from '@weft/core';

/** What a scripted try does: answers, fails, or hangs until it is aborted. */
export type Script = (attempt: Attempt) => Partial<Reply> | Error | 'hang' | Promise<Partial<Reply> | Error>;

/** A client transport that answers as a test says, and remembers what it was sent. */
export interface ScriptedTransport extends ClientTransport {
  /** Every try, oldest first. */
  readonly sent: readonly Attempt[];
  /** What comes next, for all tries from now on. */
  script: Script;
}

/** A transport for the protocol `http` without a network. */
export function scriptedTransport(script: Script = () => ({})): ScriptedTransport {
  const sent: Attempt[] = [];
  const transport: ScriptedTransport = {
    protocols: ['http'],
    supports: { streaming: true },
    sent,
    script,
    send(attempt) {
      sent.push(attempt);
      return new Promise((resolve, reject) => {
        attempt.abort = reject;
        const said = transport.script(attempt);
        if (said === 'hang') return;
        Promise.resolve(said).then((answer) => {
          if (answer instanceof Error) reject(answer);
          else resolve({ status: 200, headers: {}, ...answer });
        }, reject);
      });
    },
    close: async () => {},
  };
  return transport;
}
