import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import type { SuiteRunner } from './suite-runner.js';
import { endingCases } from './transport-endings.js';
import { exchangeCases } from './transport-exchanges.js';
import { failureCases } from './transport-failures.js';
import { openRig, type TransportCase, type TransportPair, type TransportSupport, type WithRig } from './transport-rig.js';
import { streamCases } from './transport-streams.js';

/** A transport under test: for one that is only one side, a plain counterpart of the other side comes from the test. */
export interface TransportTarget {
  /** Opens both sides anew, with their defaults. */
  open(): Promise<TransportPair>;
  /** The protocol of an instance's endpoint, when it is not what the server's side says. */
  readonly endpointProtocol?: string;
  /** What the transport cannot do, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: TransportSupport;
  /** For the report; default `transport`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly TransportCase[]>> = {
  'an exchange': exchangeCases,
  'a body in pieces': streamCases,
  'an abort or a failure': failureCases,
  'the end': endingCases,
};

/** Every sentence of the transport contract, for any pair of both sides. */
export function transportSuite(runner: SuiteRunner, target: TransportTarget): ConformanceReport {
  const { supports = {}, name = 'transport' } = target;
  const withRig: WithRig = async (handler, run, listen) => {
    const rig = await openRig(target.open, target.endpointProtocol, handler, listen);
    try {
      await run(rig);
    } finally {
      await rig.close();
    }
  };
  return defineSuite<TransportCase>(runner, {
    suite: 'transport',
    subject: name,
    groups: GROUPS,
    offers: (feature) => supports[feature] !== false,
    run: (one) => one.run(withRig),
  });
}
