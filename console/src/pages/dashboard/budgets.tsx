import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { useProjects } from "../../projects/projects.ts";
import { BUDGET_MESSAGES } from "./budget-messages.ts";
import { BUDGETS_QUERY, type Budget, isSpentKnown, spentQuery } from "./budget-queries.ts";

/** Budgets that are shown at first: each reads what is spent of it. */
const SHOWN = 10;
/** Percent from which on a budget is shown as nearly used up. */
const WARN_PERCENT = 90n;
const WINDOW_TEXTS = { day: "ofDay", week: "ofWeek", month: "ofMonth", lifetime: "lifetime" } as const;

/** Limits of money, and how much of each is used. */
export function Budgets() {
  const t = useTexts(BUDGET_MESSAGES);
  const budgets = useQuery(BUDGETS_QUERY);
  const [isAll, setAll] = useState(false);
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

/** What a budget is of, when it is not everything, and whether it only reports. */
export function BudgetChips({ limit }: { readonly limit: Budget["limit"] }) {
  const t = useTexts(BUDGET_MESSAGES);
  return (
    <>
      {limit.model === undefined ? undefined : <span className="chip">{t("ofModel", { model: limit.model })}</span>}
      {limit.action === "alert" ? <span className="chip">{t("alertOnly")}</span> : undefined}
    </>
  );
}

/** How much of a budget is used, where the sums say so. @param name whose it is, for screen readers */
export function BudgetUse({ budget, name }: { readonly budget: Budget; readonly name: string }) {
  const t = useTexts(BUDGET_MESSAGES);
  const money = useMoney();
  const { limit } = budget;
  if (isSpentKnown(budget)) return <Spent budget={budget} name={name} />;
  return (
    <p className="quiet">
      {t(windowText(limit.window), { max: money(BigInt(limit.max)) })}. {t("unknown")}
    </p>
  );
}

function Spent({ budget, name }: { readonly budget: Budget; readonly name: string }) {
  const t = useTexts(BUDGET_MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { window, max, action } = budget.limit;
  const spent = useQuery(spentQuery(budget, Date.now()));
  if (spent.error !== null) return <Problem error={spent.error} onRetry={() => void spent.refetch()} />;
  // Of what is being read, the bar and the texts have their room already.
  const isWaiting = spent.data === undefined;
  const used = spent.data ?? 0n;
  // A budget of 0 permits nothing.
  const percent = isWaiting ? 0n : max === 0 ? 100n : (used * 100n) / BigInt(max);
  const percentText = isWaiting ? "…" : format.number(Number(percent) / 100, { style: "percent" });
  const isReached = percent >= 100n;
  const values = { spent: isWaiting ? "…" : money(used), max: money(BigInt(max)) };
  return (
    <>
      <progress
        className={percent >= WARN_PERCENT ? "budget-bar warn" : "budget-bar"}
        max={100}
        value={Number(percent > 100n ? 100n : percent)}
        aria-label={name}
        aria-busy={isWaiting}
        translate="no"
      />
      <p className="budget-figures">
        <span>{t(window === "day" || window === "week" ? window : "month", values)}</span>
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

function windowText(window: Budget["limit"]["window"]) {
  return window === "day" || window === "week" || window === "month" ? WINDOW_TEXTS[window] : WINDOW_TEXTS.lifetime;
}
