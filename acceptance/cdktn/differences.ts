import type { Json } from "../../local/template/json.ts";

/** A value of a synthesized document that differs; `undefined` where it is absent. */
export interface Difference {
  /** From the stack's name downwards, e.g. `dev-data.resource.aws_s3_bucket.Files.bucket`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Every value that differs between two documents, at the deepest path; the order of an object's fields does not count. */
export function differences(path: string, before: Json | undefined, after: Json | undefined): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => differences(`${path}[${index}]`, before[index], after[index])).flat();
  }
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].sort().flatMap((name) => differences(`${path}.${name}`, before[name], after[name]));
  }
  return before === after ? [] : [{ path, before, after }];
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A difference that a move to cdktn makes, and why it changes nothing that is deployed. */
export interface ExpectedDifference {
  readonly path: RegExp;
  readonly before: Json;
  readonly after: Json;
  readonly reason: string;
}

/** What the differences of a synthesis by cdktn may be. */
export const EXPECTED_DIFFERENCES: readonly ExpectedDifference[] = [
  {
    path: /^[\w-]+\.\/\/\.metadata\.version$/,
    before: "0.21.0",
    after: "0.24.0",
    reason: "the kit's own version, in a comment that OpenTofu does not read",
  },
  {
    path: /^[\w-]+\.terraform\.required_providers\.aws\.source$/,
    before: "aws",
    after: "hashicorp/aws",
    reason: "the same provider: `hashicorp` is the namespace of a source without one",
  },
  {
    path: /^[\w-]+\.terraform\.required_providers\.aws\.version$/,
    before: "6.25.0",
    after: "6.66.0",
    reason: "the provider version from which the package was generated; the same major version",
  },
];

/** A sentence for each difference that is not expected, and for each expected one that no longer occurs. */
export function unexpectedDifferences(found: readonly Difference[]): readonly string[] {
  const matches = ({ path, before, after }: Difference, expected: ExpectedDifference) =>
    expected.path.test(path) && expected.before === before && expected.after === after;
  return [
    ...found
      .filter((each) => !EXPECTED_DIFFERENCES.some((expected) => matches(each, expected)))
      .map(
        ({ path, before, after }) =>
          `${path}: ${JSON.stringify(before) ?? "absent"} by cdktf, ${JSON.stringify(after) ?? "absent"} by cdktn`,
      ),
    ...EXPECTED_DIFFERENCES.filter((expected) => !found.some((each) => matches(each, expected))).map(
      ({ path }) => `${path.source}: this difference no longer occurs; remove it from acceptance/cdktn/differences.ts`,
    ),
  ];
}
