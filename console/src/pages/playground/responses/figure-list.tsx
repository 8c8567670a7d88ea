import { useRouteContext } from "@tanstack/react-router";
import { useFormatter, useTexts } from "../../../i18n/translate.ts";
import { useMoney } from "../../../i18n/use-money.ts";
import {
  completionTokens,
  costOf,
  duration,
  type Figures,
  timeToFirstToken,
  tokensPerSecond,
} from "../conversation/turn.ts";
import { usePlayground } from "../state/playground-store.ts";
import { MESSAGES } from "./messages.ts";

/** Share of a limit from which on a warning shows that little is left. */
const NEARLY_USED = 0.9;

interface FigureListProps {
  readonly model: string;
  readonly figures: Figures;
  readonly isOver: boolean;
}

/** What was measured of an answer, as it comes. */
export function FigureList({ model, figures, isOver }: FigureListProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const whole = (value: number) => format.number(Math.round(value));
  const money = useMoney();
  const { config } = useRouteContext({ from: "__root__" });
  const priceNow = usePlayground(({ models }) => models.find(({ id }) => id === model)?.price);
  const cost = costOf(figures, priceNow ?? config.models.find(({ id }) => id === model)?.price);
  const milliseconds = (value: number | undefined) =>
    value === undefined ? undefined : t("milliseconds", { value: whole(value) });
  const first = timeToFirstToken(figures);
  const speed = tokensPerSecond(figures);
  const { tokens, isCounted } = completionTokens(figures);
  const { usage, target, cache, attempts, requestId, usedQuota } = figures;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [t("firstToken"), milliseconds(first)],
    [t("duration"), milliseconds(duration(figures))],
    [t("speed"), speed === undefined ? undefined : format.number(speed, { maximumFractionDigits: 1 })],
    [t("answerTokens"), tokens === 0 ? undefined : isCounted ? whole(tokens) : t("about", { tokens: whole(tokens) })],
    [t("promptTokens"), usage === undefined ? undefined : whole(usage.promptTokens)],
    [t("cachedTokens"), usage?.cachedTokens === undefined ? undefined : whole(usage.cachedTokens)],
    [t("cost"), cost === undefined ? undefined : money(cost)],
    [t("target"), target],
    [t("attempts"), attempts === "1" ? undefined : attempts],
    [t("cache"), cache],
    [t("request"), isOver ? requestId : undefined],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  return (
    <>
      {usedQuota !== undefined && usedQuota >= NEARLY_USED ? (
        <p className="notice">{t("quota", { share: format.number(usedQuota, { style: "percent" }) })}</p>
      ) : undefined}
      {shown.length === 0 ? undefined : (
        <dl className="figures" aria-label={t("figures")}>
          {shown.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd translate="no">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
