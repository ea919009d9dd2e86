import { endingCases } from './transport-endings.js';
import { exchangeCases } from './transport-exchanges.js';
import { failureCases } from './transport-failures.js';
import { openRig, type TransportCase, type TransportPair, type TransportSupport, type WithRig } from './transport-rig.js';
import { streamCases } from './transport-streams.js';

/** The functions of any test runner that has them, such as vitest or node:test. */
export interface TransportSuiteRunner {
  describe(name: string, define: () => void): unknown;
  /** `it.skip`, where it is there, lists what was declared as not supported. */
  it: ((name: string, run: () => Promise<void>) => unknown) & { skip?: (name: string, run: () => Promise<void>) => unknown };
}

/** A transport under test: for one that is only one side, a plain counterpart of the other side comes from the test. */
export interface TransportSuiteOptions {
  /** Opens both sides anew, with their defaults. */
  open(): Promise<TransportPair>;
  /** The protocol of an instance's endpoint, when it is not what the server's side says. */
  readonly endpointProtocol?: string;
  /** What the transport cannot do, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: TransportSupport;
}

const GROUPS: Readonly<Record<string, readonly TransportCase[]>> = {
  'an exchange': exchangeCases,
  'a body in pieces': streamCases,
  'an abort or a failure': failureCases,
  'the end': endingCases,
};

/** Every sentence of the transport contract, for any pair of both sides. */
export function transportSuite({ describe, it }: TransportSuiteRunner, options: TransportSuiteOptions): void {
  const withRig: WithRig = async (handler, run, listen) => {
    const rig = await openRig(options.open, options.endpointProtocol, handler, listen);
    try {
      await run(rig);
    } finally {
      await rig.close();
    }
  };
  describe('transport', () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const one of cases) {
          const supported = !one.needs || (options.supports?.[one.needs] ?? true);
          if (supported) it(one.name, () => one.run(withRig));
          else it.skip?.(`${one.name} (declared: no ${one.needs})`, async () => {});
        }
      });
    }
  });
}
