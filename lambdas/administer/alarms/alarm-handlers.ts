import { type ServiceAlarm, ServiceAlarmState } from "../../../contracts/live/service-alarms.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { type ControlHandler, requireOperators } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import type { DescribedAlarm, ServiceAlarmSource } from "../store/service-alarm-source.ts";

/** The alarms of the service, which is of all organisations, so they are for the operator's alone. */
export const retrieveServiceAlarms: ControlHandler<"retrieveServiceAlarms"> = async (call) => {
  requireOperators(call);
  const { serviceAlarms } = call;
  const described = await read(serviceAlarms);
  const alarms = described.map(shownAlarm).sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const dashboard_url = serviceAlarms.dashboardUrl ?? null;
  return { body: { object: "organization.service_alarms", alarms, dashboard_url } };
};

async function read(source: ServiceAlarmSource): Promise<readonly DescribedAlarm[]> {
  try {
    return await source.list();
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    throw new ControlError("storage_unavailable", `CloudWatch did not list the alarms (${reason}); try again.`);
  }
}

/** The description of an alarm ends with the link to its runbook. */
const RUNBOOK = / See (docs\/\S+#\S+)$/;
const ORDER: readonly ServiceAlarmState[] = ["alarm", "insufficient_data", "ok"];

function rank({ state }: ServiceAlarm): number {
  return ORDER.indexOf(state);
}

function shownAlarm({ name, description, state, reason, since }: DescribedAlarm): ServiceAlarm {
  return {
    object: "organization.service_alarm",
    name,
    description: description.replace(RUNBOOK, ""),
    state: ServiceAlarmState.catch("insufficient_data").parse(state.toLowerCase()),
    state_since: since === undefined ? null : unixSeconds(since.getTime()),
    state_reason: reason,
    runbook: RUNBOOK.exec(description)?.[1] ?? null,
  };
}
