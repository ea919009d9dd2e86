import { authRestart, noRights, revoked, rightsLost, wrongCredentials } from './account-cases.js';
import { nothingLeft } from './closing-cases.js';
import { leaderLost, quorumLost } from './consul-cases.js';
import { compaction, eachLost } from './etcd-cases.js';
import type { FaultRow } from './fault-row.js';
import { cutOff, slow, stalled } from './network-cases.js';
import { killRestart, pauseTooLong, restartEmpty } from './outage-cases.js';

/** The cases of the drivers, the same for every server that can have them. */
export const driverCases: readonly FaultRow[] = [
  killRestart,
  restartEmpty,
  pauseTooLong,
  cutOff,
  stalled,
  slow,
  compaction,
  wrongCredentials,
  noRights,
  rightsLost,
  revoked,
  authRestart,
  leaderLost,
  quorumLost,
  eachLost,
  nothingLeft,
];
