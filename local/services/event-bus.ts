import type { Json, JsonObject } from "../template/json.ts";
import { asList, isObject } from "../template/json.ts";

/** An event as EventBridge hands it on. */
export interface BusEvent extends JsonObject {
  readonly source: string;
  readonly "detail-type": string;
  readonly time: string;
  readonly detail: JsonObject;
}

interface Rule {
  readonly pattern: JsonObject;
  readonly targets: ((event: BusEvent) => Promise<unknown>)[];
}

/** Lambda tries an event that failed twice again. */
const ATTEMPTS = 3;

/** EventBridge's default bus: rules by name, each with its pattern and its targets. */
export class EventBus {
  readonly #rules = new Map<string, Rule>();
  readonly #report: (line: string) => void;
  /** Between two attempts; on AWS one and two minutes. */
  readonly #retryMs: number;

  constructor(report: (line: string) => void, retryMs = 1000) {
    this.#report = report;
    this.#retryMs = retryMs;
  }

  /** @throws when the pattern uses more than lists of exact values */
  addRule(name: string, pattern: JsonObject): void {
    checkPattern(name, pattern);
    this.#rules.set(name, { pattern, targets: [] });
  }

  /** @throws when there is no such rule */
  addTarget(rule: string, target: (event: BusEvent) => Promise<unknown>): void {
    const known = this.#rules.get(rule);
    if (!known) throw new Error(`there is no event rule ${rule}`);
    known.targets.push(target);
  }

  /** Hands the event to the targets of every rule that it matches. @returns how many there are */
  put(event: BusEvent): number {
    const targets = [...this.#rules].filter(([, { pattern }]) => matches(pattern, event));
    for (const [name, rule] of targets) for (const target of rule.targets) void this.#deliver(name, target, event);
    return targets.reduce((sum, [, rule]) => sum + rule.targets.length, 0);
  }

  async #deliver(rule: string, target: (event: BusEvent) => Promise<unknown>, event: BusEvent): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        await target(event);
        return;
      } catch (error) {
        this.#report(`event rule ${rule}: ${error instanceof Error ? error.message : String(error)}`);
        if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, this.#retryMs * attempt).unref());
      }
    }
  }
}

function checkPattern(rule: string, pattern: JsonObject): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    if (isObject(wanted)) checkPattern(rule, wanted);
    else if (!Array.isArray(wanted) || wanted.some((value) => isObject(value)))
      throw new Error(`event rule ${rule}: the twin knows lists of exact values only, got ${field}`);
  }
}

/** Each field of the pattern must be there with one of its values. */
function matches(pattern: JsonObject, event: Json | undefined): boolean {
  if (!isObject(event)) return false;
  return Object.entries(pattern).every(([field, wanted]) =>
    isObject(wanted) ? matches(wanted, event[field]) : asList(wanted).some((value) => value === event[field]),
  );
}
