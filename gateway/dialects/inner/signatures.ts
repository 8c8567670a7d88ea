import { isRecord } from "../../../lib/is-record.ts";
import { textOf } from "./json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Marks a signature with its maker, where it has no form of its own: another provider would refuse it. */
const MARK = /^[a-z]+:/;

export function markedSignature(maker: string, signature: string): string {
  return `${maker}:${signature}`;
}

/** The signature of a block of thinking that this maker signed; `undefined` for one of another. */
export function signatureBy(maker: string, block: Fields): string | undefined {
  const signature = textOf(block.signature);
  return signature?.startsWith(`${maker}:`) === true ? signature.slice(maker.length + 1) : undefined;
}

/** Whether a block of thinking is marked, so that providers without a mark did not sign it. */
export function isMarked(block: Fields): boolean {
  return MARK.test(textOf(block.signature) ?? "");
}

/** The field in which Google's own OpenAI-compatible endpoint carries the signature of a tool call. */
export function callSignature(signature: string | undefined): Fields {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}

/** The same, read from a call that a client sends back. */
export function signatureOfCall(call: unknown): string | undefined {
  const extra = isRecord(call) && isRecord(call.extra_content) ? call.extra_content : {};
  return isRecord(extra.google) ? textOf(extra.google.thought_signature) : undefined;
}
