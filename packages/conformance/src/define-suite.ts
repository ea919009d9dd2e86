import type { ConformanceCase, ConformanceOutcome, ConformanceReport } from './conformance-report.js';
import type { SuiteRunner } from './suite-runner.js';

const CASE_TIMEOUT_MS = 120_000;

/** One sentence of a contract. One that needs something is of the level `extended`, every other of `core`. */
export interface SuiteCase {
  /** The sentence, unique in its group. */
  readonly name: string;
  /** What the subject must offer for it. */
  readonly needs?: string;
}

/** A contract, and what it is held against. */
export interface SuiteDefinition<Case extends SuiteCase> {
  /** The slot, for the report. */
  readonly suite: string;
  /** What is tested, for the report; the title of the tests. */
  readonly subject: string;
  /** The sentences, by the part of the contract that they belong to. */
  readonly groups: Readonly<Record<string, readonly Case[]>>;
  /** Whether the subject offers what a case needs. */
  offers(needs: NonNullable<Case['needs']>): boolean;
  /** Runs a case; rejects when its sentence is not true. */
  run(one: Case): Promise<void>;
}

interface Entry extends ConformanceCase {
  outcome: ConformanceOutcome;
}

/** Declares a test for each sentence that is offered; the report has all of them, and is filled while they run. */
export function defineSuite<Case extends SuiteCase>(
  { describe, it }: SuiteRunner,
  { suite, subject, groups, offers, run }: SuiteDefinition<Case>,
): ConformanceReport {
  const isOffered = ({ needs }: Case) => needs === undefined || offers(needs);
  const parts = Object.entries(groups).map(([group, cases]) => {
    return { group, tests: cases.map((one) => ({ one, entry: entryOf(group, one, isOffered(one)) })) };
  });
  describe(subject, () => {
    for (const { group, tests } of parts) {
      const offered = tests.filter(({ one }) => isOffered(one));
      if (offered.length === 0) continue;
      describe(group, () => {
        for (const { one, entry } of offered) it(one.name, () => judge(entry, () => run(one)), CASE_TIMEOUT_MS);
      });
    }
  });
  const entries = parts.flatMap(({ tests }) => tests.map(({ entry }) => entry));
  return reportOf(suite, subject, entries);
}

function entryOf(group: string, { name, needs }: SuiteCase, isOffered: boolean): Entry {
  const level = needs === undefined ? 'core' : 'extended';
  return { group, name, level, outcome: isOffered ? 'not run' : 'not offered', ...(needs !== undefined && { needs }) };
}

async function judge(entry: Entry, run: () => Promise<void>): Promise<void> {
  entry.outcome = 'failed';
  await run();
  entry.outcome = 'passed';
}

/** A view of the entries as they are by now. */
function reportOf(suite: string, subject: string, entries: readonly Entry[]): ConformanceReport {
  return {
    suite,
    subject,
    get cases() {
      return entries.map((entry) => ({ ...entry }));
    },
    get notOffered() {
      return [...new Set(entries.flatMap(({ outcome, needs }) => (outcome === 'not offered' && needs ? [needs] : [])))];
    },
  };
}
