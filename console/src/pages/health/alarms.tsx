import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ServiceAlarm } from "../../../../contracts/live/service-alarms.ts";
import { api } from "../../api/queries.ts";
import { DateTime } from "../../components/date-time.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** Milliseconds from one state to the request for the next: CloudWatch evaluates an alarm once a minute. */
const EVERY_MS = 30_000;

const alarmsQuery = queryOptions({
  queryKey: ["service-alarms"],
  queryFn: ({ signal }) => api.call("retrieveServiceAlarms", { signal }),
  refetchInterval: ({ state }) => (state.error === null ? EVERY_MS : false),
});

/** Whether the alarms are still to come: they would move what stands below them. Ends with the first failure too. */
export function useAreAlarmsComing(): boolean {
  const { isPending, failureCount } = useQuery(alarmsQuery);
  return isPending && failureCount === 0;
}

/** The alarms of the environment: those that ring with their reason and runbook, the others by name. */
export function Alarms() {
  const t = useTexts(MESSAGES);
  const alarms = useQuery(alarmsQuery);
  const { data } = alarms;
  const ringing = data?.alarms.filter(({ state }) => state === "alarm") ?? [];
  const others = data?.alarms.filter(({ state }) => state !== "alarm") ?? [];
  return (
    <section className="admin-section" aria-label={t("alarms")}>
      <h2>{t("alarms")}</h2>
      {alarms.isPending ? <Loading /> : undefined}
      {alarms.error === null ? undefined : <Problem error={alarms.error} onRetry={() => void alarms.refetch()} />}
      {data === undefined ? undefined : (
        <>
          {ringing.length === 0 ? <p className="quiet">{t("noneRings", { count: data.alarms.length })}</p> : undefined}
          <ul className="limit-list health-alarms">
            {ringing.map((alarm) => (
              <Ringing key={alarm.name} alarm={alarm} />
            ))}
          </ul>
          {others.length === 0 ? undefined : (
            <details>
              <summary>{t("otherAlarms", { count: others.length })}</summary>
              <ul className="limit-list">
                {others.map(({ name, description, state }) => (
                  <li key={name} className="row-actions">
                    <code translate="no">{name}</code>
                    <span className="chip">{t(`alarm_${state}`)}</span>
                    <span lang="en" translate="no">
                      {description}
                    </span>
                  </li>
                ))}
              </ul>
            </details>
          )}
          {data.dashboard_url === null ? undefined : (
            <p>
              <a href={data.dashboard_url} target="_blank" rel="noreferrer">
                {t("dashboard")}
              </a>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Ringing({ alarm }: { readonly alarm: ServiceAlarm }) {
  const t = useTexts(MESSAGES);
  const { name, description, state_since: since, state_reason: reason, runbook } = alarm;
  return (
    <li>
      <p className="row-actions">
        <span className="chip bad">{t("alarm_alarm")}</span>
        <strong translate="no">{name}</strong>
        {since === null ? undefined : <DateTime seconds={since} />}
      </p>
      <p lang="en" translate="no">
        {description}
      </p>
      <p className="quiet" lang="en" translate="no">
        {reason}
      </p>
      {runbook === null ? undefined : (
        <p className="quiet">
          {t("runbook")} <code translate="no">{runbook}</code>
        </p>
      )}
    </li>
  );
}
