import { type Labels, messageOf } from '@weft/core';

/** Labels as they are told on: cleaned, and in one order whatever order they came in. */
export interface LabelSet {
  /** As OpenTelemetry has them: names as given. */
  readonly attributes: Readonly<Record<string, string>>;
  /** As Prometheus has them, without braces: `method="GET",path="/users/:id"`. Equal for equal sets. */
  readonly text: string;
}

/** What UTF-8 cannot say, and the character that ends a text in C. */
const UNSPEAKABLE = /[\p{Surrogate}\0]/gu;

/**
 * Labels without a name or a value are left out; two names that Prometheus cannot tell apart become one, with both values.
 * @param reserved the label that the metric needs for itself; one of that name becomes `exported_<name>`
 */
export function labelSet(labels: Labels | undefined, reserved?: string): LabelSet {
  const given = Object.entries(labels ?? {})
    .filter(([name, value]) => name !== '' && value !== undefined && value !== null)
    .map(([name, value]) => [name, messageOf(value).replace(UNSPEAKABLE, '\ufffd')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    const said = labelName(name) === reserved ? `exported_${reserved}` : labelName(name);
    const other = values.get(said);
    values.set(said, other === undefined ? value : `${other};${value}`);
  }
  const pairs = [...values].map(([name, value]) => `${name}="${escapeLabelValue(value)}"`);
  return { attributes: Object.fromEntries(given), text: pairs.join(',') };
}

/** The same labels with each value `other`. */
export function otherLabelSet(labels: Labels | undefined, reserved?: string): LabelSet {
  return labelSet(Object.fromEntries(Object.keys(labels ?? {}).map((name) => [name, 'other'])), reserved);
}

/**
 * A label's name as Prometheus takes it; two underscores at its start would be Prometheus' own.
 * Source: OpenTelemetry, Prometheus and OpenMetrics compatibility.
 */
function labelName(given: string): string {
  const name = given.replace(/[^a-zA-Z0-9_]+/g, '_').replace(/_{2,}/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

function escapeLabelValue(value: string): string {
  return value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}
