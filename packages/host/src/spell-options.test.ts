import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf } from './json-schema.js';
import { spellOptions } from './spell-options.js';

const options = z.strictObject({
  maxSpans: z.int().optional(),
  name: z.string().optional(),
  tail: z.union([z.boolean(), z.strictObject({ maxTraces: z.int().optional() })]).optional(),
  ratios: z.array(z.number()).optional(),
  nodes: z.array(z.strictObject({ tlsPort: z.int() })).optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  made: z.unknown().optional(),
});

/** As they are spelled, when the texts at `fromEnv` came from the environment. */
function spelled(given: object, ...fromEnv: string[]): unknown {
  return spellOptions(jsonSchemaOf(options) ?? {}, given, 'tracing', new Set(fromEnv.map((path) => `tracing.${path}`)));
}

describe('The options of a driver in a config file', () => {
  it('may be in snake_case at any depth', () => {
    expect(spelled({ max_spans: 1, tail: { max_traces: 2 }, nodes: [{ tls_port: 3 }] })).toEqual({
      maxSpans: 1,
      tail: { maxTraces: 2 },
      nodes: [{ tlsPort: 3 }],
    });
  });

  it('are numbers and booleans when they come from the environment, where such are taken', () => {
    const given = { max_spans: '1', tail: 'true', ratios: ['0.5', '2'], nodes: [{ tlsPort: '443' }] };
    expect(spelled(given, 'max_spans', 'tail', 'ratios[0]', 'nodes[0].tlsPort')).toEqual({
      maxSpans: 1,
      tail: true,
      ratios: [0.5, '2'],
      nodes: [{ tlsPort: 443 }],
    });
  });

  it('stay texts where a text is taken, where they are no number, and where they did not come from the environment', () => {
    const given = { name: '1', facts: { version: '1.10' }, maxSpans: 'many', tail: { maxTraces: '5' } };
    expect(spelled(given, 'name', 'facts.version', 'maxSpans')).toEqual(given);
  });

  it('stay as they are where the schema does not tell: keys of maps, keys that it does not know, and ready-made parts', () => {
    const made = { some_key: () => {} };
    const given = { facts: { max_spans: 1 }, unknown_key: { max_spans: 1 }, made };
    const result = spelled(given) as typeof given;
    expect(result).toEqual(given);
    expect(result.made).toBe(made);
  });

  it('leave a key that is there in both spellings for the schema to refuse', () => {
    expect(spelled({ maxSpans: 1, max_spans: 2 })).toEqual({ maxSpans: 1, max_spans: 2 });
  });
});
