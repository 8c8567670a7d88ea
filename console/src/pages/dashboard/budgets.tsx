import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { useProjects } from "../../projects/projects.ts";
import { BUDGET_MESSAGES } from "./budget-messages.ts";
import type { Budget } from "./budget-queries.ts";

/** Budgets that are shown at first. */
const SHOWN = 10;
/** Percent from which on a budget is shown as nearly used up. */
const WARN_PERCENT = 90n;
const WINDOW_TEXTS = { day: "ofDay", week: "ofWeek", month: "ofMonth", lifetime: "inAll" } as const;

/** Limits of money, and how much of each is used. @param budgets the request of `BUDGETS_QUERY` */
export function Budgets({ budgets }: { readonly budgets: UseQueryResult<readonly Budget[]> }) {
  const t = useTexts(BUDGET_MESSAGES);
  const [isAll, setAll] = useState(false);
  // Whoever may not see budgets has none here, which is no fault.
  if (budgets.error instanceof ApiError && budgets.error.kind === "forbidden") return undefined;
  const all = budgets.data ?? [];
  const shown = isAll ? all : all.slice(0, SHOWN);
  return (
    <section className="budgets" aria-labelledby="budgets">
      <h2 id="budgets">{t("budgets")}</h2>
      {budgets.isPending ? <Loading /> : undefined}
      {budgets.error === null ? undefined : <Problem error={budgets.error} onRetry={() => void budgets.refetch()} />}
      {budgets.isSuccess && all.length === 0 ? <p className="quiet">{t("noBudgets")}</p> : undefined}
      <ul>
        {shown.map((budget) => (
          <BudgetBar key={JSON.stringify([budget.subjectId, budget.limit])} budget={budget} />
        ))}
      </ul>
      {shown.length < all.length ? (
        <button type="button" className="button quiet" onClick={() => setAll(true)}>
          {t("moreBudgets")}
        </button>
      ) : undefined}
    </section>
  );
}

/** A budget with its name and its bar, as an item of a list. */
function BudgetBar({ budget }: { readonly budget: Budget }) {
  const t = useTexts(BUDGET_MESSAGES);
  const { scope, subjectId, limit } = budget;
  const { projects } = useProjects();
  const name = projects.find(({ id }) => id === subjectId)?.name ?? subjectId;
  return (
    <li>
      <p className="budget-name">
        <strong>{scope === "organization" ? t("organization") : <span translate="no">{name}</span>}</strong>
        <BudgetChips limit={limit} />
      </p>
      <BudgetUse budget={budget} name={scope === "organization" ? t("organization") : name} />
    </li>
  );
}

/** What a budget is of, when it is not everything, by which clock it begins, and whether it only reports. */
export function BudgetChips({ limit }: { readonly limit: Budget["limit"] }) {
  const t = useTexts(BUDGET_MESSAGES);
  return (
    <>
      {limit.model === undefined ? undefined : <span className="chip">{t("ofModel", { model: limit.model })}</span>}
      {limit.time_zone === undefined ? undefined : (
        <span className="chip" translate="no">
          {limit.time_zone}
        </span>
      )}
      {limit.action === "alert" ? <span className="chip">{t("alertOnly")}</span> : undefined}
    </>
  );
}

/** How much of a budget is used. @param name whose it is, for screen readers */
export function BudgetUse({ budget: { limit }, name }: { readonly budget: Budget; readonly name: string }) {
  const t = useTexts(BUDGET_MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { window, max, action, used } = limit;
  const maxText = money(BigInt(max));
  if (used === undefined) return <p className="quiet">{t(windowText(limit.window), { max: maxText })}</p>;
  // A budget of 0 permits nothing.
  const percent = max === 0 ? 100n : (BigInt(used) * 100n) / BigInt(max);
  const percentText = format.number(Number(percent) / 100, { style: "percent" });
  const isReached = percent >= 100n;
  return (
    <>
      <progress
        className={percent >= WARN_PERCENT ? "budget-bar warn" : "budget-bar"}
        max={100}
        value={Number(percent > 100n ? 100n : percent)}
        aria-label={name}
        translate="no"
      />
      <p className="budget-figures">
        <span>{t(spentText(window), { spent: money(BigInt(used)), max: maxText })}</span>
        {percent < WARN_PERCENT ? (
          <span key={percentText} className="quiet">
            {t("used", { percent: percentText })}
          </span>
        ) : undefined}
        {percent >= WARN_PERCENT && !isReached ? (
          <strong className="warn-text">{t("nearly", { percent: percentText })}</strong>
        ) : undefined}
        {isReached ? (
          <strong className="bad">{action === "alert" ? t("reachedAlert") : t("reached")}</strong>
        ) : undefined}
      </p>
    </>
  );
}

function spentText(window: Budget["limit"]["window"]) {
  return window === "day" || window === "week" || window === "month" ? window : "lifetime";
}

function windowText(window: Budget["limit"]["window"]) {
  return WINDOW_TEXTS[spentText(window)];
}
