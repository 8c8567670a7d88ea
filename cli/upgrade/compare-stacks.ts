import { isDeepStrictEqual } from "node:util";
import { STATEFUL_TYPES } from "../../domain/aws-resources/stateful-types.ts";

type Arguments = Readonly<Record<string, unknown>>;

/** The parts of a synthesized stack that decide about its resources. */
export interface StackDocument {
  readonly terraform?: { readonly backend?: { readonly s3?: { readonly key?: unknown } } };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly moved?: readonly { readonly from?: unknown; readonly to?: unknown }[];
  readonly removed?: readonly {
    readonly from?: unknown;
    readonly lifecycle?: { readonly destroy?: unknown } | readonly { readonly destroy?: unknown }[];
  }[];
}

/** The difference that a newer version makes in one stack, from the synthesized documents alone. */
export interface StackChanges {
  readonly add: readonly string[];
  readonly change: readonly { readonly address: string; readonly arguments: readonly string[] }[];
  readonly remove: readonly string[];
  /** A clause for each resource with data that would be replaced or removed. */
  readonly losses: readonly string[];
}

/** Compares a stack of the installed version with the same one of another version; `undefined` where a version has none. */
export function compareStacks(before: StackDocument | undefined, after: StackDocument | undefined): StackChanges {
  const was = resourcesOf(before);
  const is = resourcesOf(after);
  const moves = new Map((after?.moved ?? []).map(({ from, to }) => [String(from), String(to)]));
  const targets = new Set(moves.values());
  const released = new Set((after?.removed ?? []).filter(isReleased).map(({ from }) => String(from)));
  const remove = [...was.keys()].filter((address) => !is.has(moves.get(address) ?? address) && !released.has(address));
  const change = [...was].flatMap(([address, old]) => {
    const now = is.get(moves.get(address) ?? address);
    const changed = now === undefined ? [] : changedArguments(old, now);
    return changed.length > 0 ? [{ address, arguments: changed }] : [];
  });
  return {
    add: [...is.keys()].filter((address) => !was.has(address) && !targets.has(address)),
    change,
    remove,
    losses: [
      ...lossOfState(before, after),
      ...remove.filter(hasData).map((address) => `${address} would be removed`),
      ...change.flatMap(replacement),
    ],
  };
}

/** Whether a resource at this address of a plan or a document holds data. */
export function hasData(address: string): boolean {
  return STATEFUL_TYPES[typeOf(address)] !== undefined;
}

function typeOf(address: string): string {
  // In a plan an address may begin with modules.
  return address.replace(/^(module\.[^.]+\.)+/, "").split(".")[0] ?? "";
}

function replacement({ address, arguments: changed }: StackChanges["change"][number]): readonly string[] {
  const replacing = changed.filter((name) => STATEFUL_TYPES[typeOf(address)]?.includes(name));
  return replacing.length > 0 ? [`${address} would be replaced, for its ${replacing.join(", ")} changes`] : [];
}

/** The state of a stack at another location is one that OpenTofu finds empty: it would make everything anew. */
function lossOfState(before: StackDocument | undefined, after: StackDocument | undefined): readonly string[] {
  const [old, now] = [before, after].map((stack) => stack?.terraform?.backend?.s3?.key);
  if (old === undefined || now === undefined || old === now) return [];
  const types = Object.keys(before?.resource ?? {});
  return types.some((type) => STATEFUL_TYPES[type] !== undefined)
    ? [`its state would be at ${String(now)} and no longer at ${String(old)}, so that every resource is made anew`]
    : [];
}

function resourcesOf(stack: StackDocument | undefined): ReadonlyMap<string, Arguments> {
  return new Map(
    Object.entries(stack?.resource ?? {})
      .flatMap(([type, byName]) =>
        Object.entries(byName).map(([name, values]): [string, Arguments] => [`${type}.${name}`, values]),
      )
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

function changedArguments(before: Arguments, after: Arguments): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => name !== "//" && !isDeepStrictEqual(before[name], after[name]))
    .sort();
}

/** A `removed` block with `destroy = false` leaves the resource in AWS. */
function isReleased({ lifecycle = {} }: NonNullable<StackDocument["removed"]>[number]): boolean {
  const blocks = Array.isArray(lifecycle) ? lifecycle : [lifecycle];
  return blocks.some((block) => block.destroy === false);
}
