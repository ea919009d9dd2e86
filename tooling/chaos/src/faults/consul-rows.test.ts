import { describeRows } from './describe-rows.js';
import { rows } from './rows.js';

describeRows('consul', rows);
