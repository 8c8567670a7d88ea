import type { Profiler } from "node:inspector";

/** Where a function of the bundle comes from: a path from the repository's root, e.g. `gateway/pipeline/relay.ts`. */
export type SourceOf = (position: Profiler.Profile["nodes"][number]["callFrame"]) => string | undefined;

/** Time of one row of a budget, in microseconds for each request. */
export interface Cost {
  readonly name: string;
  readonly microsPerRequest: number;
  /** Of all time that the process was not idle. */
  readonly share: number;
}

export interface Budget {
  /** Microseconds that were not idle, for each request. */
  readonly microsPerRequest: number;
  /** By step or layer: the time of our files with the code that they called; the rest by the layer that ran it. */
  readonly steps: readonly Cost[];
  /** The same by each file of ours. */
  readonly files: readonly Cost[];
  /** By file or package: its own time, without the code that it called. */
  readonly modules: readonly Cost[];
  /** The functions that took most themselves. */
  readonly functions: readonly Cost[];
}

type Node = Profiler.Profile["nodes"][number];

const OWN = /^(gateway|contracts|domain)\//;
const TOP_FUNCTIONS = 40;
/** What V8 calls times without a function, and what they are. */
const STATES: Readonly<Record<string, string>> = {
  "(garbage collector)": "garbage collection",
  "(program)": "native code and kernel",
  "(root)": "native code and kernel",
};

/** Sums a profile's samples over the requests that were served while it was taken. */
export function budgetOf(profile: Profiler.Profile, requests: number, sourceOf: SourceOf): Budget {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => node.children?.map((child) => [child, node] as const) ?? []));
  const sources = new Map(profile.nodes.map((node) => [node.id, moduleOf(node, sourceOf)]));
  const moduleName = (node: Node) => sources.get(node.id) ?? "unknown";
  const steps = new Totals();
  const files = new Totals();
  const modules = new Totals();
  const functions = new Totals();
  for (const [id, micros] of selfTimes(profile)) {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === "(idle)") continue;
    const name = moduleName(node);
    modules.add(name, micros);
    functions.add(`${node.callFrame.functionName || "(anonymous)"} ${name}`, micros);
    const owner = ownerOf(node, parents, moduleName);
    steps.add(stepOf(owner ?? name), micros);
    if (owner !== undefined) files.add(owner, micros);
  }
  const total = modules.sum();
  return {
    microsPerRequest: rounded(total / requests),
    steps: steps.costs(requests, total),
    files: files.costs(requests, total),
    modules: modules.costs(requests, total),
    functions: functions.costs(requests, total).slice(0, TOP_FUNCTIONS),
  };
}

/** Microseconds by node: each sample lasts until the next one. */
function selfTimes({ samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  samples.forEach((id, index) => {
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  });
  return times;
}

function moduleOf({ callFrame }: Node, sourceOf: SourceOf): string {
  const { functionName, url } = callFrame;
  if (url === "") return STATES[functionName] ?? "built-in functions";
  if (url.startsWith("node:")) return url;
  if (url.startsWith("wasm:")) return "package undici"; // its HTTP parser
  const source = sourceOf(callFrame) ?? url;
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
  return name === undefined ? source : `package ${name}`;
}

/** The nearest function of ours that this one ran for. */
function ownerOf(
  node: Node,
  parents: ReadonlyMap<number, Node>,
  moduleName: (node: Node) => string,
): string | undefined {
  for (let each: Node | undefined = node; each !== undefined; each = parents.get(each.id))
    if (OWN.test(moduleName(each))) return moduleName(each);
  return undefined;
}

/** `gateway/pipeline/relay.ts` is the step `pipeline/relay`, `gateway/admission/lease.ts` is `admission`. */
function stepOf(module: string): string {
  const [room = "", folder = "", file] = module.replace(/\.ts$/, "").split("/");
  if (room === "gateway") return folder === "pipeline" && file !== undefined ? `pipeline/${file}` : folder;
  if (OWN.test(module)) return room;
  if (/^node:(_http|_stream|net|http|internal\/(http|net|stream|streams|js_stream))/.test(module)) return "Node's HTTP";
  return module.startsWith("node:") ? "Node's event loop" : module;
}

class Totals {
  readonly #micros = new Map<string, number>();

  add(name: string, micros: number): void {
    this.#micros.set(name, (this.#micros.get(name) ?? 0) + micros);
  }

  sum(): number {
    return [...this.#micros.values()].reduce((sum, micros) => sum + micros, 0);
  }

  /** The most expensive first. */
  costs(requests: number, total: number): readonly Cost[] {
    return [...this.#micros]
      .filter(([, micros]) => micros > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([name, micros]) => ({
        name,
        microsPerRequest: rounded(micros / requests),
        share: Math.round((micros / total) * 1000) / 1000,
      }));
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
