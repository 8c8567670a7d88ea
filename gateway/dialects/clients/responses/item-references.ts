import { isRecord } from "../../../../lib/is-record.ts";
import type { ResponseStore, StoredResponse } from "../../../responses/response-store.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";
import type { ReferredBytes } from "./referred-bytes.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An item's id has its response's in it: what follows that is its number, in four hexadecimal digits. */
const ITEM_ID = /^[a-z]+_([0-9a-f]{8,64})[0-9a-f]{4}$/;
/** The input of one stored response has all that came before it, so that a conversation needs one or two of them. */
const MAX_RESPONSES = 16;

/** Ids for the items of a stored response, from which the response is found again. @param responseId e.g. `resp_4f…` */
export function itemIds(responseId: string): (prefix: string) => string {
  const tail = responseId.slice(responseId.indexOf("_") + 1);
  let count = 0;
  return (prefix) => `${prefix}_${tail}${(count++).toString(16).padStart(4, "0")}`;
}

/**
 * The input with references replaced by their items.
 * @param find a stored response of this tenant
 * @param referred counts the items
 * @throws {GatewayError} `invalid_request` for one that is not stored here, is named twice, or is over what may be referred to
 */
export async function withoutReferences(
  input: unknown,
  find: (id: string) => ReturnType<ResponseStore["get"]>,
  referred: ReferredBytes,
): Promise<unknown> {
  if (!Array.isArray(input)) return input;
  const wanted = namedItems(input);
  if (wanted.size === 0) return input;
  const items = await findItems(wanted, find, referred);
  return input.map((item: unknown, index) => {
    if (!isReference(item)) return item;
    const found = items.get(String(item.id));
    if (found !== undefined) return found;
    const param = `input[${index}].id`;
    throw refuse(
      param,
      `\`${param}\` ${JSON.stringify(String(item.id).slice(0, 80))} is not an item stored here; send the item itself, with \`store: false\`.`,
    );
  });
}

/** @throws {GatewayError} `invalid_request` for an item that is named twice */
function namedItems(input: readonly unknown[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [index, item] of input.entries()) {
    if (!isReference(item)) continue;
    const id = String(item.id);
    const param = `input[${index}].id`;
    if (ids.has(id))
      throw refuse(
        param,
        `\`${param}\` must name an item that no other reference names, got ${JSON.stringify(id.slice(0, 80))} again; leave this reference out.`,
      );
    ids.add(id);
  }
  return ids;
}

/** OpenAI's SDKs may leave the type out. */
function isReference(item: unknown): item is Fields {
  if (!isRecord(item) || textOf(item.id) === undefined) return false;
  return item.type === "item_reference" || (item.type == null && item.role === undefined);
}

/** The last references first: the inputs of their responses have the earlier ones. */
async function findItems(
  wanted: ReadonlySet<string>,
  find: (id: string) => ReturnType<ResponseStore["get"]>,
  referred: ReferredBytes,
): Promise<ReadonlyMap<string, Fields>> {
  const found = new Map<string, Fields>();
  const tried = new Set<string>();
  const isNew = (id: string) => wanted.has(id) && !found.has(id);
  for (const id of [...wanted].reverse()) {
    const responseId = `resp_${ITEM_ID.exec(id)?.[1]}`;
    if (found.has(id) || tried.has(responseId) || tried.size === MAX_RESPONSES) continue;
    tried.add(responseId);
    const items = itemsIn(await find(responseId)).filter((item) => isNew(String(item.id)));
    await referred.add("input", items);
    for (const item of items) found.set(String(item.id), item);
  }
  return found;
}

function itemsIn(stored: StoredResponse | undefined): readonly Fields[] {
  return stored === undefined ? [] : [...stored.input, ...itemsOf(stored.response.output).filter(isRecord)];
}
