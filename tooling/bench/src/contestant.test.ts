import { describe, expect, it } from 'vitest';
import { Contestant } from './contestant.mjs';

const options = { calls: 1, measures: 'client' as const, origins: [] };

describe('Contestant', () => {
  it('is not measured when its first answer is wrong', async () => {
    const contestant = await Contestant.open({ name: 'liar', module: './wrong-answer.fixture.mjs' }, options);
    await expect(contestant.warm()).rejects.toThrow('liar: check: Error: answered {"id":"8"}');
    await contestant.close();
  });

  it('says which variant cannot be opened, and leaves no process behind', async () => {
    const opening = Contestant.open({ name: 'absent', module: './absent.mjs' }, options);
    await expect(opening).rejects.toThrow(/^absent: open: .*absent\.mjs/);
    await expect.poll(() => process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});
