import { folderOf, type SourceNode } from "./source-tree.ts";

/** Folders of one room that import each other in a circle, with the imports between them. */
export interface ImportCircle {
  readonly folders: readonly string[];
  /** Fewest imports first: those are the ones to turn round. */
  readonly edges: readonly FolderEdge[];
}

export interface FolderEdge {
  readonly from: string;
  readonly to: string;
  /** `file -> file` for each import. */
  readonly imports: readonly string[];
}

/** Circles among the folders inside each room; imports between rooms have rules of their own. */
export function importCircles(tree: ReadonlyMap<string, SourceNode>): readonly ImportCircle[] {
  const edges = folderEdges(tree);
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  return components(targets)
    .filter((folders) => folders.length > 1)
    .map((folders) => ({
      folders: folders.toSorted(),
      edges: edges
        .filter(({ from, to }) => folders.includes(from) && folders.includes(to))
        .toSorted((one, other) => one.imports.length - other.imports.length),
    }));
}

/** What a person has to do about a circle. */
export function circleProblem({ folders, edges }: ImportCircle): string {
  const [weakest] = edges;
  const remedy =
    weakest === undefined
      ? ""
      : `; turn round ${weakest.imports.join(", ")}: move what both need below, or pass it in as an argument`;
  return `${folders.join(", ")} import each other in a circle${remedy}`;
}

function folderEdges(tree: ReadonlyMap<string, SourceNode>): readonly FolderEdge[] {
  const imports = new Map<string, string[]>();
  for (const { path, imports: targets } of tree.values())
    for (const target of targets) {
      const [from, to] = [folderOf(path), folderOf(target)];
      if (from === to || roomOf(from) !== roomOf(to)) continue;
      const key = `${from} ${to}`;
      imports.set(key, [...(imports.get(key) ?? []), `${path} -> ${target}`]);
    }
  return Array.from(imports, ([key, list]) => {
    const [from = "", to = ""] = key.split(" ");
    return { from, to, imports: list };
  });
}

function roomOf(folder: string): string {
  return folder.split("/")[0] ?? "";
}

/** Strongly connected components (Tarjan, 1972). */
function components(targets: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): number => {
    const number = numbers.size;
    numbers.set(node, number);
    lowest.set(node, number);
    stack.push(node);
    for (const next of targets.get(node) ?? []) {
      const reached = numbers.has(next) ? (stack.includes(next) ? (numbers.get(next) ?? number) : number) : visit(next);
      lowest.set(node, Math.min(lowest.get(node) ?? number, reached));
    }
    const low = lowest.get(node) ?? number;
    if (low === number) found.push(stack.splice(stack.indexOf(node)));
    return low;
  };
  for (const node of targets.keys()) if (!numbers.has(node)) visit(node);
  return found;
}
