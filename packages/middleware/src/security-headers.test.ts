import { describe, expect, it } from 'vitest';
import { securityHeaders } from './index.js';
import { jsonReply, SampleRequest, through } from './sample-request.fixture.js';

describe('securityHeaders', () => {
  it('puts its headers on every answer', async () => {
    const { status, headers, body } = await through(securityHeaders());
    expect([status, body]).toEqual([200, '{"ok":true}']);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-permitted-cross-domain-policies': 'none',
    });
  });

  it('leaves the last word to the handler', async () => {
    const { headers } = await through(securityHeaders(), new SampleRequest(), async () =>
      jsonReply({}, { 'x-frame-options': 'SAMEORIGIN' }),
    );
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
  });

  it('gives them to the answer to what is thrown, too', async () => {
    const request = new SampleRequest({ failureHeaders: { 'x-mine': '1' } });
    const failing = through(securityHeaders(), request, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(request.failureHeaders).toMatchObject({ 'x-mine': '1', 'x-frame-options': 'DENY' });
  });

  it('takes other values, and false', async () => {
    const { headers } = await through(securityHeaders({ 'x-frame-options': false, 'referrer-policy': 'same-origin' }));
    expect(headers).toMatchObject({ 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' });
    expect('x-frame-options' in headers).toBe(false);
  });

  it('refuses a header that it does not know, and a value that cannot be sent', () => {
    const misspelt: object = { 'x-frame-option': 'DENY' };
    expect(() => securityHeaders(misspelt)).toThrow('Did you mean "x-frame-options"?');
    expect(() => securityHeaders({ 'x-frame-options': 'a\r\nx: y' })).toThrow('securityHeaders.x-frame-options: expected');
  });
});
