import { expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { MonthlyBudget } from "./monthly-budget.ts";

test("a budget counts the resources with the environment's tag, and notifies the topic before the money is spent", () => {
  const stack = synthConstruct((scope) => {
    new MonthlyBudget(scope, "Budget", { name: "test", monthlyUsd: 1200, environment: "dev", topicArn: "arn:topic" });
  });
  const budget = only(stack, "aws_budgets_budget");
  expect(budget).toMatchObject({
    limit_amount: "1200",
    time_unit: "MONTHLY",
    cost_filter: [{ name: "TagKeyValue", values: ["user:Environment$dev"] }],
  });
  const alerts = budget.notification.map((alert: Record<string, unknown>) => [
    alert.notification_type,
    alert.threshold,
    alert.subscriber_sns_topic_arns,
  ]);
  expect(alerts).toEqual([
    ["ACTUAL", 80, ["arn:topic"]],
    ["ACTUAL", 100, ["arn:topic"]],
    ["FORECASTED", 100, ["arn:topic"]],
  ]);
});
