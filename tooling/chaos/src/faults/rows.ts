import type { FaultRow } from './fault-row.js';
import { r16, r17 } from './r16-r17-same-id.js';
import { r20 } from './r20-deploy.js';
import { r29, r30, r31 } from './r29-r31-registry-down.js';
import { r32, r33, r34 } from './r32-r34-emptied.js';
import { r35 } from './r35-silent.js';
import { r36, r37, r38 } from './r36-r38-bad-answers.js';
import { r39, r40, r41, r42 } from './r39-r42-partitions.js';
import { r43 } from './r43-herd.js';
import { r44 } from './r44-latency.js';
import { r45, r46 } from './r45-r46-many.js';
import { r47 } from './r47-poison.js';
import { r48 } from './r48-credentials.js';
import { r68, r69, r70, r71 } from './r68-r71-config.js';

const places = [r16, r17, r20, r29, r30, r31, r32, r33, r34, r35, r36, r37, r38, r39, r40, r41, r42];
const others = [r43, r44, r45, r46, r47, r48, r68, r69, r70, r71];

/** Every row of the table that runs on real servers, in its order. */
export const rows: readonly FaultRow[] = [...places, ...others];
