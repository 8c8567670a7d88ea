import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { completionTokens, type Figures, timeToFirstToken, tokensPerSecond } from "./turn.ts";

/** Share of a limit from which on a warning shows that little is left. */
const NEARLY_USED = 0.9;

interface FigureListProps {
  readonly figures: Figures;
  readonly isOver: boolean;
}

/** What was measured of an answer, as it comes. */
export function FigureList({ figures, isOver }: FigureListProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const whole = (value: number) => format.number(Math.round(value));
  const first = timeToFirstToken(figures);
  const speed = tokensPerSecond(figures);
  const { tokens, isCounted } = completionTokens(figures);
  const { usage, target, cache, requestId, usedQuota } = figures;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [t("firstToken"), first === undefined ? undefined : t("milliseconds", { value: whole(first) })],
    [t("speed"), speed === undefined ? undefined : format.number(speed, { maximumFractionDigits: 1 })],
    [t("answerTokens"), tokens === 0 ? undefined : isCounted ? whole(tokens) : t("about", { tokens: whole(tokens) })],
    [t("promptTokens"), usage === undefined ? undefined : whole(usage.promptTokens)],
    [t("cachedTokens"), usage?.cachedTokens === undefined ? undefined : whole(usage.cachedTokens)],
    [t("target"), target],
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
