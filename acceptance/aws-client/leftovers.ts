import { AWS_RESOURCE_TYPES } from "../../domain/aws-resources/aws-resources.ts";
import type { Listing } from "../../domain/aws-resources/rows/aws-resource-type.ts";
import { readXmlAsText } from "../../local/aws-api/xml.ts";
import { asList, asText, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { elements } from "../emulator-patches/xml.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { type AwsRequest, callAws } from "./aws-call.ts";

interface TypeListing {
  readonly type: string;
  readonly listing: Listing;
}

/** The types whose resources AWS lists: a check after a destroy covers them, and none of their resources may be left. */
const LISTINGS: readonly TypeListing[] = Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, { leftovers }]) =>
  "exempt" in leftovers ? [] : [{ type, listing: leftovers }],
);

/** A listing's request as it is sent, and its response: why an inventory lacks a noun. */
export async function responseFor(url: string, noun: string): Promise<string> {
  const listing = LISTINGS.find((each) => each.listing.noun === noun)?.listing;
  if (listing === undefined) throw new Error(`no listing has the noun ${noun}`);
  const request = requestOf(listing);
  return `${listing.service} ${JSON.stringify(request)}: ${await callAws(url, listing.service, request)}`;
}

/** All resources in the account except AWS's own, as `role sluice-dev-gateway`; sorted. */
export async function inventory(url: string): Promise<readonly string[]> {
  const found = await Promise.all(
    LISTINGS.map(async ({ listing }) => {
      const response = await callAws(url, listing.service, requestOf(listing));
      return namesIn(response, listing).map((name) => `${listing.noun} ${name}`);
    }),
  );
  return found.flat().sort();
}

export type Inventory = readonly string[];

/**
 * Types that are missing in an inventory: a check that finds no resource of an applied type would miss its leftovers.
 * @param types resource types of the applied stacks
 */
export function notFound(inventory: Inventory, types: ReadonlySet<string>): readonly string[] {
  return LISTINGS.filter(({ type }) => types.has(type))
    .map(({ listing }) => listing.noun)
    .filter((noun) => !inventory.some((each) => nounOf(each) === noun));
}

/** The longest noun with which an inventory's entry begins: a "VPC link" is no "VPC". */
function nounOf(entry: string): string | undefined {
  const nouns = LISTINGS.map(({ listing }) => listing.noun).filter((noun) => entry.startsWith(`${noun} `));
  return nouns.toSorted((one, other) => other.length - one.length)[0];
}

/** Resources of an inventory that the earlier one does not have. */
export function leftOver(before: Inventory, after: Inventory): Inventory {
  return after.filter((each) => !before.includes(each));
}

function requestOf(listing: Listing): AwsRequest {
  if ("action" in listing) return listing;
  if ("path" in listing) return { method: "GET", path: listing.path };
  const { target, body = {}, accountIdField } = listing;
  return { target, body: accountIdField === undefined ? body : { ...body, [accountIdField]: ACCOUNT } };
}

/** Names of the resources in a response to a listing's request. */
export function namesIn(response: string, listing: Listing): readonly string[] {
  const names = "list" in listing ? namesInJson(response, listing) : namesInXml(response, listing);
  return names.filter((name) => listing.only?.test(name) ?? true);
}

function namesInJson(response: string, { list, name = "" }: Extract<Listing, { list: string }>): readonly string[] {
  const items = asList(parseObject(response)[list] ?? []);
  return items.map((item) => asText(isObject(item) ? item[name] : item));
}

function namesInXml(response: string, { element, beside }: Extract<Listing, { element: string }>): readonly string[] {
  if (beside === undefined) return elements(response, element);
  return objectsIn(readXmlAsText(response))
    .filter((each) => each[beside.element] === beside.text && each[element] !== undefined)
    .map((each) => asText(each[element]));
}

/** All objects in a value, at every depth. */
function objectsIn(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

/** A list in a JSON response, for assertions. */
export function listIn(response: JsonObject, name: string): readonly JsonObject[] {
  return asList(response[name] ?? []).filter(isObject);
}
