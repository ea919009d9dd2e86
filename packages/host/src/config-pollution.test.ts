import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';

let app: TemporaryApp;
afterEach(() => app.remove());

const poison = '"__proto__": { "polluted": true }';

describe('a config that reaches for the prototype of objects (R76)', () => {
  it.each([
    ['json', `{ ${poison} }`, '__proto__'],
    ['json', `{ "registry": { "driver": "memory", ${poison} } }`, 'registry.__proto__'],
    ['json', `{ "service": { "name": "a", "metadata": { ${poison} } } }`, 'service.metadata.__proto__'],
    ['json', `{ "loadBalancer": { "options": { "weights": { ${poison} } } } }`, 'loadBalancer.options.weights.__proto__'],
    ['json', `{ "transport": [{ "driver": "http", "pool": { ${poison} } }] }`, 'transport[0].pool.__proto__'],
    [
      'json',
      `{ "plugins": [{ "from": "./a.mjs", "options": { "deep": [{ ${poison} }] } }] }`,
      'plugins[0].options.deep[0].__proto__',
    ],
    ['json', '{ "client": { "constructor": { "prototype": { "polluted": true } } } }', 'client.constructor'],
    ['yaml', 'registry: { driver: memory, <<: { __proto__: { polluted: true } } }', 'registry.<<.__proto__'],
    ['yaml', 'config: { driver: memory, "prototype": { polluted: true } }', 'config.prototype'],
    ['js', `export default JSON.parse('{ "tracing": { ${poison} } }')`, 'tracing.__proto__'],
  ])('is refused with its place and pollutes nothing: %s %s', async (ending, text, path) => {
    app = await temporaryApp({ [`weft.config.${ending}`]: text }, ['@weft/registry-memory', '@weft/transport-http']);
    const error: unknown = await createHost(undefined, { folder: app.folder, signals: false }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
    expect(Reflect.get(error as object, 'problems')).toContainEqual(expect.objectContaining({ path }));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
