interface Route {
  readonly method: string;
  /** Parameters are in braces, and each is one segment. */
  readonly path: string;
}

/** The operation of a request, or the methods that its path has: none where there is no such path. */
export type FoundOperation<Id> =
  | { readonly id: Id; readonly parameters: Readonly<Record<string, string>> }
  | { readonly allowed: readonly string[] };

/** Finds operations of a table by method and path. */
export function operationFinder<Id extends string>(operations: Readonly<Record<Id, Route>>) {
  const routes = (Object.entries<Route>(operations) as [Id, Route][]).map(([id, { method, path }]) => ({
    id,
    method,
    segments: path.split("/"),
  }));
  return (method: string, path: string): FoundOperation<Id> => {
    const segments = path.split("/").map(decoded);
    const matches = routes.filter(
      (one) =>
        one.segments.length === segments.length &&
        one.segments.every((segment, index) => segment.startsWith("{") || segment === segments[index]),
    );
    const found = matches.find((one) => one.method === method);
    if (!found) return { allowed: matches.map((one) => one.method) };
    const parameters = found.segments.flatMap((segment, index) =>
      segment.startsWith("{") ? [[segment.slice(1, -1), segments[index] ?? ""] as const] : [],
    );
    return { id: found.id, parameters: Object.fromEntries(parameters) };
  };
}

/** A segment that is not well encoded is taken as it is: no id matches it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
