import { describe, expect, it } from 'vitest';
import { changesBetween, entriesOf } from './prefix-view.js';

const pair = (Key: string, text: string | null, ModifyIndex = 1) => {
  return { Key, Value: text === null ? null : Buffer.from(text).toString('base64'), ModifyIndex };
};
const answer = (body: unknown, status = 200) => ({ status, body, headers: {}, about: { what: 'listing', from: 'agent:8500' } });
const view = (...pairs: unknown[]) => entriesOf(answer(pairs), '');

describe('entriesOf', () => {
  it('has the keys that are the prefix or lie below it, not those that begin alike', () => {
    const pairs = ['config', 'config/a', 'config/b/c', 'configuration/a', 'config.json'].map((key) => pair(key, 'x'));
    expect([...entriesOf(answer(pairs), 'config').keys()]).toEqual(['config', 'config/a', 'config/b/c']);
  });

  it('tells an empty value from none, and leaves out the folders of the user interface', () => {
    expect([...view(pair('a', null, 7), pair('a/', null)).values()]).toEqual([{ key: 'a', text: '', revision: '7' }]);
  });

  it('is empty for what is not found, and passes over what is no pair', () => {
    expect(entriesOf(answer(undefined, 404), '').size).toBe(0);
    expect(entriesOf(answer([null, 1, {}]), '').size).toBe(0);
  });

  it.each([undefined, null, 'no', {}])('takes %j for no answer', (body) => {
    expect(() => entriesOf(answer(body), '')).toThrow(expect.objectContaining({ code: 'WEFT_REGISTRY_UNAVAILABLE' }));
  });
});

describe('changesBetween', () => {
  it('tells the list at first, even an empty one', () => {
    expect(changesBetween(undefined, view())).toEqual([{ list: [] }]);
  });

  it('tells what differs, and nothing else', () => {
    const before = view(pair('a', '1', 1), pair('b', '1', 2), pair('c', '1', 3));
    const now = view(pair('a', '1', 1), pair('b', '2', 4), pair('d', '1', 5));
    expect(changesBetween(before, now)).toEqual([
      { removed: 'c' },
      { put: { key: 'b', text: '2', revision: '4' } },
      { put: { key: 'd', text: '1', revision: '5' } },
    ]);
    expect(changesBetween(now, now)).toEqual([]);
  });

  it('notices another text under the same revision, as after a server lost all', () => {
    expect(changesBetween(view(pair('a', '1', 1)), view(pair('a', '2', 1)))).toHaveLength(1);
  });

  it('tells the list when much has changed', () => {
    const pairs = Array.from({ length: 65 }, (_, at) => pair(`k${at}`, 'x'));
    const [event, ...more] = changesBetween(view(), view(...pairs));
    expect([event && 'list' in event && event.list.length, more]).toEqual([65, []]);
  });
});
