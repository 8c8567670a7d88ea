/** One part of a `multipart/form-data` body (RFC 7578). */
export interface FormPart {
  readonly name: string;
  /** Without folders. `undefined` for a plain field. */
  readonly filename: string | undefined;
}

/** Takes the parts of a form in their order; the parser waits for each call. */
export interface FormHandler {
  part(part: FormPart): void | Promise<void>;
  data(chunk: Buffer): void | Promise<void>;
}

/** What is wrong with a form, in a sentence for the client. */
export class FormError extends Error {}

/** Heads of parts are a name, a file name and a type; more than this is no form that a client writes. */
const MAX_HEAD_BYTES = 8 * 1024;
/** The fields of an upload are four; some clients add their own. */
const MAX_PARTS = 32;
const CRLF = Buffer.from("\r\n");
const HEAD_END = Buffer.from("\r\n\r\n");

/** Longest boundary by RFC 2046, 5.1.1. */
const BOUNDARY_CHARACTERS = 70;

/**
 * @returns the boundary that a `content-type` names, or `undefined` when that is no form
 * @throws {FormError} when it is too long
 */
export function formBoundary(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined && boundary.length > BOUNDARY_CHARACTERS)
    throw new FormError(
      `The form's boundary must have 1 to ${BOUNDARY_CHARACTERS} characters, got ${boundary.length}; use a shorter one.`,
    );
  return boundary;
}

/**
 * Reads a form as it arrives; what is held is less than a chunk and a boundary, whatever the form's size. It refuses
 * what @fastify/busboy 3.2.6 passes over: a part without a name, the rest of a head over the limit, and text behind a
 * boundary.
 * @throws {FormError} when it is not a form, or was cut off
 */
export async function readForm(source: AsyncIterable<Buffer>, boundary: string, handler: FormHandler): Promise<void> {
  const parser = new FormParser(boundary, handler);
  for await (const chunk of source) await parser.push(chunk);
  parser.end();
}

class FormParser {
  readonly #delimiter: Buffer;
  readonly #handler: FormHandler;
  #state: "preamble" | "delimiter" | "head" | "data" | "over" = "preamble";
  /** As if a line break came before the body: the first boundary is then like every other. */
  #held: Buffer = CRLF;
  #parts = 0;

  constructor(boundary: string, handler: FormHandler) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#handler = handler;
  }

  async push(chunk: Buffer): Promise<void> {
    if (this.#state === "over") return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (await this.#step()) {
      // each step takes a piece off what is held
    }
  }

  end(): void {
    if (this.#state !== "over") throw new FormError("The form is not complete. Send it with its closing boundary.");
  }

  /** @returns whether there may be more to take */
  async #step(): Promise<boolean> {
    switch (this.#state) {
      case "preamble":
      case "data":
        return await this.#takeUntilDelimiter();
      case "delimiter":
        return this.#takeDelimiterEnd();
      case "head":
        return await this.#takeHead();
      case "over":
        return false;
    }
  }

  async #takeUntilDelimiter(): Promise<boolean> {
    const at = this.#held.indexOf(this.#delimiter);
    // The end of what is held may be the beginning of a boundary.
    const length = at >= 0 ? at : Math.max(0, this.#held.length - this.#delimiter.length + 1);
    const data = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(at >= 0 ? at + this.#delimiter.length : length);
    if (this.#state === "data" && data.length > 0) await this.#handler.data(data);
    if (at >= 0) this.#state = "delimiter";
    return at >= 0;
  }

  #takeDelimiterEnd(): boolean {
    if (this.#held.length < 2) return false;
    const end = this.#held.toString("latin1", 0, 2);
    if (end !== "--" && end !== "\r\n")
      throw new FormError("The form's boundary is followed by something else than a line break.");
    this.#state = end === "--" ? "over" : "head";
    this.#held = this.#held.subarray(2);
    return end !== "--";
  }

  async #takeHead(): Promise<boolean> {
    const at = this.#held.indexOf(HEAD_END);
    if (at > MAX_HEAD_BYTES || (at < 0 && this.#held.length > MAX_HEAD_BYTES))
      throw new FormError(`The head of a part of the form is over ${MAX_HEAD_BYTES} bytes.`);
    if (at < 0) return false;
    if (++this.#parts > MAX_PARTS) throw new FormError(`The form has more than ${MAX_PARTS} parts.`);
    const head = this.#held.toString("utf8", 0, at);
    this.#held = this.#held.subarray(at + HEAD_END.length);
    await this.#handler.part(partOf(head));
    this.#state = "data";
    return true;
  }
}

function partOf(head: string): FormPart {
  const disposition = /^content-disposition:\s*form-data\s*;([^\r\n]*)/im.exec(head)?.[1] ?? "";
  const name = parameter(disposition, "name");
  if (name === undefined) throw new FormError("A part of the form has no name in its content-disposition.");
  const filename = parameter(disposition, "filename");
  return { name, filename: filename?.split(/[/\\]/).at(-1) };
}

/** Browsers and clients write `"`, CR and LF of a name as %22, %0D and %0A (RFC 7578 and the HTML standard). */
function parameter(disposition: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|;)\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, "i").exec(disposition)?.[1];
  const bare = value ?? new RegExp(`(?:^|;)\\s*${name}=([^;"\\s]+)`, "i").exec(disposition)?.[1];
  return bare?.replaceAll("%22", '"').replaceAll("%0D", "").replaceAll("%0A", "").replaceAll(/\\(.)/g, "$1");
}
