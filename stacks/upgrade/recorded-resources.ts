import { STATEFUL_TYPES } from "../../domain/aws-resources/stateful-types.ts";
import type { UpgradeProblem } from "./problem.ts";

/** Resources with data or with an address that callers use, and the arguments whose change replaces them. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  ...STATEFUL_TYPES,
  aws_api_gateway_rest_api: [],
  aws_cloudfront_distribution: [],
};

type Arguments = Readonly<Record<string, string>>;

/** The record of one stack: its state's location, and each recorded resource by address. */
export interface RecordedStack {
  readonly state: string;
  readonly resources: Readonly<Record<string, Arguments>>;
}

/** The recorded parts of a synthesized stack. */
export interface SynthesizedParts {
  readonly terraform?: { readonly backend?: { readonly s3?: { readonly key?: unknown } } };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly moved?: readonly { readonly from?: unknown; readonly to?: unknown }[];
  readonly removed?: readonly { readonly from?: unknown; readonly lifecycle?: unknown }[];
}

/**
 * @param own values from the environment file, by a name for them: an environment may have other ones before its
 * first deployment, and a record of them would be wrong
 */
export function recordedStack(stack: SynthesizedParts, own: Readonly<Record<string, string>>): RecordedStack {
  const entries = Object.entries(RECORDED).flatMap(([type, replacing]) =>
    Object.entries(stack.resource?.[type] ?? {}).map(([name, resource]): [string, Arguments] => [
      `${type}.${name}`,
      Object.fromEntries(
        replacing
          .filter((argument) => resource[argument] !== undefined)
          .map((argument) => [argument, masked(String(resource[argument]), own)]),
      ),
    ]),
  );
  return {
    state: String(stack.terraform?.backend?.s3?.key),
    resources: Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b))),
  };
}

function masked(value: string, own: Readonly<Record<string, string>>): string {
  const [name] = Object.entries(own).find(([, ownValue]) => ownValue === value) ?? [];
  return name === undefined ? value : `<${name}>`;
}

export interface StackComparison {
  readonly name: string;
  readonly released: RecordedStack;
  readonly current: RecordedStack;
  readonly synthesized: SynthesizedParts;
}

/** Resources that an apply over the released stack would destroy or replace. */
export function resourceProblems(comparison: StackComparison): readonly UpgradeProblem[] {
  const { name, released, current, synthesized } = comparison;
  const moves = new Map((synthesized.moved ?? []).map(({ from, to }) => [String(from), String(to)]));
  const forgotten = new Set(
    (synthesized.removed ?? [])
      .filter(({ lifecycle }) => /"destroy":false/.test(JSON.stringify(lifecycle ?? {})))
      .map(({ from }) => String(from)),
  );
  const problems: UpgradeProblem[] = [];
  if (released.state !== current.state)
    problems.push({
      id: `${name} state`,
      text:
        `The state of ${name} moved from ${released.state} to ${current.state}: OpenTofu would find none and make ` +
        "everything anew. Keep the key.",
    });
  for (const [address, before] of Object.entries(released.resources)) {
    if (forgotten.has(address)) continue;
    const now = current.resources[moves.get(address) ?? address];
    if (now === undefined) {
      problems.push({
        id: `${name} ${address}`,
        text:
          `${address} of ${name} is in the last release and gone now: an apply would destroy it. If it has another ` +
          'name now, call resource.moveTo("<target>") on the old one or resource.moveFromId("<old id>") on the new; if ' +
          "another stack has it now, import it there (resource.importFrom) and write a removed block with destroy = " +
          "false here.",
      });
      continue;
    }
    for (const argument of new Set([...Object.keys(before), ...Object.keys(now)])) {
      if (before[argument] === now[argument]) continue;
      problems.push({
        id: `${name} ${address} ${argument}`,
        text:
          `${address} of ${name}: ${argument} was ${before[argument] ?? "not set"} and is ${now[argument] ?? "not set"}: ` +
          "an apply would replace the resource, and its data with it. Keep the value, or make a second resource, copy, " +
          "and release the first one's end on its own.",
      });
    }
  }
  return problems;
}
