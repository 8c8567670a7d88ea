import { ByteBudget, type ByteHolder } from "../../shares/byte-budget.ts";

/**
 * Bytes of bodies that one thread has received in part, of all callers together: a hundred of the largest usual ones.
 * Clients may send slowly for the 60 s that a request may take.
 */
const MAX_RECEIVING_BYTES = 128 * 1024 * 1024;

/** A body that is being received. */
export interface ReceivingBody {
  received(bytes: number): void;
  /** It is whole, or given up. */
  end(): void;
}

/**
 * The bodies that arrive. When they hold too much together, those of the tenant that holds the most are refused: many
 * uploads of one key, or of one address without a key, that stand still are its own loss.
 */
export class ReceivingBodies {
  readonly #budget: ByteBudget;
  readonly #tenants = new Map<string, TenantBodies>();

  constructor(limitBytes = MAX_RECEIVING_BYTES) {
    this.#budget = new ByteBudget(limitBytes);
  }

  /** Bytes held now. */
  get total(): number {
    return this.#budget.total;
  }

  /** @param onEvicted called when this body has to be refused; at most once */
  open(tenant: string, onEvicted: () => void): ReceivingBody {
    const bodies = this.#tenants.get(tenant) ?? new TenantBodies();
    this.#tenants.set(tenant, bodies);
    bodies.open.add(onEvicted);
    let held = 0;
    return {
      received: (bytes) => {
        if (!bodies.open.has(onEvicted)) return;
        held += bytes;
        this.#budget.hold(bodies, bytes);
      },
      end: () => {
        bodies.open.delete(onEvicted);
        this.#budget.release(bodies, held);
        held = 0;
        if (bodies.open.size === 0) this.#tenants.delete(tenant);
      },
    };
  }
}

class TenantBodies implements ByteHolder {
  readonly open = new Set<() => void>();

  evict(): void {
    const evicted = [...this.open];
    this.open.clear();
    for (const onEvicted of evicted) onEvicted();
  }
}
