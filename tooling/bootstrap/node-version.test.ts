import { expect, it } from 'vitest';
import { nodeVersionProblem } from './node-version.mjs';

it('accepts Node from 20.19 on and names both versions otherwise', () => {
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.21.0']) expect(nodeVersionProblem(version)).toBeUndefined();
  for (const version of ['18.20.8', '20.9.0', '20.18.3']) {
    expect(nodeVersionProblem(version)).toBe(`Weft needs Node 20.19 or newer; this is Node ${version}.`);
  }
});
