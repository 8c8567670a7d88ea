import { inClientFields, RESPONSES_FIELDS } from "../../../../contracts/api/client-fields.ts";
import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import { ResponseRequest } from "../../../../contracts/api/responses.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { InboundContext, InboundDialect, StreamTranslator } from "../../../core/dialect.ts";
import type { ResponseStore } from "../../../responses/response-store.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { itemIds, withoutReferences } from "./item-references.ts";
import { inputItems } from "./responses-items.ts";
import { chatOfResponses } from "./responses-request.ts";
import { type ResponseHead, responseOfChat } from "./responses-response.ts";
import { responsesStream } from "./responses-stream.ts";
import { withAdditionalTools } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface ResponsesDialectOptions {
  /** Where responses are stored. @default - this deployment stores none */
  readonly store: ResponseStore | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new id that no one can guess, with this prefix, e.g. `resp_…`. */
  readonly newId: (prefix: string) => string;
  /** Called for a response that could not be stored. */
  readonly onLost: (error: unknown) => void;
}

/** OpenAI's Responses, for one request: its fields are needed again to write the response. */
export class ResponsesDialect implements InboundDialect {
  readonly name = "responses";
  readonly body = ResponseRequest;
  readonly #options: ResponsesDialectOptions;
  readonly #tenant: () => string;
  #items: readonly Fields[] = [];
  /** Of the response; true as well where there is nothing to write. */
  #isWritten: Promise<boolean> = Promise.resolve(true);
  #head: ResponseHead | undefined;
  #newItemId: (prefix: string) => string;

  /** @param tenant whose responses these are; read when the body has been read */
  constructor(options: ResponsesDialectOptions, tenant: () => string) {
    this.#options = options;
    this.#newItemId = options.newId;
    this.#tenant = tenant;
  }

  async toChat(fields: Fields): Promise<Fields> {
    const { store, newId, now } = this.#options;
    if (fields.store === true && store === undefined)
      throw refuse("store", "`store` must be false: this deployment stores no responses; leave it out.");
    // As OpenAI does, which stores by default.
    const isStored = store !== undefined && fields.store !== false;
    const id = newId("resp");
    this.#newItemId = isStored ? itemIds(id) : newId;
    const before = await this.#before(fields.previous_response_id);
    const input = await withoutReferences(fields.input, async (responseId) => store?.get(this.#tenant(), responseId));
    this.#items = [...before, ...inputItems(input, this.#newItemId)];
    const complete = withAdditionalTools(fields, this.#items, before.length);
    this.#head = { id, createdAt: Math.floor(now() / 1000), isStored, fields: complete };
    return chatOfResponses(complete, this.#items);
  }

  encodeWhole(bytes: Buffer, { clientFields }: InboundContext): Buffer {
    const response = responseOfChat(bytes, this.#headOf(clientFields), this.#newItemId, this.#seconds());
    this.#store(response);
    return Buffer.from(JSON.stringify(response));
  }

  /** A response with `store: true` can be retrieved: the write is over. Where it failed, the response has `store: false`. */
  async confirmWhole(bytes: Buffer): Promise<Buffer> {
    if (await this.#isWritten) return bytes;
    const response: unknown = JSON.parse(bytes.toString("utf8"));
    return isRecord(response) ? Buffer.from(JSON.stringify({ ...response, store: false })) : bytes;
  }

  encodeStream({ clientFields }: InboundContext): StreamTranslator {
    return responsesStream({
      head: this.#headOf(clientFields),
      newId: this.#newItemId,
      now: () => this.#seconds(),
      onClosed: (response) => this.#store(response),
    });
  }

  errorBody(body: ErrorBody): unknown {
    return responsesErrorBody(body);
  }

  /** The items up to the response that this one continues from. Its instructions are not among them. */
  async #before(previousId: unknown): Promise<readonly Fields[]> {
    const id = textOf(previousId);
    if (id === undefined) return [];
    const previous = await this.#options.store?.get(this.#tenant(), id);
    if (previous === undefined)
      throw refuse(
        "previous_response_id",
        `There is no response ${JSON.stringify(id.slice(0, 80))} here; leave \`store: false\` out to continue from a response.`,
      );
    return [...previous.input, ...itemsOf(previous.response.output).filter(isRecord)];
  }

  #headOf(fields: Fields): ResponseHead {
    this.#head ??= { id: this.#options.newId("resp"), createdAt: this.#seconds(), isStored: false, fields };
    return this.#head;
  }

  #store(response: Fields): void {
    const { store, onLost } = this.#options;
    if (response.store !== true || store === undefined) return;
    this.#isWritten = store.put(this.#tenant(), String(response.id), { response, input: this.#items }).then(
      () => true,
      (error: unknown) => {
        onLost(error);
        return false;
      },
    );
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

/** OpenAI's own shape, with this endpoint's name of the bound of tokens. */
export function responsesErrorBody({ error }: ErrorBody): unknown {
  return { error: inClientFields(error, RESPONSES_FIELDS) };
}
