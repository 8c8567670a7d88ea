/** Headers of one response, whatever it will be. Steps add to them; they are read when the response is made. */
export class ResponseHeaders {
  readonly #values: Record<string, string>;

  constructor(first: Readonly<Record<string, string>>) {
    this.#values = { ...first };
  }

  /** @param name in lower case */
  set(name: string, value: string): void {
    this.#values[name] = value;
  }

  add(headers: Readonly<Record<string, string>> | undefined): void {
    if (headers !== undefined) Object.assign(this.#values, headers);
  }

  get all(): Readonly<Record<string, string>> {
    return this.#values;
  }
}
