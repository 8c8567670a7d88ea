type Fields = Readonly<Record<string, unknown>>;

/** A response with `store: true`. */
export interface StoredResponse {
  readonly response: Fields;
  /** All items of the model's input, in order, those before this response's own input included. */
  readonly input: readonly Fields[];
}

/** Stores responses, each for one tenant alone and for a limited time. */
export interface ResponseStore {
  get(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /** Resolves when every gateway finds it. @throws {Error} when it is not stored */
  put(tenant: string, id: string, stored: StoredResponse): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, id: string): Promise<boolean>;
}
