// @ts-check
/**
 * @typedef {object} FaultRecord what one row measured on one backend, as measure.ts writes it
 * @property {string} id
 * @property {string} title
 * @property {string} backend
 * @property {{ detectMs?: number, recoverMs?: number }} bounds
 * @property {number} [detectedMs]
 * @property {number} [recoveredMs]
 * @property {Record<string, number | string>} figures
 * @property {string} [failure]
 */

const COLUMNS = ['consul', 'etcd', 'etcd35', 'redis'];

/**
 * Scenario x backend in markdown: `detected / recovered` in seconds, beside the bounds; then the other figures.
 * @param {readonly FaultRecord[]} records
 */
export function faultsTable(records) {
  const columns = COLUMNS.filter((name) => records.some(({ backend }) => backend === name));
  const ids = [...new Set(records.map(({ id }) => id))].sort(byNumber);
  const lines = ids.map((id) => {
    const own = records.filter((record) => record.id === id);
    const cells = columns.map((name) => cellOf(own.find(({ backend }) => backend === name)));
    return `| ${id} | ${escaped(own[0]?.title ?? '')} | ${boundsOf(own[0])} | ${cells.join(' | ')} |`;
  });
  return [
    'Detected / recovered, in seconds.',
    '',
    `| # | What the user must see | bounds | ${columns.join(' | ')} |`,
    `| --- | --- | --- | ${columns.map(() => '---').join(' | ')} |`,
    ...lines,
    ...figuresOf(records),
    '',
  ].join('\n');
}

/** @param {FaultRecord | undefined} record */
function cellOf(record) {
  if (!record) return '';
  const { detectedMs, recoveredMs, failure } = record;
  const times = detectedMs === undefined && recoveredMs === undefined ? 'ok' : `${seconds(detectedMs)} / ${seconds(recoveredMs)}`;
  return failure === undefined ? times : `**failed** ${times}`;
}

/** @param {FaultRecord | undefined} record */
function boundsOf(record) {
  const { detectMs, recoverMs } = record?.bounds ?? {};
  return detectMs === undefined && recoverMs === undefined ? '' : `${seconds(detectMs)} / ${seconds(recoverMs)}`;
}

/** @param {readonly FaultRecord[]} records */
function figuresOf(records) {
  const lines = [...records].sort(byNumberOfRecord).flatMap(({ id, backend, figures, failure }) => {
    const told = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
    if (failure !== undefined) told.push(`FAILED: ${failure.split('\n')[0]}`);
    return told.length > 0 ? [`- ${id} on ${backend}: ${told.join(', ')}`] : [];
  });
  return lines.length > 0 ? ['', ...lines] : [];
}

/** @param {number | undefined} ms */
function seconds(ms) {
  return ms === undefined ? '-' : (ms / 1_000).toFixed(ms < 1_000 ? 2 : 1);
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('|', '\\|');
}

/** Scenarios by number, then the cases of the drivers by name. @param {string} a @param {string} b */
function byNumber(a, b) {
  const [left, right] = [a, b].map((id) => Number(/^R(\d+)/.exec(id)?.[1] ?? Number.POSITIVE_INFINITY));
  return left === right || left === undefined || right === undefined ? a.localeCompare(b) : left - right;
}

/** @param {FaultRecord} a @param {FaultRecord} b */
function byNumberOfRecord(a, b) {
  return byNumber(a.id, b.id) || a.backend.localeCompare(b.backend);
}
