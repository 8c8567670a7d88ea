import { asObject, isObject } from "../../local/template/json.ts";
import { rawResources, type Stack, stateKey } from "../../local/template/stacks.ts";

/** Names of the stacks whose state a stack reads. */
export function needs(stack: Stack, all: readonly Stack[]): readonly string[] {
  const byKey = new Map(all.map((each) => [stateKey(each), each.name]));
  return rawResources(stack, "data")
    .filter(({ type }) => type === "terraform_remote_state")
    .map(({ config, address }) => {
      const { key } = isObject(config.config) ? config.config : {};
      const name = typeof key === "string" ? byKey.get(key) : undefined;
      if (name === undefined) throw new Error(`${stack.name}: no stack has the state that ${address} reads (${key}).`);
      return name;
    });
}

/** The chosen stacks and all stacks that they read, by the names without the environment. */
export function choose(all: readonly Stack[], environment: string, names: readonly string[]): readonly Stack[] {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const stack = all.find((each) => each.name === name);
    if (!stack)
      throw new Error(
        `There is no stack ${name}; there are ${all.map((each) => each.name.slice(environment.length + 1)).join(", ")}.`,
      );
    wanted.add(name);
    for (const needed of needs(stack, all)) add(needed);
  };
  for (const name of names.length > 0 ? names.map((each) => `${environment}-${each}`) : all.map((each) => each.name))
    add(name);
  return all.filter(({ name }) => wanted.has(name));
}

/** Names of the stacks one after another, each after those whose states it reads; by name where there is a choice. */
export function oneByOne(stacks: readonly Stack[]): readonly string[] {
  const order: string[] = [];
  const byName = stacks.toSorted((a, b) => a.name.localeCompare(b.name));
  while (order.length < stacks.length) {
    const next = byName.find(
      (stack) => !order.includes(stack.name) && needs(stack, stacks).every((name) => order.includes(name)),
    );
    if (!next) throw new Error(`These stacks wait for each other: ${byName.map(({ name }) => name).join(", ")}.`);
    order.push(next.name);
  }
  return order;
}

/** Runs a function for each stack, after those of the stacks that it reads; several run in parallel. */
export async function inOrder<Item extends { readonly name: string }>(
  items: readonly Item[],
  waitsFor: (item: Item) => readonly string[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const names = new Set(items.map(({ name }) => name));
  while (done.size < items.length) {
    const ready = items.filter(
      (item) =>
        !done.has(item.name) &&
        !running.has(item.name) &&
        waitsFor(item).every((name) => done.has(name) || !names.has(name)),
    );
    for (const item of ready.slice(0, width - running.size)) {
      const finished = work(item).then(() => {
        done.add(item.name);
        running.delete(item.name);
      });
      running.set(item.name, finished);
    }
    if (running.size === 0) throw new Error(`These stacks wait for each other: ${[...names].join(", ")}.`);
    try {
      await Promise.race(running.values());
    } catch (error) {
      await Promise.allSettled(running.values()); // no work continues after a failure is thrown
      throw error;
    }
  }
}

export interface StateStore {
  readonly bucket: string;
  readonly lockTable: string;
  readonly region: string;
}

/** Where a stack's state is; `undefined` when it is in a file. */
export function stateStore(stack: Stack): StateStore | undefined {
  const { backend } = asObject(stack.document.terraform);
  const { s3 } = asObject(backend ?? {});
  if (!isObject(s3)) return undefined;
  const { bucket, dynamodb_table: lockTable, region } = s3;
  return typeof bucket === "string" && typeof lockTable === "string" && typeof region === "string"
    ? { bucket, lockTable, region }
    : undefined;
}
