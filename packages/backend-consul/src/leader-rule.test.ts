import { describe, expect, it } from 'vitest';
import { LeaderRule } from './leader-rule.js';

const led = { 'x-consul-knownleader': 'true', 'x-consul-lastcontact': '3' };
const leaderless = { 'x-consul-knownleader': 'false', 'x-consul-lastcontact': '0' };
const behind = { 'x-consul-knownleader': 'true', 'x-consul-lastcontact': '10001' };

describe('LeaderRule', () => {
  it.each([
    ['without a leader', leaderless],
    ['that has not heard of its leader for 10 s', behind],
  ])('believes a server %s while there is nothing better', (_, headers) => {
    const rule = new LeaderRule();
    rule.check('listing', headers);
    rule.check('listing', headers);
    rule.check('listing', led);
    expect(() => rule.check('listing', headers)).toThrow(expect.objectContaining({ code: 'WEFT_REGISTRY_UNAVAILABLE' }));
    expect(() => rule.check('listing', headers)).not.toThrow(expect.objectContaining({ failure: expect.anything() }));
  });

  it('believes a server whose headers a proxy has taken away', () => {
    const rule = new LeaderRule();
    rule.check('listing', {});
    rule.check('listing', {});
    expect(() => rule.check('listing', leaderless)).toThrow('no leader');
  });
});
