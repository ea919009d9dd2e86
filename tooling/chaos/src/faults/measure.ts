import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { BackendName } from './backend.js';
import type { FaultRow } from './fault-row.js';
import type { Timing } from './timing.js';

const FOLDER = fileURLToPath(new URL('../../../../node_modules/.weft-faults/', import.meta.url));

/** What one row measured on one backend; one file each, so that files that run side by side do not meet. */
export interface FaultRecord {
  readonly id: string;
  readonly title: string;
  readonly backend: BackendName;
  readonly mode: Timing['mode'];
  /** Upper bounds in ms, as the row states them. */
  readonly bounds: { readonly detectMs?: number; readonly recoverMs?: number };
  /** Largest time until the fault was told, in ms. */
  readonly detectedMs?: number;
  /** Largest time until all was as before, in ms. */
  readonly recoveredMs?: number;
  /** Other figures of the row. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Why it failed; absent when it passed. */
  readonly failure?: string;
  /** How long the whole row took, in ms. */
  readonly tookMs: number;
}

/** Takes the times of one row on one backend, holds them to its bounds, and keeps them for the table. */
export class Measure {
  private readonly figures: Record<string, number | string> = {};
  private readonly startedAt = performance.now();
  private detectedMs: number | undefined;
  private recoveredMs: number | undefined;

  constructor(
    private readonly row: FaultRow,
    private readonly backend: BackendName,
    private readonly timing: Timing,
  ) {}

  /** As `FaultStage.detected`. */
  detected(ms: number): void {
    this.detectedMs = Math.max(this.detectedMs ?? 0, ms);
    this.hold('detected', ms, this.row.bounds.detectMs);
  }

  /** As `FaultStage.recovered`. */
  recovered(ms: number): void {
    this.recoveredMs = Math.max(this.recoveredMs ?? 0, ms);
    this.hold('recovered', ms, this.row.bounds.recoverMs);
  }

  /** As `FaultStage.figure`. */
  figure(name: string, value: number | string): void {
    this.figures[name] = typeof value === 'number' ? Math.round(value * 100) / 100 : value;
  }

  /** @throws Error when the row states a bound and has measured nothing that it holds for */
  assertMeasured(): void {
    const { id, bounds } = this.row;
    const missing = [
      ...(bounds.detectMs !== undefined && this.detectedMs === undefined ? ['detected'] : []),
      ...(bounds.recoverMs !== undefined && this.recoveredMs === undefined ? ['recovered'] : []),
    ];
    if (missing.length > 0) throw new Error(`${id} states a bound for what it never measured: ${missing.join(', ')}`);
  }

  /** Writes the record: into node_modules/.weft-faults/<mode>, or where WEFT_FAULTS_RECORDS says. */
  async keep(failure?: unknown): Promise<void> {
    const { row, backend, timing, detectedMs, recoveredMs, figures } = this;
    const record: FaultRecord = {
      id: row.id,
      title: row.title,
      backend,
      mode: timing.mode,
      bounds: row.bounds,
      ...(detectedMs !== undefined && { detectedMs: Math.round(detectedMs) }),
      ...(recoveredMs !== undefined && { recoveredMs: Math.round(recoveredMs) }),
      figures,
      ...(failure !== undefined && { failure: failure instanceof Error ? failure.message : String(failure) }),
      tookMs: Math.round(performance.now() - this.startedAt),
    };
    const folder = process.env.WEFT_FAULTS_RECORDS ?? join(FOLDER, timing.mode);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${row.id}.${backend}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  private hold(what: string, ms: number, boundMs: number | undefined): void {
    if (boundMs === undefined) throw new Error(`${this.row.id} measures "${what}" but states no bound for it`);
    const slack = Math.max(this.row.slack ?? 1, this.timing.slack);
    expect(ms, `${this.row.id} on ${this.backend}: ${what} in ms, bound ${boundMs} x ${slack}`).toBeLessThanOrEqual(
      boundMs * slack,
    );
  }
}
