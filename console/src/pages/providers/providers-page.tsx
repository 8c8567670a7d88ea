import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { providersQuery, type ShownProvider } from "../service/item-queries.ts";
import { OperatorsFrame } from "../service/operators-frame.tsx";
import { targetsQuery } from "../service/targets-query.ts";
import "../../styles/dashboard.css";
import { MESSAGES } from "./messages.ts";
import { ProviderCard } from "./provider-card.tsx";

const dialogs = () => import("./provider-dialogs.tsx");
const ProviderDialog = lazy(async () => ({ default: (await dialogs()).ProviderDialog }));
const RestoreProvider = lazy(async () => ({ default: (await dialogs()).RestoreProvider }));

export interface OpenProvider {
  readonly kind: "change" | "restore";
  readonly provider: ShownProvider;
}

/** Providers with their settings and how their models do; limits are changed here, and the connection is tried. */
export function ProvidersPage() {
  return (
    <OperatorsFrame page="providers">
      <Providers />
    </OperatorsFrame>
  );
}

function Providers() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const providers = useQuery(providersQuery(config.apiUrl));
  const targets = useQuery(targetsQuery(config.apiUrl));
  const [open, setOpen] = useState<OpenProvider>();
  const close = () => setOpen(undefined);
  // The cards come with the state of their models, which would move what is below.
  const isPending = providers.isPending || targets.isPending;
  const error = providers.error ?? targets.error;
  const retry = () => void Promise.all([providers.refetch(), targets.refetch()]);
  return (
    <>
      {isPending ? <Loading /> : undefined}
      {error === null ? undefined : <Problem error={error} onRetry={retry} />}
      {providers.data?.length === 0 ? <p className="quiet">{t("none")}</p> : undefined}
      {isPending
        ? undefined
        : providers.data?.map((provider) => (
            <ProviderCard
              key={provider.name}
              provider={provider}
              targets={targets.data?.data.filter(({ id }) => id.startsWith(`${provider.name}/`))}
              onOpen={setOpen}
            />
          ))}
      <Suspense fallback={<Loading />}>
        {open?.kind === "change" ? <ProviderDialog provider={open.provider} onClose={close} /> : undefined}
        {open?.kind === "restore" ? <RestoreProvider provider={open.provider} onClose={close} /> : undefined}
      </Suspense>
    </>
  );
}
