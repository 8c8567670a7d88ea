import { expect, test } from "vitest";
import { CompositeAlarm } from "./composite-alarm.ts";

const state = (rule: string, ringing: readonly string[]) =>
  new CompositeAlarm({ alarm_name: "down", alarm_rule: rule }).state((name) =>
    ringing.includes(name) ? "ALARM" : "OK",
  );
const RULE = 'ALARM("gateway") OR (ALARM("a") AND ALARM("b"))';

test.each([
  [RULE, [], "OK"],
  [RULE, ["gateway"], "ALARM"],
  [RULE, ["a"], "OK"],
  [RULE, ["a", "b"], "ALARM"],
  ['NOT ALARM("a") AND OK("b")', [], "ALARM"],
  ['NOT ALARM("a") AND OK("b")', ["b"], "OK"],
  ['ALARM("a") OR ALARM("b") AND ALARM("c")', ["a"], "ALARM"],
] as const)("%s with %j ringing is %s", (rule, ringing, expected) => {
  expect(state(rule, ringing)).toBe(expected);
});

test.each(["ALARM(a)", 'ALARM("a") AND', '(ALARM("a")', 'ALARM("a") ALARM("b")', "TRUE"])(
  "the rule %s is refused when the alarm is made",
  (rule) => {
    expect(() => new CompositeAlarm({ alarm_name: "down", alarm_rule: rule })).toThrow(
      /alarm down: the twin does not understand its rule/,
    );
  },
);
