/** Files of a chain: `heads/000000000001.json`, and `segments/000000000001.jsonl` by the number of the first entry. */

const DIGITS = 12;

export function headFile(number: number): string {
  return `heads/${String(number).padStart(DIGITS, "0")}.json`;
}

export function segmentFile(firstSeq: number): string {
  return `segments/${String(firstSeq).padStart(DIGITS, "0")}.jsonl`;
}

export interface ChainFileName {
  readonly name: string;
  /** Of the head, or of the segment's first entry. */
  readonly number: number;
}

/** The files of a chain's folder, in the order of their numbers; `foreign` ones have no name that Sluice writes. */
export function sortedFiles(names: readonly string[]) {
  const heads: ChainFileName[] = [];
  const segments: ChainFileName[] = [];
  const foreign: string[] = [];
  for (const name of names.toSorted()) {
    const number = Number(/\/(\d{12})\.jsonl?$/.exec(name)?.[1] ?? 0);
    if (number > 0 && name === headFile(number)) heads.push({ name, number });
    else if (number > 0 && name === segmentFile(number)) segments.push({ name, number });
    else foreign.push(name);
  }
  return { heads, segments, foreign };
}
