type Fields = Readonly<Record<string, unknown>>;

/** Neither JSON nor a copy of the part has it: no target is sent it. */
const ORIGIN = Symbol("origin");

/** Where the client wrote what this part is a translation of, so that an error can name its own field. */
export function withOrigin(part: Fields, param: string): Fields {
  return Object.defineProperty({ ...part }, ORIGIN, { value: param });
}

/** `undefined` where the client wrote the part itself. */
export function originOf(part: object): string | undefined {
  const param: unknown = Reflect.get(part, ORIGIN);
  return typeof param === "string" ? param : undefined;
}
