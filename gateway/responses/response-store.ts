type Fields = Readonly<Record<string, unknown>>;

/** A response that its client asked to keep. */
export interface StoredResponse {
  readonly response: Fields;
  /** Everything that the model was given, in its order: what came before this response's own input included. */
  readonly input: readonly Fields[];
}

/** Keeps responses, each for one tenant alone and for a limited time. */
export interface ResponseStore {
  get(tenant: string, id: string): Promise<StoredResponse | undefined>;
  put(tenant: string, id: string, stored: StoredResponse): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, id: string): Promise<boolean>;
}
