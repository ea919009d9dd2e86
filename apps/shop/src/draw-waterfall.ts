import type { TraceRow, TraceTree } from './trace-tree.js';

const BAR_WIDTH = 30;

/** A line per span: who, what, when as a bar, how long, with which status. */
export function drawWaterfall({ rows }: TraceTree): string[] {
  const beginAt = Math.min(...rows.map(({ startAt }) => startAt));
  const endAt = Math.max(...rows.map(({ startAt, durationMs }) => startAt + durationMs));
  const perColumn = (endAt - beginAt) / BAR_WIDTH || 1;
  const processWidth = widest(rows, (row) => row.process);
  const nameWidth = widest(rows, indented);
  return rows.map((row) => {
    const head = `${row.process.padEnd(processWidth)}  ${indented(row).padEnd(nameWidth)}`;
    const ms = row.durationMs.toFixed(1).padStart(7);
    return `${head}  |${bar(row, beginAt, perColumn)}| ${ms} ms  ${row.failed ? 'failed ' : ''}${row.status}`.trimEnd();
  });
}

function bar({ startAt, durationMs }: TraceRow, beginAt: number, perColumn: number): string {
  const from = Math.min(BAR_WIDTH - 1, Math.floor((startAt - beginAt) / perColumn));
  const length = Math.min(BAR_WIDTH - from, Math.max(1, Math.round(durationMs / perColumn)));
  return `${' '.repeat(from)}${'='.repeat(length)}`.padEnd(BAR_WIDTH);
}

function indented({ depth, name }: TraceRow): string {
  return `${'  '.repeat(depth)}${name}`;
}

function widest(rows: readonly TraceRow[], text: (row: TraceRow) => string): number {
  return Math.max(...rows.map((row) => text(row).length));
}
