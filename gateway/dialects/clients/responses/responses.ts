import { inClientFields, RESPONSES_FIELDS } from "../../../../contracts/api/client-fields.ts";
import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import { ResponseRequest } from "../../../../contracts/api/responses.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { InboundContext, InboundDialect, StreamTranslator } from "../../../core/dialect.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import type { ResponseStore } from "../../../responses/response-store.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import { itemIds, withoutReferences } from "./item-references.ts";
import { ReferredBytes } from "./referred-bytes.ts";
import { inputItems } from "./responses-items.ts";
import { chatOfResponses } from "./responses-request.ts";
import { type ResponseHead, responseOfChat } from "./responses-response.ts";
import { responsesStream } from "./responses-stream.ts";
import { withAdditionalTools } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A response's end waits for its write for so long; DynamoDB takes milliseconds. */
const STORE_TIMEOUT_MS = 5000;

export interface ResponsesDialectOptions {
  /** Where responses are stored. @default - this deployment stores none */
  readonly store: ResponseStore | undefined;
  /** Of the stored items that one request may refer to, together: as many as its body may have. */
  readonly maxReferredBytes: number;
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
  /** A whole one. */
  #response: Fields | undefined;
  #isWritten: Promise<boolean> | undefined;
  #head: ResponseHead | undefined;
  #newItemId: (prefix: string) => string;

  /** @param tenant whose responses these are; read when the body has been read */
  constructor(options: ResponsesDialectOptions, tenant: () => string) {
    this.#options = options;
    this.#newItemId = options.newId;
    this.#tenant = tenant;
  }

  async toChat(fields: Fields): Promise<Fields> {
    const { store, newId, now, maxReferredBytes } = this.#options;
    if (fields.store === true && store === undefined)
      throw refuse("store", "`store` must be false: no responses are stored for this key; leave it out.");
    // As OpenAI does, which stores by default.
    const isStored = store !== undefined && fields.store !== false;
    const id = newId("resp");
    this.#newItemId = isStored ? itemIds(id) : newId;
    const referred = new ReferredBytes(maxReferredBytes);
    const before = await this.#before(fields.previous_response_id, referred);
    const find = async (responseId: string) => store?.get(this.#tenant(), responseId);
    const input = await withoutReferences(fields.input, find, referred);
    this.#items = [...before, ...inputItems(input, this.#newItemId)];
    const complete = withAdditionalTools(fields, this.#items, before.length);
    this.#head = { id, createdAt: Math.floor(now() / 1000), isStored, fields: complete };
    return chatOfResponses(complete, this.#items, before.length);
  }

  encodeWhole(completion: Fields, { clientFields }: InboundContext): Buffer | Promise<Buffer> {
    const response = responseOfChat(completion, this.#headOf(clientFields), this.#newItemId, this.#seconds());
    this.#response = response;
    this.#isWritten = this.#store(response);
    return jsonBytes(response);
  }

  /** A response with `store: true` can be retrieved: the write is over. Where it failed, the response has `store: false`. */
  async confirmWhole(bytes: Buffer): Promise<Buffer> {
    return (await this.#isWritten) === false ? await jsonBytes({ ...this.#response, store: false }) : bytes;
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
  async #before(previousId: unknown, referred: ReferredBytes): Promise<readonly Fields[]> {
    const id = textOf(previousId);
    if (id === undefined) return [];
    const { store } = this.#options;
    const previous = await store?.get(this.#tenant(), id);
    if (previous === undefined) throw refuse("previous_response_id", noResponse(id, store !== undefined));
    const items = [...previous.input, ...itemsOf(previous.response.output).filter(isRecord)];
    await referred.add("previous_response_id", items);
    return items;
  }

  #headOf(fields: Fields): ResponseHead {
    this.#head ??= { id: this.#options.newId("resp"), createdAt: this.#seconds(), isStored: false, fields };
    return this.#head;
  }

  /** Never rejects. @returns whether it was written in time; `undefined` where there is nothing to write */
  #store(response: Fields): Promise<boolean> | undefined {
    const { store, onLost } = this.#options;
    if (response.store !== true || store === undefined) return undefined;
    const [tenant, id] = [this.#tenant(), String(response.id)];
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const end = (lost?: unknown) => {
      clearTimeout(timer);
      if (lost !== undefined) onLost(lost);
      resolve(lost === undefined);
    };
    const timer = setTimeout(() => {
      end(new Error(`The response was not stored within ${STORE_TIMEOUT_MS / 1000} s.`));
      // The client is told that it is not stored, so it must not be there later.
      writing.then(() => store.delete(tenant, id)).catch(() => undefined);
    }, STORE_TIMEOUT_MS);
    const writing = store.put(tenant, id, { response, input: this.#items });
    writing.then(
      () => end(),
      (error: unknown) => end(error ?? new Error("The response was not stored.")),
    );
    return promise;
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

function noResponse(id: string, isStoring: boolean): string {
  const name = JSON.stringify(id.slice(0, 80));
  return isStoring
    ? `\`previous_response_id\` must be a response that is stored for your tenant, got ${name}, which is none: another tenant's, one with \`store: false\`, which a response that is too large has too, or too old; send its items in \`input\`.`
    : `\`previous_response_id\` is not served, as responses are not stored here, got ${name}; send the earlier items in \`input\`.`;
}

/** OpenAI's own shape, with this endpoint's name of the bound of tokens. */
export function responsesErrorBody({ error }: ErrorBody): unknown {
  return { error: inClientFields(error, RESPONSES_FIELDS) };
}
