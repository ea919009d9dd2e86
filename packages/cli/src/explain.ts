import type { CallExplanation, Candidate, Response } from '@weft/client';
import { type AttemptRecord, hideSecrets, messageOf, WeftError } from '@weft/core';
import type { Host } from '@weft/host';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { printable } from './output.js';
import { withCall } from './with-call.js';

/** What was ended by these had no policies and no time. */
const NEVER_A_CALL: ReadonlySet<string> = new Set(['closed', 'invalid']);

/** `weft explain`: as `weft call`, and tells what became of the call instead of what it was answered. */
export const explain: Command = {
  name: 'explain',
  summary: 'Make a call and print why it went as it did: who could answer, what was tried, which rule decided.',
  args: ['service', 'method', 'path'],
  options: ['data', 'header', ...SOURCE_OPTIONS],
  examples: ['explain orders GET /orders/7', `explain orders POST /orders --data '{"items":[]}' --timeout 500ms --json`],
  async run(input) {
    const { io, out } = input;
    return withCall(input, async (call, host) => {
      const ended = await call().then(
        ({ reply }) => reply,
        (error: unknown) => error,
      );
      const explanation = io.signal.aborted ? undefined : explanationOf(host, ended);
      if (!explanation) throw ended;
      if (out.isJson) out.document(documentOf(explanation, ended));
      else tell(explanation, ended, out);
      return isResponse(ended) ? (ended.statusCode < 400 ? EXIT.ok : EXIT.wrong) : exitCodeOf(ended);
    });
  },
};

/** Undefined when it is nothing that a client has answered or refused. */
function explanationOf(host: Host, ended: unknown): CallExplanation | undefined {
  try {
    return host.explain(ended);
  } catch {
    return undefined;
  }
}

function isResponse(ended: unknown): ended is Response {
  return !(ended instanceof Error);
}

function documentOf(explanation: CallExplanation, ended: unknown): unknown {
  const { timeoutMs } = explanation;
  const limit = { timeoutMs: Number.isFinite(timeoutMs) ? timeoutMs : null };
  const message = hideSecrets(messageOf(ended));
  return { ...explanation, ...limit, ...(ended instanceof WeftError && { error: { code: ended.code, message } }) };
}

function tell(explanation: CallExplanation, ended: unknown, out: CommandInput['out']): void {
  const { call, rule, because, failed, candidates, attempts } = explanation;
  out.line(out.bold(printable(`${call}: ${isResponse(ended) ? `answered ${ended.statusCode}` : codeOf(ended)}`)));
  out.line(`  because ${because} (${rule})`);
  if (!isResponse(ended)) out.line(printable(`  ${hideSecrets(messageOf(ended))}`));
  if (failed) {
    out.line(`  instead of ${failed.code}, because ${failed.because} (${failed.rule})`);
    out.line(printable(`  ${hideSecrets(failed.message)}`));
  }
  if (!NEVER_A_CALL.has(rule)) tellGovernance(explanation, out);
  out.line('');
  if (candidates.length === 0) out.line('no candidates');
  else out.table(['candidate', 'version', 'address', 'tries', 'skipped because'], candidates.map(candidateRow));
  out.line('');
  if (attempts.length === 0) out.line('nothing was sent');
  else out.table(['try', 'instance', 'outcome', 'ms'], attempts.map(attemptRow));
}

function tellGovernance(explanation: CallExplanation, out: CommandInput['out']): void {
  const { policies, breaker, budgetLeft } = explanation;
  out.line(`  policies: ${printable(policies.join(', ')) || 'none'}`);
  out.line(`  ${limits(explanation)}, breaker: ${breaker}, retries left in the budget: ${budgetLeft}`);
}

function limits({ timeoutMs, durationMs }: CallExplanation): string {
  const time = Number.isFinite(timeoutMs) ? `time: ${Math.round(timeoutMs)} ms` : 'time: no limit';
  return durationMs === undefined ? time : `${time}, took ${Math.round(durationMs)} ms`;
}

function codeOf(error: unknown): string {
  return error instanceof WeftError ? error.code : 'failed';
}

function candidateRow({ instance, version, address, tries, skipped = '' }: Candidate): string[] {
  return [instance, version, address, String(tries), skipped];
}

function attemptRow({ instance, outcome, durationMs }: AttemptRecord, at: number): string[] {
  return [String(at + 1), instance, outcome, String(Math.round(durationMs))];
}
