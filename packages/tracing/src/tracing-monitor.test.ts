import type { Span } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { TracingMonitor } from './tracing-monitor.js';

/** A span that writes down what it is told. */
function written() {
  const told: (string | number | boolean)[][] = [];
  const span: Span = {
    context: { traceId: '1'.repeat(32), spanId: '1'.repeat(16), sampled: true },
    setTag(...tag) {
      told.push(['tag', ...tag]);
      return span;
    },
    logKV(...log) {
      told.push(['log', ...log]);
      return span;
    },
    finish: () => void told.push(['finish']),
  };
  return { span, told };
}

const monitor = new TracingMonitor();

describe('TracingMonitor', () => {
  it('S165 writes down what is called, and that the call starts', () => {
    const { span, told } = written();
    monitor.monitorServiceCall(span, 'user-service', 'GET', '/users/7');
    expect(told).toEqual([
      ['tag', 'service.call.target', 'user-service'],
      ['tag', 'service.call.method', 'GET'],
      ['tag', 'service.call.path', '/users/7'],
      ['log', 'event', 'service_call_start'],
    ]);
  });

  it('S165 leaves out the query, which may hold what is nobody else’s business', () => {
    const { span, told } = written();
    monitor.monitorServiceCall(span, 'user-service', 'GET', '/users/7?token=sesame#top');
    expect(told).toContainEqual(['tag', 'service.call.path', '/users/7']);
    expect(JSON.stringify(told)).not.toContain('sesame');
  });

  it('S166 writes down status and size of an answer, S167 and that the call is over', () => {
    const { span, told } = written();
    monitor.monitorServiceResponse(span, { statusCode: 200, size: 10 });
    expect(told).toEqual([
      ['tag', 'response.status', 200],
      ['log', 'response.size', 10],
      ['log', 'event', 'service_call_end'],
    ]);
  });

  it.each([
    ['an error', undefined, new Error('no instance'), 'no instance'],
    ['an error beside an answer', { statusCode: 200, size: 1 }, new Error('too large'), 'too large'],
    ['a text that was thrown', undefined, 'oops', 'oops'],
    ['an error with a secret in it', undefined, new Error('refused token=sesame'), 'refused token=[redacted]'],
    ['neither answer nor error', undefined, undefined, 'no response'],
  ])('S166 marks the span as failed by %s, S167 and says that the call is over', (_, response, error, expected) => {
    const { span, told } = written();
    monitor.monitorServiceResponse(span, response, error);
    expect(told).toEqual([
      ['tag', 'error', true],
      ['log', 'error', expected],
      ['log', 'event', 'service_call_end'],
    ]);
  });

  it('takes null for no error, as the origin does', () => {
    const { span, told } = written();
    monitor.monitorServiceResponse(span, { statusCode: 404, size: 0 }, null);
    expect(told[0]).toEqual(['tag', 'response.status', 404]);
  });
});
