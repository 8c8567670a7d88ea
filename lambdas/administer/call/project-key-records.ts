import type { RecordOf } from "../../../contracts/control/records.ts";
import type { ControlStore } from "../store/control-store.ts";

const PAGE = 100;

/** All keys of a project, or those of one of its service accounts. */
export async function keysOf(
  store: ControlStore,
  organizationId: string,
  projectId: string,
  serviceAccountId?: string,
): Promise<readonly RecordOf<"projectKey">[]> {
  const keys: RecordOf<"projectKey">[] = [];
  let after: string | undefined;
  for (;;) {
    const range = { kind: "projectKey", within: [projectId], limit: PAGE } as const;
    const { records, hasMore } = await store.list(organizationId, {
      ...range,
      ...(after === undefined ? {} : { after }),
    });
    keys.push(...records.filter(({ ownerId }) => serviceAccountId === undefined || ownerId === serviceAccountId));
    if (!hasMore) return keys;
    after = records.at(-1)?.id;
  }
}
