import { ByteBudget, type ByteHolder, HeldBytes } from "../../shares/byte-budget.ts";
import { LinkedList } from "../../shares/linked-list.ts";

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
    const entry = bodies.open.add({ onEvicted, isOver: false });
    let held = 0;
    return {
      received: (bytes) => {
        if (entry.value.isOver) return;
        held += bytes;
        this.#budget.hold(bodies, bytes);
      },
      end: () => {
        entry.value.isOver = true;
        bodies.open.remove(entry);
        this.#budget.release(bodies, held);
        held = 0;
        if (bodies.open.size === 0) this.#tenants.delete(tenant);
      },
    };
  }
}

interface OpenBody {
  readonly onEvicted: () => void;
  /** Whether it is whole, given up or evicted. */
  isOver: boolean;
}

class TenantBodies implements ByteHolder {
  readonly held = new HeldBytes();
  readonly open = new LinkedList<OpenBody>();

  evict(): void {
    const evicted = this.open.values().filter(({ isOver }) => !isOver);
    for (const body of evicted) body.isOver = true;
    for (const { onEvicted } of evicted) onEvicted();
  }
}
