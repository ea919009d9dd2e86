import { fileURLToPath } from 'node:url';
import { layerProblems } from './layer-problems.mjs';

const problems = layerProblems(fileURLToPath(new URL('../..', import.meta.url)));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
