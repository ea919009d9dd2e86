import { describe, expect, it } from 'vitest';
import { RoutePattern } from './route-pattern.js';

describe('RoutePattern', () => {
  it.each([
    ['/users/:id', '/users/7'],
    ['/users/:id', '/users/7?full=1/2'],
    ['/users/:id/orders', '/users/7/orders'],
    ['/', '/'],
    ['/', '/?q=1'],
    ['/files/*', '/files/a/b'],
    ['/files/*', '/files/'],
    ['/*', '/anything/at/all'],
  ])('%s is the template of %s', (template, path) => {
    expect(new RoutePattern(template).matches(path)).toBe(true);
  });

  it.each([
    ['/users/:id', '/users'],
    ['/users/:id', '/users/'],
    ['/users/:id', '/users/7/orders'],
    ['/users/:id', '/users/?id=7'],
    ['/users/:id', '/user/7'],
    ['/users/7', '/users/77'],
    ['/', '/users'],
    ['/files/*', '/files'],
    ['/files/*', '/filesystem/a'],
  ])('%s is not the template of %s', (template, path) => {
    expect(new RoutePattern(template).matches(path)).toBe(false);
  });

  it('weighs what it says: literal words most, an open end least', () => {
    const templates = ['/*', '/users/*', '/users/:id', '/users/me', '/users/:id/orders'];
    const byWeight = [...templates].sort((a, b) => new RoutePattern(a).weight - new RoutePattern(b).weight);
    expect(byWeight).toEqual(templates);
  });
});
