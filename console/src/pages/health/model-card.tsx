import { useId } from "react";
import type { HealthPercentiles, ModelHealth } from "../../../../contracts/live/service-health.ts";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { EngineTable } from "./engine-table.tsx";
import { MESSAGES } from "./messages.ts";
import { RequestChart } from "./request-chart.tsx";

interface ModelCardProps {
  readonly health: ModelHealth;
  /** Of which counts and times are. */
  readonly minutes: number;
}

/** Share of failed requests from which on a model is marked. */
const MANY_FAILURES = 0.05;

/** One model: its queue, slots, failures and times, its last minutes as a chart, and its engines. */
export function ModelCard({ health, minutes }: ModelCardProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const titleId = useId();
  const { model, queued, oldestQueuedSeconds, slotsUsed, slots, engines, requests, failures, history } = health;
  const share = requests === 0 ? 0 : failures / requests;
  const percent = (part: number) => format.number(part, { style: "percent", maximumFractionDigits: 1 });
  const states = (["ready", "starting", "leaving", "failed"] as const).flatMap((state) => {
    const count = engines.filter((engine) => engine.state === state).length;
    return count === 0 ? [] : [{ state, count }];
  });
  return (
    <article className="health-card" aria-labelledby={titleId}>
      <h3 id={titleId} translate="no">
        {model}
      </h3>
      <p className="row-actions">
        {states.map(({ state, count }) => (
          <span key={state} className={state === "failed" ? "chip bad" : "chip"}>
            {t(`count_${state}`, { count })}
          </span>
        ))}
        {share >= MANY_FAILURES ? (
          <span className="chip bad">{t("failing", { share: percent(share) })}</span>
        ) : undefined}
      </p>
      <dl className="health-figures">
        <div>
          <dt>{t("queued")}</dt>
          <dd>
            {queued === 0
              ? t("nothingQueued")
              : t("queuedSince", {
                  count: format.number(queued),
                  seconds: format.number(oldestQueuedSeconds, { maximumFractionDigits: 1 }),
                })}
          </dd>
        </div>
        <div>
          <dt>{t("slots")}</dt>
          <dd>
            {slots === 0 ? (
              t("unknown")
            ) : (
              <>
                {t("ofAll", { part: format.number(slotsUsed), all: format.number(slots) })}
                <progress
                  className={slotsUsed / slots >= 0.9 ? "budget-bar warn" : "budget-bar"}
                  aria-label={t("slotsOf", { model })}
                  value={Math.min(slotsUsed, slots)}
                  max={slots}
                />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("requests", { minutes })}</dt>
          <dd>
            {t("failedOf", {
              requests: format.number(requests),
              failures: format.number(failures),
              share: percent(share),
            })}
          </dd>
        </div>
        <Times name={t("latency")} times={health.latencyMs} />
        <Times name={t("firstToken")} times={health.firstTokenMs} />
      </dl>
      <RequestChart history={history} label={t("chart", { model, minutes })} />
      {engines.length === 0 ? undefined : (
        <details>
          <summary>{t("enginesOf", { count: engines.length })}</summary>
          <EngineTable model={model} engines={engines} />
        </details>
      )}
    </article>
  );
}

interface TimesProps {
  readonly name: string;
  readonly times: HealthPercentiles | null;
}

function Times({ name, times }: TimesProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const ms = (value: number) => format.number(value, { maximumFractionDigits: value < 10 ? 1 : 0 });
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {times === null ? t("none") : t("percentiles", { p50: ms(times.p50), p95: ms(times.p95), p99: ms(times.p99) })}
      </dd>
    </div>
  );
}
