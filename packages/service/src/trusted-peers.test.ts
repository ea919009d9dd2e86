import { describe, expect, it } from 'vitest';
import { TrustedPeers } from './trusted-peers.js';

const peers = new TrustedPeers(['127.0.0.0/8', '::1', '10.0.0.7']);
const HEADERS = {
  'x-forwarded-for': '203.0.113.9, 10.0.0.7',
  'x-forwarded-proto': 'https',
  'x-request-attempt': '2',
  'x-request-priority': 'critical',
  host: 'a',
};

describe('TrustedPeers', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.7', ''])('trusts %s', (address) => {
    expect(peers.has(address)).toBe(true);
    expect(peers.headersFrom(address, HEADERS)).toBe(HEADERS);
  });

  it.each(['10.0.0.8', '192.0.2.1', '2001:db8::1', 'unknown'])('takes no word about the caller from %s', (address) => {
    expect(peers.has(address)).toBe(false);
    expect(peers.headersFrom(address, HEADERS)).toEqual({ host: 'a' });
    expect(peers.callerOf(address, HEADERS)).toBe(address);
  });

  it('takes the last hop that is none of ours for the caller', () => {
    expect(peers.callerOf('127.0.0.1', HEADERS)).toBe('203.0.113.9');
    expect(peers.callerOf('127.0.0.1', {})).toBe('127.0.0.1');
  });

  it('does not take for an address what is none', () => {
    for (const hop of ['unknown', '_hidden', '<script>', '203.0.113.9:80', '']) {
      expect(peers.callerOf('127.0.0.1', { 'x-forwarded-for': hop })).toBe('127.0.0.1');
    }
  });
});
