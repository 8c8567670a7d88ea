/**
 * In place of a key's id, who a token is from: no key of the table has such an id, as those have 12 characters of a-z2-7. It
 * names all that is needed to read the rights anew, so that work which outlives its token ends with them: batches, streams.
 */
const SEPARATOR = "@";
const WORKLOAD = "workload";

export type Principal =
  | { readonly type: "person"; readonly userId: string; readonly projectId: string }
  | { readonly type: "workload"; readonly policy: string };

export function principalId(principal: Principal): string {
  return principal.type === "person"
    ? `${principal.userId}${SEPARATOR}${principal.projectId}`
    : `${WORKLOAD}${SEPARATOR}${principal.policy}`;
}

/** @returns `undefined` for the id of a key */
export function principalOf(id: string): Principal | undefined {
  const at = id.indexOf(SEPARATOR);
  if (at === -1) return undefined;
  const [owner, rest] = [id.slice(0, at), id.slice(at + 1)];
  return owner === WORKLOAD ? { type: "workload", policy: rest } : { type: "person", userId: owner, projectId: rest };
}
