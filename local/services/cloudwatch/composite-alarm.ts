import type { AlarmState } from "../../../domain/scaling-policy.ts";
import { asText, type JsonObject } from "../../template/json.ts";

const TOKEN = /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\(\s*"([^"]+)"\s*\)|(AND|OR|NOT)\b|([()]))/y;

/** A rule of `ALARM("name")`, `OK("name")`, AND, OR, NOT and parentheses, over the states of other alarms. */
export class CompositeAlarm {
  readonly name: string;
  readonly description: string;
  /** ARNs of what it sets off. */
  readonly actions: readonly string[];
  readonly #rule: string;

  /** @throws when the rule is not understood */
  constructor(config: JsonObject) {
    this.name = asText(config.alarm_name);
    this.description = asText(config.alarm_description ?? "");
    this.actions = Array.isArray(config.alarm_actions) ? config.alarm_actions.map(asText) : [];
    this.#rule = asText(config.alarm_rule);
    this.state(() => "OK");
  }

  state(stateOf: (name: string) => AlarmState): AlarmState {
    return new RuleReader(this.name, this.#rule, stateOf).read() ? "ALARM" : "OK";
  }
}

class RuleReader {
  readonly #name: string;
  readonly #rule: string;
  readonly #stateOf: (name: string) => AlarmState;
  #at = 0;

  constructor(name: string, rule: string, stateOf: (name: string) => AlarmState) {
    this.#name = name;
    this.#rule = rule.trimEnd();
    this.#stateOf = stateOf;
  }

  read(): boolean {
    const value = this.#any();
    if (this.#at < this.#rule.length) throw this.#wrong();
    return value;
  }

  #any(): boolean {
    let value = this.#all();
    while (this.#take("OR")) {
      const right = this.#all();
      value ||= right;
    }
    return value;
  }

  #all(): boolean {
    let value = this.#one();
    while (this.#take("AND")) {
      const right = this.#one();
      value &&= right;
    }
    return value;
  }

  #one(): boolean {
    if (this.#take("NOT")) return !this.#one();
    if (this.#take("(")) {
      const value = this.#any();
      if (!this.#take(")")) throw this.#wrong();
      return value;
    }
    const [, state, alarm] = this.#next() ?? [];
    if (state === undefined || alarm === undefined) throw this.#wrong();
    return this.#stateOf(alarm) === state;
  }

  #take(wanted: string): boolean {
    const start = this.#at;
    const match = this.#next();
    if (match?.[3] === wanted || match?.[4] === wanted) return true;
    this.#at = start;
    return false;
  }

  #next(): RegExpExecArray | undefined {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#rule);
    if (!match) return undefined;
    this.#at = TOKEN.lastIndex;
    return match;
  }

  #wrong(): Error {
    return new Error(`alarm ${this.#name}: the twin does not understand its rule at "${this.#rule.slice(this.#at)}"`);
  }
}
