import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { AdminConnectionTest } from "../../../../contracts/api/admin.ts";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { gatewayAdmin } from "../service/gateway-admin.ts";
import { providerPath } from "../service/item-queries.ts";
import { TEST_MESSAGES } from "./test-messages.ts";

type Result = (typeof AdminConnectionTest)["_output"];

interface ConnectionTestProps {
  readonly name: string;
  /** Counts the tests of the provider: each is made once. */
  readonly number: number;
}

/** Connects to a provider with its key, which costs nothing, and says what is in the way. */
export function ConnectionTest({ name, number }: ConnectionTestProps) {
  const t = useTexts(TEST_MESSAGES);
  const format = useFormatter();
  const { config } = useRouteContext({ from: "__root__" });
  const test = useQuery({
    queryKey: ["provider-test", name, number],
    queryFn: ({ signal }) =>
      gatewayAdmin<Result>(config.apiUrl, { method: "POST", path: `${providerPath(name)}/test`, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (test.error !== null) return <Problem error={test.error} />;
  if (test.data === undefined) return t("testing");
  const { ok, latencyMs, models, problem } = test.data;
  if (ok) return t("responds", { milliseconds: format.number(Math.round(latencyMs)), count: models?.length ?? 0 });
  return (
    <span className="hint bad">
      {t("failed")}{" "}
      <span lang="en" translate="no">
        {problem}
      </span>
    </span>
  );
}
