/** One line of a Prometheus page. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /(?<!\w)([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Finds the samples of some metrics in Prometheus' text format without reading the rest: an engine's page has hundreds
 * of histogram buckets that are not needed here.
 */
export function findSamples(text: string, name: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isLineStart = at === 0 || text[at - 1] === "\n";
    const after = text[at + name.length];
    if (!isLineStart || (after !== "{" && after !== " ")) continue;
    const end = text.indexOf("\n", at);
    const sample = sampleOf(text.slice(at + name.length, end < 0 ? text.length : end));
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

/** @param rest of the line behind the name: `{a="b"} 1 [timestamp]` */
function sampleOf(rest: string): Sample | undefined {
  const close = rest.startsWith("{") ? endOfLabels(rest) : 0;
  if (close < 0) return undefined;
  const value = Number(rest.slice(close).trim().split(/\s+/)[0] || Number.NaN);
  if (Number.isNaN(value)) return undefined;
  const pairs = [...rest.slice(0, close).matchAll(LABEL)].map(([, key = "", text = ""]) => [key, text] as const);
  return { labels: Object.fromEntries(pairs), value };
}

/** A label's value may have a closing brace in it. */
function endOfLabels(rest: string): number {
  let isQuoted = false;
  for (let at = 1; at < rest.length; at++) {
    const character = rest[at];
    if (isQuoted && character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === "}") return at + 1;
  }
  return -1;
}

/** The sum of a metric over its labels; `undefined` when the page doesn't have it. */
export function sumOfSamples(text: string, name: string): number | undefined {
  const samples = findSamples(text, name);
  return samples.length === 0 ? undefined : samples.reduce((sum, { value }) => sum + value, 0);
}
