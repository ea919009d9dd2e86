import { SECRET_WORDS } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { createSecretKeys } from './secret-keys.js';

describe('createSecretKeys', () => {
  const isSecretKey = createSecretKeys([]);

  it.each([
    ...SECRET_WORDS,
    'Authorization',
    'proxy-authorization',
    'Set-Cookie',
    'DB_PASSWORD',
    'config/database/password',
    'passwordHash',
    'secretAccessKey',
    'x-api-key',
    'APIKEY',
    'private_key',
    'accessToken',
    'X-Auth-Token',
    'credentials',
    'pass',
  ])('tells that %s holds a secret', (name) => {
    expect(isSecretKey(name, [])).toBe(true);
  });

  it.each(['tokens', 'tokenBucket', 'passed', 'user', 'key', 'keys', 'compass', 'id', ''])('lets %s be read', (name) => {
    expect(isSecretKey(name, [])).toBe(false);
  });

  it('takes further names, in any case of letters', () => {
    const withEmail = createSecretKeys(['Email']);
    expect(withEmail('eMail', ['user'])).toBe(true);
    expect(withEmail('emails', ['user'])).toBe(false);
  });

  it('takes paths, wherever their keys follow each other', () => {
    const withPaths = createSecretKeys(['user.email', 'cards.*.number']);
    expect(withPaths('email', ['user'])).toBe(true);
    expect(withPaths('email', ['order', 'User'])).toBe(true);
    expect(withPaths('email', ['shop'])).toBe(false);
    expect(withPaths('email', [])).toBe(false);
    expect(withPaths('number', ['cards', 'first'])).toBe(true);
    expect(withPaths('number', ['first'])).toBe(false);
    expect(withPaths('user.email', [])).toBe(true);
  });
});
