import { describeRows } from './describe-rows.js';
import { driverCases } from './driver-cases.js';

describeRows('etcd', driverCases);
