import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { noopLogger } from './logger.js';
import { tell } from './tell.js';

describe('tell', () => {
  it('tells every listener although one throws, and those of once only once', () => {
    const emitter = new EventEmitter();
    const heard: string[] = [];
    const logged: string[] = [];
    emitter.on('news', () => {
      throw new Error('deaf');
    });
    emitter.once('news', (what: string) => heard.push(`once ${what}`));
    emitter.on('news', (what: string) => heard.push(what));
    const logger = { ...noopLogger, error: (message: string) => logged.push(message) };
    tell(emitter, 'news', 'a', logger);
    tell(emitter, 'news', 'b', logger);
    expect(heard).toEqual(['once a', 'a', 'b']);
    expect(logged).toEqual(['a listener threw', 'a listener threw']);
  });
});
