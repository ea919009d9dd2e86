import { describe, expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets.js';

describe('hideSecrets', () => {
  it.each([
    ['redis://:s3cret@localhost:6379/0', 'redis://[redacted]@localhost:6379/0'],
    ['connect to postgres://app:s3cret@db/orders failed', 'connect to postgres://[redacted]@db/orders failed'],
    ['https://s3cret@git.local/x.git', 'https://[redacted]@git.local/x.git'],
    ['redis://u:s3/cr?et@x@localhost', 'redis://[redacted]@localhost'],
    ['Invalid URL: http://u:s3/cret@consul:8500/v1', 'Invalid URL: http://[redacted]@consul:8500/v1'],
    ['redis://:s3cret@a:1,redis://:s3cret@b:2', 'redis://[redacted]@b:2'],
  ])('hides user and password of an address: %s', (text, hidden) => {
    expect(hideSecrets(text)).toBe(hidden);
  });

  it.each([
    ['GET /orders?id=7&token=s3cret&page=2', 'GET /orders?id=7&token=[redacted]&page=2'],
    ['/login?access_token=s3cret#top', '/login?access_token=[redacted]'],
    ['/go?to=%2Fx%3Ftoken%3Ds3cret', '/go?to=%2Fx%3Ftoken%3D[redacted]'],
    ['set config/db-password = s3cret', 'set config/db-password = [redacted]'],
    ['DB_PASSWORD=s3cret node main.js', 'DB_PASSWORD=[redacted] node main.js'],
    ['db: { passwordHash: s3cret', 'db: { passwordHash: [redacted]'],
    ['body {"user":"ann","password":"s3 cr\\"et","id":1}', 'body {"user":"ann","password":"[redacted]","id":1}'],
    ["{ apiKey: 's3cret', id: 1 }", "{ apiKey: '[redacted]', id: 1 }"],
    ['"{\\"token\\":\\"s3cret\\",\\"id\\":1}"', '"{\\"token\\":\\"[redacted]\\",\\"id\\":1}"'],
    ['password="s3cret without an end', 'password="[redacted]"'],
    ['password: s3cret of Ann', 'password: [redacted] of Ann'],
  ])('hides what a name of a secret is set to: %s', (text, hidden) => {
    expect(hideSecrets(text)).toBe(hidden);
  });

  it.each([
    ['authorization: Digest username="ann", response="s3cret"\r\nhost: a', 'authorization: [redacted]\r\nhost: a'],
    ['authorization: token s3cret', 'authorization: [redacted]'],
    ['Cookie: session=s3cret; theme="s3cret"', 'Cookie: [redacted]'],
    ["{ 'set-cookie': 'id=s3cret; path=/', etag: '1' }", "{ 'set-cookie': '[redacted]', etag: '1' }"],
    ['sent Bearer s3cret to b', 'sent Bearer [redacted] to b'],
    ['Basic YTpzM2NyZXQ=', 'Basic [redacted]'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s3cret', 'got [redacted]'],
  ])('hides credentials: %s', (text, hidden) => {
    expect(hideSecrets(text)).toBe(hidden);
  });

  it.each([
    'registry.token: expected a text',
    'password: must be longer than 8',
    'GET /users/:id 200 in 3 ms',
    'http://localhost:8080/@scope/name?page=2',
    'at file:///srv/orders/node_modules/.pnpm/pino@10.4.0/node_modules/pino/pino.js:1:2',
    'tokens=5 left=2',
    '2026-01-01T00:00:00.000Z',
    'mail ann@example.org',
  ])('leaves alone what tells nothing: %s', (text) => {
    expect(hideSecrets(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    const once = hideSecrets('authorization: Bearer s3cret\ncookie=a "token":"s3cret" redis://:s3cret@h');
    expect(hideSecrets(once)).toBe(once);
  });

  it.each([
    'token',
    'password="',
    'password=\\"',
    'secret:',
    'http://',
    'a://b:',
    'cookie:\n',
    'eyJ-',
    'bearer ',
    'api-',
    '\\',
    'x',
  ])('goes through 200,000 characters of %s without going back and forth', (piece) => {
    const text = `=:eyJ://${piece.repeat(200_000 / piece.length)}`;
    expect(hideSecrets(text).length).toBeGreaterThan(0);
  });
});
