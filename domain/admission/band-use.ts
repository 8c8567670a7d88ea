export interface Use {
  readonly requests: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** Of their work. */
  readonly tokens: number;
}

interface UseItem {
  readonly tenant: string;
  readonly bytes: number;
  readonly tokens: number;
}

type Counts = { -readonly [name in keyof Use]: number };

const NOTHING: Use = { requests: 0, bytes: 0, tokens: 0 };

/** Waiting requests of one priority: in total, and by tenant. */
export class BandUse {
  readonly #total: Counts = { ...NOTHING };
  readonly #tenants = new Map<string, Counts>();

  get total(): Use {
    return this.#total;
  }

  /** Tenants with waiting requests. */
  get tenants(): number {
    return this.#tenants.size;
  }

  of(tenant: string): Use {
    return this.#tenants.get(tenant) ?? NOTHING;
  }

  add(item: UseItem): void {
    const own = this.#tenants.get(item.tenant) ?? { ...NOTHING };
    this.#tenants.set(item.tenant, own);
    for (const counts of [own, this.#total]) change(counts, item, 1);
  }

  delete(item: UseItem): void {
    const own = this.#tenants.get(item.tenant);
    if (own === undefined) return;
    for (const counts of [own, this.#total]) change(counts, item, -1);
    if (own.requests === 0) this.#tenants.delete(item.tenant);
  }

  /** The tenant with the highest value of this measure, except one tenant; `undefined` when there is none. */
  largestBut(tenant: string, measure: (use: Use) => number): string | undefined {
    let largest: string | undefined;
    let most = 0;
    for (const [other, use] of this.#tenants) {
      const size = measure(use);
      if (other === tenant || size <= most) continue;
      largest = other;
      most = size;
    }
    return largest;
  }
}

function change(counts: Counts, { bytes, tokens }: UseItem, sign: 1 | -1): void {
  counts.requests += sign;
  counts.bytes += sign * bytes;
  counts.tokens += sign * tokens;
}
