import type { PeerIdentity } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { callerOf, mutualAuth } from './index.js';
import { SampleRequest, through } from './sample-request.fixture.js';

const peer = (part: Partial<PeerIdentity>): PeerIdentity => ({
  commonName: undefined,
  dnsNames: [],
  uris: [],
  fingerprint256: 'AA:BB',
  ...part,
});

async function asking(auth: ReturnType<typeof mutualAuth>, given: PeerIdentity | undefined) {
  const request = new SampleRequest({ peer: given });
  const { status } = await through(auth, request);
  return [status, callerOf(request)?.id];
}

describe('mutualAuth', () => {
  const auth = mutualAuth({ allow: ['spiffe://mesh/gateway', 'orders.test'] });

  it('lets in who has one of the names, and says which', async () => {
    expect(await asking(auth, peer({ uris: ['spiffe://mesh/gateway'] }))).toEqual([200, 'spiffe://mesh/gateway']);
    expect(await asking(auth, peer({ dnsNames: ['other.test', 'orders.test'] }))).toEqual([200, 'orders.test']);
  });

  it('reads the common name only where there is no other name', async () => {
    expect(await asking(auth, peer({ commonName: 'orders.test' }))).toEqual([200, 'orders.test']);
    expect(await asking(auth, peer({ commonName: 'orders.test', dnsNames: ['other.test'] }))).toEqual([403, undefined]);
  });

  it('answers 403 without a certificate, to another name, and to one that only begins alike', async () => {
    for (const given of [
      undefined,
      peer({}),
      peer({ dnsNames: ['orders.test.evil'] }),
      peer({ uris: ['spiffe://mesh/gateway2'] }),
    ]) {
      expect(await asking(auth, given)).toEqual([403, undefined]);
    }
  });

  it('asks a function, when it is given one', async () => {
    const byPrint = mutualAuth({ allow: async ({ fingerprint256 }) => fingerprint256 === 'AA:BB' });
    expect(await asking(byPrint, peer({}))).toEqual([200, 'AA:BB']);
    expect(await asking(byPrint, peer({ fingerprint256: 'CC' }))).toEqual([403, undefined]);
  });

  it('refuses an empty list, and an empty name', () => {
    for (const allow of [[], [''], undefined as unknown as [], 'gateway.local' as unknown as []])
      expect(() => mutualAuth({ allow })).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
  });
});
