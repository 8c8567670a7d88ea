export interface RetiredWord {
  /** Parts of a name, in small letters: `noRoom` is `["no", "room"]`. */
  readonly parts: readonly string[];
  /** What the field calls it, by what is meant. */
  readonly instead: string;
}

/**
 * Words that this code once had for ideas that the field has words for. Names of AWS, and of fields that cross a wire,
 * stay as they are: they are not declared here.
 */
export const RETIRED_WORDS: readonly RetiredWord[] = [
  { parts: ["place"], instead: "slot, lease, location, endpoint, workspace or position" },
  { parts: ["places"], instead: "slots, leases, locations, endpoints or positions" },
  { parts: ["answer"], instead: "response, completion or result; as a verb, respond" },
  { parts: ["answers"], instead: "responses, completions or results" },
  { parts: ["ask"], instead: "request, fetch, query or prompt" },
  { parts: ["asks"], instead: "requests" },
  { parts: ["asked"], instead: "requested, queried or sent" },
  { parts: ["asker"], instead: "client or caller" },
  { parts: ["question"], instead: "request, query or prompt" },
  { parts: ["said"], instead: "text, content or body" },
  { parts: ["told"], instead: "reported or notified" },
  { parts: ["kept"], instead: "stored, retained or held" },
  { parts: ["given"], instead: "provided, input or arguments" },
  { parts: ["ways"], instead: "candidates, cases or routes" },
  { parts: ["way", "out"], instead: "internet egress, or remedy" },
  { parts: ["outrun"], instead: "lostRace" },
  { parts: ["no", "room"], instead: "CapacityExceeded" },
  { parts: ["unsayable"], instead: "UnsupportedByDialect" },
  { parts: ["is", "usual"], instead: "isEmergencyOnly, turned round" },
  { parts: ["is", "away"], instead: "hasNoUpstream" },
  { parts: ["those", "able"], instead: "withCapabilities" },
  { parts: ["hand", "over"], instead: "transfer" },
  { parts: ["give", "back"], instead: "release" },
  { parts: ["health", "book"], instead: "UpstreamHealth" },
  { parts: ["take", "turns"], instead: "roundRobin" },
  { parts: ["line", "gate"], instead: "ConcurrencyLimiter" },
  { parts: ["half", "made"], instead: "tainted" },
  { parts: ["left", "out"], instead: "not modelled, or omitted" },
  { parts: ["front", "door"], instead: "AWS proxy" },
  { parts: ["walk"], instead: "runbook, visit or traverse" },
  { parts: ["amendment"], instead: "emulator patch" },
  { parts: ["amendments"], instead: "emulator patches" },
  { parts: ["read", "back"], instead: "assertion" },
  { parts: ["read", "backs"], instead: "assertions" },
  { parts: ["excused"], instead: "known gap or waived" },
];

/** The same in comments, documents and messages, where single words are plain English. */
export const RETIRED_PHRASES: readonly { readonly form: RegExp; readonly instead: string }[] = [
  { form: /\bfront door/i, instead: "AWS proxy" },
  { form: /\bread-backs?\b/i, instead: "assertion" },
  { form: /\bamendments?\b/i, instead: "emulator patch" },
  { form: /\bhalf-made\b/i, instead: "tainted" },
  { form: /\bways? out\b/i, instead: "internet egress, or remedy" },
  { form: /\boutrun\b/i, instead: "that lost the race" },
  { form: /\bunsayable\b/i, instead: "unsupported by the dialect" },
  { form: /\bno room\b/i, instead: "no capacity" },
];

/** Codes of requirements, which stand in docs/requirements.md alone. (S3 by itself is AWS's.) */
export const REQUIREMENT_CODE = /\bF0\d{2}\b|\bS[0-4] F?\d[\d.]*\b|\bS[0124]\b/;
