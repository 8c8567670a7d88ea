import { endKeysOf, hasKeysToEnd } from "../../../domain/tenancy/archived-projects.ts";
import type { ControlStore } from "../store/control-store.ts";

const PAGE = 100;
/** A release before this one may run beside it, and archive a project. */
const INTERVAL_MS = 3_600_000;

/**
 * Ends the keys of projects that a release before this one archived, which left those of workloads: at the first request
 * of an organisation that an execution environment serves, and then once an hour.
 */
export class OlderArchives {
  readonly #checkedAt = new Map<string, number>();

  /** @throws what the store throws; the next request tries again */
  async end(organizationId: string, store: ControlStore, nowMs: number): Promise<void> {
    const checkedAt = this.#checkedAt.get(organizationId);
    if (checkedAt !== undefined && nowMs - checkedAt < INTERVAL_MS) return;
    let isDone = true;
    let after: string | undefined;
    for (let hasMore = true; hasMore; ) {
      const range = { kind: "project", limit: PAGE, ...(after === undefined ? {} : { after }) } as const;
      const page = await store.list(organizationId, range);
      for (const project of page.records.filter(hasKeysToEnd))
        isDone = (await store.write(organizationId, endKeysOf(project, nowMs).changes)) && isDone;
      after = page.records.at(-1)?.id;
      hasMore = page.hasMore;
    }
    // Where another change came between, the next request looks again.
    if (isDone) this.#checkedAt.set(organizationId, nowMs);
  }
}
