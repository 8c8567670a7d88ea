import { Pacer } from "../../../../lib/pacer.ts";
import { pacedJson } from "../../../outside-values/paced-json.ts";
import { refuse } from "../../inner/refuse.ts";

/** Counts the bytes of the stored items that one request refers to, so that a short request stands for no huge one. */
export class ReferredBytes {
  readonly #limit: number;
  readonly #pacer = new Pacer(1024 * 1024);
  #bytes = 0;

  /** @param limit bytes of JSON that all of them may have together */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Adds items one after the other; the thread has its turns in between.
   * @param param the field that refers to them
   * @throws {GatewayError} `invalid_request` at the item that is over the limit
   */
  async add(param: string, items: readonly unknown[]): Promise<void> {
    for (const item of items) {
      const { length: bytes } = await pacedJson(item);
      this.#bytes += bytes;
      if (this.#bytes > this.#limit)
        throw refuse(
          param,
          `\`${param}\` must refer to items of at most ${this.#limit} bytes in all, got more; start a new conversation, or send the items that you need in \`input\`.`,
        );
      await this.#pacer.spend(bytes);
    }
  }
}
