/** `core`: every driver passes it. `extended`: a driver may declare that it lacks what the sentence needs. */
export type ConformanceLevel = 'core' | 'extended';

/** What came of one sentence; `not run` until its test has ended. */
export type ConformanceOutcome = 'passed' | 'failed' | 'not offered' | 'not run';

/** One sentence of a contract and what came of it. */
export interface ConformanceCase {
  /** The part of the contract that it belongs to. */
  readonly group: string;
  /** The sentence. */
  readonly name: string;
  /** Whether every driver must pass it. */
  readonly level: ConformanceLevel;
  /** What came of it. */
  readonly outcome: ConformanceOutcome;
  /** What the subject must offer for it; with `extended` only. */
  readonly needs?: string;
}

/** What ran, what passed, and what was not offered. Returned when a suite is declared; filled while its tests run. */
export interface ConformanceReport {
  /** The slot whose contract it is. */
  readonly suite: string;
  /** What was tested. */
  readonly subject: string;
  /** Every sentence, in the order of the suite. */
  readonly cases: readonly ConformanceCase[];
  /** What the subject does not offer, each once, in the order of the suite. */
  readonly notOffered: readonly string[];
}

/** Whether every sentence that is offered has run. */
export function isComplete({ cases }: ConformanceReport): boolean {
  return cases.every(({ outcome }) => outcome !== 'not run');
}

/** The reports as one JSON text: per report and level each sentence with its outcome. No times, so that it changes with facts only. */
export function reportsAsJson(reports: readonly ConformanceReport[]): string {
  const documents = reports.map((report) => ({
    suite: report.suite,
    subject: report.subject,
    core: outcomes(report, 'core'),
    extended: outcomes(report, 'extended'),
  }));
  return `${JSON.stringify(documents, null, 2)}\n`;
}

/** The reports as Markdown: a table of how many sentences passed and what is not offered, and a list of those that failed. */
export function reportsAsMarkdown(reports: readonly ConformanceReport[]): string {
  const rows = reports.map((report) => {
    const { suite, subject, notOffered } = report;
    const lacks = notOffered.map((needs) => `\`${needs}\``).join(' ');
    return `| \`${suite}\` | \`${subject}\` | ${passedOf(report, 'core')} | ${passedOf(report, 'extended')} | ${lacks} |`;
  });
  const failed = reports.flatMap(failuresOf);
  const table = ['| suite | subject | core | extended | not offered |', '| --- | --- | --- | --- | --- |', ...rows];
  return `${[...table, ...(failed.length > 0 ? ['', ...failed] : [])].join('\n')}\n`;
}

function outcomes({ cases }: ConformanceReport, level: ConformanceLevel): Readonly<Record<string, ConformanceOutcome>> {
  const ofLevel = cases.filter((each) => each.level === level);
  return Object.fromEntries(ofLevel.map(({ group, name, outcome }) => [`${group}: ${name}`, outcome]));
}

function passedOf({ cases }: ConformanceReport, level: ConformanceLevel): string {
  const ofLevel = cases.filter((each) => each.level === level);
  const passed = ofLevel.filter(({ outcome }) => outcome === 'passed');
  return ofLevel.length === 0 ? 'none' : `${passed.length} of ${ofLevel.length}`;
}

function failuresOf({ subject, cases }: ConformanceReport): readonly string[] {
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  return failed.map(({ group, name }) => `- failed by \`${subject}\`: ${group}: ${name}`);
}
