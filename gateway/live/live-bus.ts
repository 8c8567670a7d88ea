/** Carries short messages between the gateways of a deployment, or the threads of one process. */
export interface LiveBus {
  /** What it reaches. */
  readonly reach: "all-gateways" | "this-gateway";
  /** @param id of this thread, to which others may send @param onMessage may not throw */
  start(id: string, onMessage: (text: string) => void): void;
  /**
   * @param to the id of one, or all
   * @returns how many others get it; `undefined` when it can't be sent
   */
  send(to: string | undefined, text: string): Promise<number | undefined>;
  stop(): void;
}
