import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { nanoOf } from "../../lib/money.ts";
import type { ShownProvider } from "../service/item-queries.ts";
import { MESSAGES } from "./messages.ts";

type Settings = ShownProvider["settings"];

/** Names and values of a provider's settings, but for its models. */
export function useSettingTexts(): (settings: Settings) => Readonly<Record<string, string>> {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { number } = format;
  return (settings) => {
    const { dialect, endpoint, region, credential, rateLimit, timeouts, monthlyCapUsd, healthCheck } = settings;
    const { connectSeconds, firstByteSeconds, idleSeconds, totalSeconds } = timeouts;
    return {
      [t("endpoint")]: endpoint,
      [t("dialect")]: region === null ? dialect : `${dialect}, ${region}`,
      [t("credential")]:
        credential.from === "secret" ? t("fromSecret", { id: credential.secretId }) : t(`from_${credential.from}`),
      [t("maxInFlight")]: number(settings.maxInFlight),
      [t("maxConnections")]: number(settings.maxConnections),
      [t("rateLimit")]:
        rateLimit === null ? t("noLimit") : t(`rate_${rateLimit.per}`, { count: number(rateLimit.requests) }),
      [t("monthlyCap")]: monthlyCapUsd === null ? t("noLimit") : money(nanoOf(monthlyCapUsd)),
      [t("priority")]: number(settings.priority),
      [t("emergency")]: settings.emergencyOnly ? t("yes") : t("no"),
      [t("timeouts")]: t("timeoutsText", {
        connect: number(connectSeconds),
        first: number(firstByteSeconds),
        idle: number(idleSeconds),
        total: number(totalSeconds),
      }),
      [t("healthCheck")]:
        healthCheck === null
          ? t("byRequests")
          : t("healthCheckText", { path: healthCheck.path, seconds: number(healthCheck.intervalSeconds) }),
      ...(settings.allowPrivateHosts.length === 0
        ? {}
        : { [t("privateHosts")]: format.list(settings.allowPrivateHosts) }),
    };
  };
}
