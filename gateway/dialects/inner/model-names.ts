import { isRecord } from "../../../lib/is-record.ts";
import { itemsOf, parseJson, textOf } from "./json.ts";

/** Names in a list of models: `list` is the field of the body that holds it, `name` that of an item. */
export function modelNames(body: string, list: string, name: string): readonly string[] {
  const parsed = parseJson(body);
  const items = isRecord(parsed) ? itemsOf(parsed[list]) : [];
  return items.flatMap((item) => (isRecord(item) ? (textOf(item[name]) ?? []) : []));
}
