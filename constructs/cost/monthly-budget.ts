import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget/index.js";
import { Construct } from "constructs";

export interface MonthlyBudgetProps {
  readonly name: string;
  readonly monthlyUsd: number;
  /** Value of the tag `Environment` on the counted resources. */
  readonly environment: string;
  /** SNS topic that gets the notifications. */
  readonly topicArn: string;
}

/** Percent of the budget at which a notification is sent: of what is spent, and what AWS expects by the end of the month. */
const ALERTS = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

/**
 * A month's budget of one environment. AWS counts by tag, so `Environment` must be activated as a cost allocation tag
 * once in the account's billing settings.
 */
export class MonthlyBudget extends Construct {
  readonly resource: BudgetsBudget;

  constructor(scope: Construct, id: string, { name, monthlyUsd, environment, topicArn }: MonthlyBudgetProps) {
    super(scope, id);
    this.resource = new BudgetsBudget(this, "Default", {
      name,
      budgetType: "COST",
      limitAmount: String(monthlyUsd),
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      costFilter: [{ name: "TagKeyValue", values: [`user:Environment$${environment}`] }],
      notification: ALERTS.map(({ notificationType, threshold }) => ({
        notificationType,
        threshold,
        thresholdType: "PERCENTAGE",
        comparisonOperator: "GREATER_THAN",
        subscriberSnsTopicArns: [topicArn],
      })),
    });
  }
}
