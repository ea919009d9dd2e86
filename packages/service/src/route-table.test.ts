import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { RouteTable } from './route-table.js';

const handler = () => 'answer';

describe('RouteTable', () => {
  it('reads a method and a path, or a path alone for any method', () => {
    const routes = new RouteTable();
    routes.add('get /users/:id', handler);
    routes.add('/any', handler);
    expect(routes.find('GET', '/users/7?page=1')).toMatchObject({ params: { id: '7' }, route: { key: 'GET /users/:id' } });
    for (const method of ['GET', 'POST', 'PROPFIND']) expect(routes.find(method, '/any').route?.key).toBe('/any');
  });

  it('prefers a method to any method, and a static path to a parameter', () => {
    const routes = new RouteTable();
    routes.add('/users/me', handler);
    routes.add('POST /users/me', handler);
    routes.add('GET /users/:id', handler);
    expect(routes.find('POST', '/users/me').route?.key).toBe('POST /users/me');
    expect(routes.find('GET', '/users/me').route?.key).toBe('/users/me');
    expect(routes.find('GET', '/users/7').route?.key).toBe('GET /users/:id');
  });

  it('lets HEAD fall to GET unless it has a handler of its own', () => {
    const routes = new RouteTable();
    routes.add('GET /a', handler);
    routes.add('GET /b', handler);
    routes.add('HEAD /b', handler);
    expect(routes.find('HEAD', '/a').route?.key).toBe('GET /a');
    expect(routes.find('HEAD', '/b').route?.key).toBe('HEAD /b');
  });

  it('tells a path that is not there from a method that is not there', () => {
    const routes = new RouteTable();
    routes.add('GET /a', handler);
    routes.add('PUT /a', handler);
    expect(routes.find('POST', '/a')).toMatchObject({ route: undefined, allow: ['GET', 'HEAD', 'OPTIONS', 'PUT'] });
    expect(routes.find('POST', '/b')).toMatchObject({ route: undefined, allow: [] });
    expect(routes.find('GET', '/%zz')).toMatchObject({ isBadPath: true });
  });

  it.each(['GET /users/:id', 'get  /users/:id', 'GET /users/:other'])('refuses %s beside GET /users/:id', (key) => {
    const routes = new RouteTable();
    routes.add('GET /users/:id', handler);
    expect(() => routes.add(key, handler)).toThrow(expect.objectContaining({ code: 'WEFT_CONFLICT' }));
    expect([...routes.handlers().keys()]).toEqual(['GET /users/:id']);
  });

  it.each([
    ['users', 'expected a path'],
    ['GET users', 'expected a path'],
    ['GTE /users', 'Did you mean "GET"?'],
    ['GET /a /b', 'expected a path'],
    ['GET /*/a', 'Wildcard must be the last'],
    ['GET /:id((a+)+)', 'not safe'],
  ])('refuses %s', (key, message) => {
    const routes = new RouteTable();
    expect(() => routes.add(key, handler)).toThrow(message);
    expect(() => routes.add(key, handler)).toThrow(WeftError);
  });

  it('forgets what was removed, finds what it hid, and takes it again', () => {
    const routes = new RouteTable();
    routes.add('GET /users/me', handler);
    routes.add('/users/:id', handler);
    expect(routes.remove('GET /users/me')).toBe(true);
    expect(routes.remove('GET /users/me')).toBe(false);
    expect(routes.find('GET', '/users/me').route?.key).toBe('/users/:id');
    routes.add('GET /users/me', handler);
    expect(routes.find('GET', '/users/me').route?.key).toBe('GET /users/me');
    routes.remove('/users/:id');
    routes.add('/users/:name', handler);
    expect(routes.find('GET', '/users/7').params).toEqual({ name: '7' });
  });

  it('keeps 500 routes apart while half of them are removed', () => {
    const routes = new RouteTable();
    for (let at = 0; at < 500; at++) routes.add(`GET /r${at}/:id`, handler);
    for (let at = 0; at < 500; at += 2) routes.remove(`GET /r${at}/:id`);
    const found = Array.from({ length: 500 }, (_, at) => routes.find('GET', `/r${at}/1`).route !== undefined);
    expect(found.filter(Boolean)).toHaveLength(250);
    expect(found[0]).toBe(false);
    expect(found[1]).toBe(true);
  });

  it('lets a route of the user take the place of a built-in one, which it never lists', () => {
    const routes = new RouteTable();
    routes.add('GET /health', handler, { isBuiltIn: true });
    expect(routes.handlers().size).toBe(0);
    routes.add('/health', handler);
    expect(routes.find('GET', '/health').route?.key).toBe('/health');
    expect([...routes.handlers().keys()]).toEqual(['/health']);
  });
});
