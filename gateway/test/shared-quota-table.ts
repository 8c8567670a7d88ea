import type { NamedQuotaAlert } from "../limits/quota-store.ts";
import type { QuotaCount, QuotaSum, QuotaTable } from "../quotas/quota-table.ts";

/** A table of quotas in memory that several gateways share, and that fails as it is told. */
export class SharedQuotaTable implements QuotaTable {
  readonly drawn = new Map<string, number>();
  readonly used = new Map<string, number>();
  readonly #reported = new Map<string, { readonly reported: number; readonly reportedMax: number }>();
  calls = 0;
  /** `broken`: nothing arrives. `silent`: it arrives, and the response is lost. `hanging`: no response comes until it is let go. */
  state: "up" | "broken" | "silent" | "hanging" = "up";
  #held: (() => void)[] = [];

  async add({ name, window }: QuotaSum, drawn: number, used: number, max?: number): Promise<QuotaCount> {
    await this.#arrive();
    const key = `${name} ${window}`;
    const before = this.drawn.get(key) ?? 0;
    const isAdded = max === undefined || before + drawn <= max;
    if (isAdded) {
      this.drawn.set(key, before + drawn);
      this.used.set(key, (this.used.get(key) ?? 0) + used);
    }
    return this.#respond(key, isAdded);
  }

  async read({ name, window }: QuotaSum): Promise<QuotaCount> {
    await this.#arrive();
    return this.#respond(`${name} ${window}`, true);
  }

  async report({ name, window }: QuotaSum, { percent, max }: NamedQuotaAlert): Promise<boolean> {
    await this.#arrive();
    const { reported, reportedMax } = this.#reportedOf(`${name} ${window}`);
    if (reportedMax === max && reported >= percent) return false;
    this.#reported.set(`${name} ${window}`, { reported: percent, reportedMax: max });
    return true;
  }

  /** Lets the calls go on that hang. */
  letGo(): void {
    this.state = "up";
    for (const go of this.#held.splice(0)) go();
  }

  async #arrive(): Promise<void> {
    this.calls++;
    await Promise.resolve();
    if (this.state === "broken") throw new Error("gone");
    if (this.state === "hanging") await new Promise<void>((resolve) => this.#held.push(resolve));
  }

  #respond(key: string, isAdded: boolean): QuotaCount {
    if (this.state === "silent") throw new Error("no response");
    const counts = { drawn: this.drawn.get(key) ?? 0, used: this.used.get(key) ?? 0 };
    return { isAdded, ...counts, ...this.#reportedOf(key) };
  }

  #reportedOf(key: string) {
    return this.#reported.get(key) ?? { reported: 0, reportedMax: 0 };
  }
}
