import type { Json, JsonObject } from "../../template/json.ts";
import { asList, isObject } from "../../template/json.ts";
import { deliverEvent } from "../lambda/deliver-event.ts";

/** An event as EventBridge delivers it. */
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

/** EventBridge's default bus: rules by name, each with its pattern and its targets. */
export class EventBus {
  readonly #rules = new Map<string, Rule>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #report: (line: string) => void;
  /** Between two attempts; on AWS one and two minutes. */
  readonly #retryMs: number;
  #isStopped = false;

  constructor(report: (line: string) => void, retryMs = 1000) {
    this.#report = report;
    this.#retryMs = retryMs;
  }

  /** @throws when the pattern uses more than lists of exact values */
  addRule(name: string, pattern: JsonObject): void {
    checkPattern(name, pattern);
    this.#rules.set(name, { pattern, targets: [] });
  }

  /**
   * A rule that fires by the clock: `rate(N minutes|hours|days)`, or `cron(M * * * ? *)`, each hour at minute M.
   * @throws when the expression is another one
   */
  addSchedule(name: string, expression: string): void {
    const delay = delayOf(name, expression);
    this.#rules.set(name, { pattern: { source: [`schedule ${name}`] }, targets: [] });
    const wait = () => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        const time = new Date().toISOString();
        const event = { source: "aws.events", "detail-type": "Scheduled Event", time, detail: {} };
        for (const target of this.#rules.get(name)?.targets ?? []) void this.#deliver(name, target, event);
        wait();
      }, delay(Date.now())).unref();
      this.#timers.add(timer);
    };
    wait();
  }

  /** Ends all schedules; events are still delivered. */
  stopSchedules(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Ends all deliveries: functions that end from now on have not failed. A schedule fires again in the next run. */
  stop(): void {
    this.stopSchedules();
    this.#isStopped = true;
  }

  /** @throws when there is no such rule */
  addTarget(rule: string, target: (event: BusEvent) => Promise<unknown>): void {
    const known = this.#rules.get(rule);
    if (!known) throw new Error(`there is no event rule ${rule}`);
    known.targets.push(target);
  }

  /** Delivers the event to the targets of every rule that it matches. @returns how many there are */
  put(event: BusEvent): number {
    const targets = [...this.#rules].filter(([, { pattern }]) => matches(pattern, event));
    for (const [name, rule] of targets) for (const target of rule.targets) void this.#deliver(name, target, event);
    return targets.reduce((sum, [, rule]) => sum + rule.targets.length, 0);
  }

  #deliver(rule: string, target: (event: BusEvent) => Promise<unknown>, event: BusEvent): Promise<boolean> {
    const invoke = () => target(event);
    const isStopped = () => this.#isStopped;
    const [report, retryMs] = [this.#report, this.#retryMs];
    return deliverEvent({ source: `event rule ${rule}`, invoke, report, retryMs, isStopped });
  }
}

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS };

/** Milliseconds from a time until a schedule fires next. */
function delayOf(rule: string, expression: string): (now: number) => number {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const every = UNITS[unit];
  if (every !== undefined) return () => Number(count) * every;
  const minute = /^cron\((\d{1,2}) \* \* \* \? \*\)$/.exec(expression)?.[1];
  if (minute === undefined)
    throw new Error(`event rule ${rule}: the twin knows rate(N hours) and cron(M * * * ? *), got ${expression}`);
  const hour = 60 * MINUTE_MS;
  return (now) => hour - ((now - Number(minute) * MINUTE_MS) % hour);
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
