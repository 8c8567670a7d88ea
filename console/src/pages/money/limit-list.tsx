import type { ReactNode } from "react";
import type { Limit, Limits, ShownLimit } from "../../../../contracts/control/limits.ts";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { BudgetChips, BudgetUse } from "../dashboard/budgets.tsx";
import { counterOf } from "./limit-fields.ts";
import { MESSAGES } from "./messages.ts";

/** One limit in words, e.g. "60,000 Tokens a minute". */
export function useLimitText(): (limit: Limit) => string {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  return ({ metric, window, max, time_zone }) => {
    const amount = metric === "nano_usd" ? money(BigInt(max)) : `${format.number(max)} ${t(metric)}`;
    return [amount, t(window), ...(time_zone === undefined ? [] : [`(${time_zone})`])].join(" ");
  };
}

interface LimitListProps {
  readonly of: Limits;
  /** Of the subject. */
  readonly name: string;
}

/** The limits of a subject and of its tier, with what is used of them where the service counts it; money has a bar. */
export function LimitList({
  of: { scope, subject_id: subjectId, limits, tier, tier_limits: ofTier = [] },
  name,
}: LimitListProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const textOf = useLimitText();
  if (limits.length === 0 && tier === undefined) return <span className="quiet">{t("none")}</span>;
  const item = (limit: ShownLimit, chip?: ReactNode) => (
    <li key={counterOf(limit)}>
      {limit.metric === "nano_usd" ? (
        <BudgetUse budget={{ scope, subjectId, limit }} name={name} />
      ) : (
        <span translate="no">{textOf(limit)}</span>
      )}{" "}
      {limit.metric === "nano_usd" || limit.used === undefined ? undefined : (
        <span className="quiet">{t("countUsed", { used: format.number(limit.used) })}</span>
      )}{" "}
      <BudgetChips limit={limit} />
      {chip}
    </li>
  );
  const tierChip = <span className="chip">{t("ofTier", { tier: tier ?? "" })}</span>;
  return (
    <ul className="limit-list">
      {limits.map((limit) => item(limit))}
      {ofTier.map((limit) => item(limit, tierChip))}
      {tier !== undefined && ofTier.length === 0 ? <li>{tierChip}</li> : undefined}
    </ul>
  );
}
