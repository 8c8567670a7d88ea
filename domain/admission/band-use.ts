import type { QueueShare } from "./weighted-shares.ts";

export interface Use {
  readonly requests: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** Of their work. */
  readonly tokens: number;
}

interface UseItem {
  readonly tenant: string;
  readonly share: QueueShare;
  readonly bytes: number;
  readonly tokens: number;
}

type Counts = { -readonly [name in keyof Use]: number };

interface ShareCounts {
  readonly id: string;
  readonly total: Counts;
  readonly tenants: Map<string, Counts>;
  weight: number;
}

const NOTHING: Use = { requests: 0, bytes: 0, tokens: 0 };

/** Waiting requests of one priority: in total, by share, and by the tenants of a share. */
export class BandUse {
  readonly #total: Counts = { ...NOTHING };
  readonly #shares = new Map<string, ShareCounts>();
  #weights = 0;

  get total(): Use {
    return this.#total;
  }

  /** Of a tenant in its share. */
  of({ share, tenant }: Pick<UseItem, "share" | "tenant">): Use {
    return this.#shares.get(share.id)?.tenants.get(tenant) ?? NOTHING;
  }

  ofShare({ id }: QueueShare): Use {
    return this.#shares.get(id)?.total ?? NOTHING;
  }

  /** A tenant's part of what is served: its share's by weight, divided among the tenants that wait in it. */
  partOf({ share }: Pick<UseItem, "share">): number {
    const known = this.#shares.get(share.id);
    return known === undefined ? 0 : known.weight / this.#weights / known.tenants.size;
  }

  add(item: UseItem): void {
    const { id, weight } = item.share;
    const share = this.#shares.get(id) ?? { id, weight: 0, total: { ...NOTHING }, tenants: new Map<string, Counts>() };
    this.#shares.set(id, share);
    this.#weights += weight - share.weight;
    share.weight = weight;
    const tenant = share.tenants.get(item.tenant) ?? { ...NOTHING };
    share.tenants.set(item.tenant, tenant);
    for (const counts of [tenant, share.total, this.#total]) change(counts, item, 1);
  }

  delete(item: UseItem): void {
    const share = this.#shares.get(item.share.id);
    const tenant = share?.tenants.get(item.tenant);
    if (share === undefined || tenant === undefined) return;
    for (const counts of [tenant, share.total, this.#total]) change(counts, item, -1);
    if (tenant.requests === 0) share.tenants.delete(item.tenant);
    if (share.total.requests > 0) return;
    this.#shares.delete(share.id);
    this.#weights = this.#shares.size === 0 ? 0 : this.#weights - share.weight;
  }

  /** The share with the highest value of this measure by its weight, but one share; `undefined` when there is none. */
  largestShareBut(but: QueueShare, measure: (use: Use) => number): QueueShare | undefined {
    return largest(this.#shares.values(), ({ id, total, weight }) => (id === but.id ? 0 : measure(total) / weight));
  }

  /** The tenant of a share with the highest value of this measure, but one tenant; `undefined` when there is none. */
  largestTenantBut(share: QueueShare, but: string | undefined, measure: (use: Use) => number): string | undefined {
    const tenants = this.#shares.get(share.id)?.tenants ?? [];
    return largest(tenants, ([tenant, use]) => (tenant === but ? 0 : measure(use)))?.[0];
  }
}

function largest<T>(all: Iterable<T>, measure: (one: T) => number): T | undefined {
  let found: T | undefined;
  let most = 0;
  for (const one of all) {
    const size = measure(one);
    if (size <= most) continue;
    found = one;
    most = size;
  }
  return found;
}

function change(counts: Counts, { bytes, tokens }: UseItem, sign: 1 | -1): void {
  counts.requests += sign;
  counts.bytes += sign * bytes;
  counts.tokens += sign * tokens;
}
